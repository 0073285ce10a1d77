/* The time of a crime map: a window of days that is moved with a slider, or plays by itself. */
"use strict";

const ILP_WINDOWS = [["everything", 0], ["day", 1], ["week", 7], ["weeks4", 28], ["quarter", 91], ["year", 365]];
const ILP_DAY = 1440;

class IlpTimedMap extends IlpWidget {
  buildTime() {
    const time = this.points.time;
    this.timebar.hidden = !time;
    this.stop();
    if (!time) { this.timebar.replaceChildren(); return; }
    this.firstDay = Math.floor(time.first / ILP_DAY);
    this.days = Math.floor(time.last / ILP_DAY) - this.firstDay;
    this.span = ilpMake("select", { class: "ilpw-span", on: { change: () => this.moveTime() } },
      ...ILP_WINDOWS.filter(([, days]) => days <= this.days).map(([word, days]) => ilpMake("option", { value: String(days), text: this.say(word) })));
    this.slider = ilpMake("input", { type: "range", min: "0", max: String(this.days), value: "0", class: "ilpw-slider", "aria-label": this.say("when"), on: { input: () => this.moveTime() } });
    this.playing = this.button("play", () => (this.timer ? this.stop() : this.play()), { class: "ilpw-play" });
    this.period = ilpMake("output", { class: "ilpw-period" });
    this.timebar.replaceChildren(ilpMake("label", { class: "ilpw-label" }, `${this.say("window")} `, this.span), this.playing, this.slider, this.period);
    this.shift = 0;
    this.moveTime(false);
  }

  /* A window set in Python: the slider stands on it; one that is not so many whole days becomes an entry of its own. */
  hear_window({ from, to }) {
    if (!this.points?.time) return;
    this.stop();
    this.span.querySelector("[data-own]")?.remove();
    this.shift = 0; this.slider.min = "0";
    if (from === null) { this.span.value = "0"; this.slider.value = "0"; this.moveTime(true, false); return; }
    const at = Math.floor(from / ILP_DAY) - this.firstDay, days = (to - from) / ILP_DAY;
    this.shift = from - (this.firstDay + at) * ILP_DAY;
    if (this.shift || ![...this.span.options].some((one) => Number(one.value) === days)) this.span.append(ilpMake("option", { value: String(days), "data-own": true, text: this.say("own_window") }));
    this.span.selectedIndex = this.shift ? this.span.options.length - 1 : [...this.span.options].findIndex((one) => Number(one.value) === days);
    this.slider.min = String(Math.min(0, at));
    this.slider.value = String(at);
    this.moveTime(true, false);
  }

  /* A window that begins or ends within a day says its hours. */
  windowName([low, high]) {
    const exact = low % ILP_DAY || high % ILP_DAY, form = new Intl.DateTimeFormat(this.words._language, { dateStyle: "medium", ...(exact ? { timeStyle: "short" } : {}), timeZone: "UTC" });
    const [first, last] = [form.format(low * 60000), form.format((exact ? high : high - ILP_DAY) * 60000)];
    return first === last ? first : `${first} – ${last}`;
  }

  moveTime(redraw = true, telling = true) {
    if (!this.span.selectedOptions[0]?.hasAttribute("data-own")) this.shift = 0;
    const days = Number(this.span.value), at = Number(this.slider.value);
    this.slider.disabled = this.playing.disabled = days === 0;
    if (days === 0) this.stop();
    this.points.window = days === 0 ? null : [0, days * ILP_DAY].map((edge) => Math.round(edge + (this.firstDay + at) * ILP_DAY + this.shift));
    const last = Math.min(at + days - 1, this.days), own = this.span.selectedOptions[0]?.hasAttribute("data-own");
    const words = days === 0 ? `${this.dayName(0)} – ${this.dayName(this.days)}` : own ? this.windowName(this.points.window) : last > at ? `${this.dayName(at)} – ${this.dayName(last)}` : this.dayName(at);
    this.period.textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    if (!redraw) return;
    this.refilter();
    clearTimeout(this.telling);
    if (!telling) return;
    this.telling = setTimeout(() => this.host.send({ ask: "window", from: this.points.window?.[0] ?? null, to: this.points.window?.[1] ?? null }), 250);
  }

  dayName(day) {
    return new Intl.DateTimeFormat(this.words._language, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format((this.firstDay + day) * ILP_DAY * 60000);
  }

  play() {
    const step = Math.max(1, Math.round(Number(this.span.value) / 7)), last = Math.max(0, this.days - Number(this.span.value) + 1);
    if (Number(this.slider.value) >= last) this.slider.value = "0";
    this.playing.textContent = this.say("stop");
    this.timer = setInterval(() => {
      const next = Number(this.slider.value) + step;
      this.slider.value = String(Math.min(next, last));
      this.moveTime();
      if (next >= last) this.stop();
    }, 220);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.playing) this.playing.textContent = this.say("play");
  }
}
