/* The clock of the week: seven days by twenty-four hours. */
"use strict";

class IlpClock extends IlpTimeWidget {
  constructor(host) { super(host, "matrix"); this.inset = 84; this.top = 18; }

  own() {
    this.what = ilpMake("span", { class: "ilpw-small" });
    return [this.what];
  }

  hear_times(content) {
    const { minutes } = content;
    this.slot = new Int16Array(minutes.length).fill(-1);
    for (let i = 0; i < minutes.length; i++) {
      if (minutes[i] === ILP_NOT_KNOWN) continue;
      const day = Math.floor(minutes[i] / 1440), hour = Math.floor((minutes[i] - day * 1440) / 60);
      this.slot[i] = (((day + 3) % 7) + 7) % 7 * 24 + hour;
    }
    super.hear_times(content);
    this.alarm.textContent = content.only_days ? this.say("only_days") : "";
  }

  count() {
    if (!this.slot) return;
    this.all = new Int32Array(168); this.on = new Int32Array(168);
    const { flags } = this.choice;
    for (let i = 0; i < this.slot.length; i++) if (this.slot[i] >= 0) { this.all[this.slot[i]]++; this.on[this.slot[i]] += flags[i]; }
  }

  day(k) { return new Intl.DateTimeFormat(this.words._language, { weekday: "long", timeZone: "UTC" }).format(Date.UTC(2024, 0, 1 + k)); }

  part(x, y) {
    if (!this.all) return null;
    const w = (this.canvas.clientWidth - this.inset - 6) / 24, h = (this.canvas.clientHeight - this.top - 4) / 7;
    const within = (value, top) => Math.max(0, Math.min(top, Math.floor(value)));
    return { day: within((y - this.top) / h, 6), hour: within((x - this.inset) / w, 23) };
  }

  same(a, b) { return a && b && a.day === b.day && a.hour === b.hour; }

  move(key, at) {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[key];
    if (!step) return undefined;
    if (!at) return { day: 0, hour: 0 };
    return { day: Math.max(0, Math.min(6, at.day + step[0])), hour: Math.max(0, Math.min(23, at.hour + step[1])) };
  }

  between(a, b) {
    const [d0, d1] = [a.day, b.day].sort((x, y) => x - y), [h0, h1] = [a.hour, b.hour].sort((x, y) => x - y);
    const flags = new Uint8Array(this.choice.size);
    for (let i = 0; i < this.slot.length; i++) {
      const slot = this.slot[i], day = Math.floor(slot / 24), hour = slot % 24;
      if (slot >= 0 && day >= d0 && day <= d1 && hour >= h0 && hour <= h1) flags[i] = 1;
    }
    return flags;
  }

  describe({ day, hour }) {
    const k = day * 24 + hour;
    return this.say(this.choice.count ? "cell_chosen" : "cell", { day: this.day(day), from: String(hour), to: String(hour + 1), n: this.all[k], chosen: this.on[k] });
  }

  draw() {
    if (!this.all || !this.choice) return;
    const sheet = this.sheet();
    if (!sheet) return;
    const { c, wide, high } = sheet, { inset: left, top } = this, w = (wide - left - 6) / 24, h = (high - top - 4) / 7, some = this.choice.count > 0;
    const counts = some ? this.on : this.all, most = counts.reduce((a, b) => Math.max(a, b), 0);
    this.what.textContent = this.say(some ? "of_chosen" : "of_all");
    c.textBaseline = "middle";
    for (let k = 0; k < 168; k++) {
      const day = Math.floor(k / 24), hour = k % 24, x = left + hour * w, y = top + day * h, share = most ? counts[k] / most : 0;
      c.fillStyle = this.ramp(share); c.fillRect(x, y, w - 1, h - 1);
      if (w > 24 && counts[k]) { c.fillStyle = share > 0.8 ? "#fff" : "#1b2733"; c.textAlign = "center"; c.fillText(counts[k] > 9999 ? `${Math.round(counts[k] / 1000)}k` : String(counts[k]), x + w / 2 - 0.5, y + h / 2); }
      if (this.at && this.at.day === day && this.at.hour === hour) { c.strokeStyle = "#111"; c.lineWidth = 2; c.strokeRect(x, y, w - 1, h - 1); }
    }
    c.fillStyle = "#2b3946"; c.textAlign = "right";
    for (let d = 0; d < 7; d++) c.fillText(this.day(d), left - 6, top + (d + 0.5) * h, left - 8);
    c.textAlign = "left"; c.textBaseline = "bottom";
    for (let hour = 0; hour < 24; hour += w > 26 ? 1 : 3) c.fillText(String(hour), left + hour * w, top - 3);
    this.drawn();
  }
}

ilpKinds.clock = IlpClock;
