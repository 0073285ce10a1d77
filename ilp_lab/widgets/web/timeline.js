/* The timeline: counts by hour, day, week, month or year, with a brush. */
"use strict";

const ILP_UNITS = ["hour", "day", "week", "month", "year"];
const ILP_LONG = { hour: 60, day: 1440, week: 10080, month: 43830, year: 525960 };

class IlpTimeline extends IlpTimeWidget {
  constructor(host) { super(host, "line"); this.inset = 46; this.foot = 20; }

  own() {
    this.units = ilpMake("select", { class: "ilpw-unit", on: { change: () => { this.unit = this.units.value; this.bins(); this.count(); this.draw(); } } });
    return [ilpMake("label", { class: "ilpw-label" }, `${this.say("unit")} `, this.units)];
  }

  hear_times(content) {
    this.times = content;
    const span = Math.max(1, content.last - content.first), fit = ILP_UNITS.filter((unit) => span / ILP_LONG[unit] <= 1600 && (unit === "day" || span / ILP_LONG[unit] >= 2));
    const kept = fit.length ? fit : ["year"];
    this.units.replaceChildren(...kept.map((unit) => ilpMake("option", { value: unit, text: this.say(unit) })));
    this.unit = kept.includes(this.unit) ? this.unit : kept.find((unit) => span / ILP_LONG[unit] <= 220) ?? kept.at(-1);
    this.units.value = this.unit;
    this.bins();
    super.hear_times(content);
  }

  /* Edges of the bars in minutes, on the calendar. */
  bins() {
    const { first, last } = this.times, edges = [];
    const day = Math.floor(first / 1440), date = new Date(day * 86400000);
    if (this.unit === "hour") for (let t = Math.floor(first / 60) * 60; t <= last; t += 60) edges.push(t);
    else if (this.unit === "day") for (let t = day * 1440; t <= last; t += 1440) edges.push(t);
    else if (this.unit === "week") for (let t = (day - ((day + 3) % 7 + 7) % 7) * 1440; t <= last; t += 10080) edges.push(t);
    else {
      const step = this.unit === "month" ? 1 : 12;
      for (let y = date.getUTCFullYear(), m = step === 1 ? date.getUTCMonth() : 0; ; m += step) {
        const t = Date.UTC(y, m, 1) / 60000;
        if (t > last) break;
        edges.push(t);
      }
    }
    const end = edges.at(-1), next = { hour: 60, day: 1440, week: 10080 }[this.unit];
    edges.push(next ? end + next : Date.UTC(new Date(end * 60000).getUTCFullYear(), new Date(end * 60000).getUTCMonth() + (this.unit === "month" ? 1 : 12), 1) / 60000);
    this.edges = Float64Array.from(edges);
    const { minutes } = this.times, even = next;
    this.bin = new Int32Array(minutes.length).fill(-1);
    for (let i = 0; i < minutes.length; i++) {
      if (minutes[i] === ILP_NOT_KNOWN) continue;
      this.bin[i] = even ? Math.floor((minutes[i] - edges[0]) / even) : this.search(minutes[i]);
    }
    this.at = null;
  }

  search(t) {
    let low = 0, high = this.edges.length - 1;
    while (high - low > 1) { const middle = (low + high) >> 1; if (this.edges[middle] <= t) low = middle; else high = middle; }
    return low;
  }

  count() {
    if (!this.bin) return;
    const size = this.edges.length - 1, { flags } = this.choice;
    this.all = new Int32Array(size); this.on = new Int32Array(size);
    for (let i = 0; i < this.bin.length; i++) if (this.bin[i] >= 0) { this.all[this.bin[i]]++; this.on[this.bin[i]] += flags[i]; }
    this.top = this.all.reduce((a, b) => Math.max(a, b), 0);
  }

  part(x) {
    const size = this.all?.length;
    if (!size) return null;
    return Math.max(0, Math.min(size - 1, Math.floor(((x - this.inset) / (this.canvas.clientWidth - this.inset - 8)) * size)));
  }

  move(key, at) {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -1e9, End: 1e9 }[key];
    return step === undefined ? undefined : this.wrap(Math.max(0, Math.min(this.all.length - 1, (at?.bar ?? (step > 0 ? -1 : 0)) + step)));
  }

  wrap(bar) { return { bar }; }
  bar(part) { return typeof part === "number" ? part : part.bar; }

  between(a, b) {
    const [low, high] = [this.bar(a), this.bar(b)].sort((x, y) => x - y), flags = new Uint8Array(this.choice.size);
    for (let i = 0; i < this.bin.length; i++) flags[i] = this.bin[i] >= low && this.bin[i] <= high ? 1 : 0;
    return flags;
  }

  name(bar) {
    const at = this.edges[bar] * 60000, say = (options) => new Intl.DateTimeFormat(this.words._language, { ...options, timeZone: "UTC" }).format(at);
    if (this.unit === "year") return say({ year: "numeric" });
    if (this.unit === "month") return say({ year: "numeric", month: "long" });
    if (this.unit === "hour") return say({ dateStyle: "medium", timeStyle: "short" });
    if (this.unit === "day") return say({ dateStyle: "full" });
    const end = new Intl.DateTimeFormat(this.words._language, { dateStyle: "medium", timeZone: "UTC" }).format((this.edges[bar + 1] - 1440) * 60000);
    return `${say({ dateStyle: "medium" })} – ${end}`;
  }

  describe(part) {
    const bar = this.bar(part);
    return this.say(this.choice.count ? "bar_chosen" : "bar", { when: this.name(bar), n: this.all[bar], chosen: this.on[bar] });
  }

  draw() {
    if (!this.all || !this.choice) return;
    const sheet = this.sheet();
    if (!sheet) return;
    const { c, wide, high } = sheet, { inset: left, foot } = this, size = this.all.length, w = (wide - left - 8) / size, tall = high - foot - 8;
    const y = (n) => 8 + tall * (1 - n / (this.top || 1)), some = this.choice.count > 0;
    this.scale(c, wide, y);
    for (let k = 0; k < size; k++) {
      const x = left + k * w, thick = Math.max(1, w - (w > 4 ? 1 : 0));
      c.fillStyle = some ? "#c7ced5" : "#3f78a8"; c.fillRect(x, y(this.all[k]), thick, 8 + tall - y(this.all[k]));
      if (this.on[k]) { c.fillStyle = "#b34700"; c.fillRect(x, y(this.on[k]), thick, 8 + tall - y(this.on[k])); }
      if (this.at && this.at.bar === k) { c.strokeStyle = "#111"; c.lineWidth = 2; c.strokeRect(x - 1, 8, Math.max(3, thick + 2), tall); }
    }
    this.dates(c, wide, high, w);
    this.drawn();
  }

  scale(c, wide, y) {
    const power = 10 ** Math.floor(Math.log10(Math.max(1, this.top / 2))), step = [5, 2, 1].map((k) => k * power).find((k) => this.top / k >= 2) ?? power;
    c.textAlign = "right"; c.textBaseline = "middle"; c.lineWidth = 1;
    for (let n = 0; n <= this.top; n += Math.max(1, step)) {
      c.strokeStyle = n ? "#e4e9ed" : "#8896a3"; c.beginPath(); c.moveTo(this.inset, Math.round(y(n)) + 0.5); c.lineTo(wide - 8, Math.round(y(n)) + 0.5); c.stroke();
      c.fillStyle = "#43515e"; c.fillText(this.number(n), this.inset - 5, y(n));
    }
  }

  dates(c, wide, high, w) {
    const { edges } = this, short = this.unit === "hour" ? { day: "numeric", month: "short", hour: "numeric" } : this.unit === "year" ? { year: "numeric" } : this.unit === "month" ? { month: "short", year: "numeric" } : { day: "numeric", month: "short", year: "numeric" };
    const form = new Intl.DateTimeFormat(this.words._language, { ...short, timeZone: "UTC" });
    c.textAlign = "left"; c.textBaseline = "bottom"; c.fillStyle = "#43515e";
    let free = 0;
    for (let k = 0; k + 1 < edges.length; k++) {
      const x = this.inset + k * w;
      if (x < free) continue;
      const label = form.format(edges[k] * 60000), long = c.measureText(label).width;
      if (x + long > wide) break;
      c.fillRect(x, high - this.foot, 1, 4);
      c.fillText(label, x + 2, high - 3);
      free = x + long + 22;
    }
  }
}

ilpKinds.timeline = IlpTimeline;
