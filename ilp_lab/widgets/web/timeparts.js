/* What timeline and clock share: a canvas that can be drawn on, pointed at and used by keyboard. */
"use strict";

const ILP_NOT_KNOWN = -2147483648;
const ILP_FACE = "'Segoe UI','DejaVu Sans',system-ui,sans-serif";

class IlpTimeWidget extends IlpWidget {
  constructor(host, word) {
    super(host);
    this.root.classList.add("ilpw-chart");
    this.root.dataset.drawn = "0";
    this.canvas = ilpMake("canvas", { class: "ilpw-canvas", tabindex: "0", role: "application", "aria-label": this.say(word) });
    this.told = ilpMake("div", { class: "ilpw-told", role: "status", "aria-live": "polite" });
    this.body.append(this.canvas);
    this.body.after(this.told);
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.go(event));
    this.canvas.addEventListener("pointerup", (event) => this.end(event));
    this.canvas.addEventListener("pointercancel", () => { this.from = null; });
    this.canvas.addEventListener("keydown", (event) => this.step(event));
    this.canvas.addEventListener("blur", () => { this.at = null; this.draw(); });
  }

  hear_head(content) {
    if (this.choice && this.choiceKey !== content.choice.key) { this.choice.followers.delete(this); this.choice = null; }
    this.choiceKey = content.choice.key;
    this.head(content);
    this.high = content.height;
    this.canvas.style.height = `${content.height}px`;
    if (!this.tools.childElementCount) this.tools.append(...this.own(), ...this.choosing());
    this.sayChoice();
  }

  hear_times(content) {
    this.times = content;
    this.pointed = null;
    this.told.textContent = "";
    this.count();
    this.sayChoice();
    this.draw();
  }

  own() { return []; }

  sayChoice() {
    super.sayChoice();
    if (!this.times) return;
    const more = [];
    if (this.times.unknown === this.times.minutes.length) more.push(this.say("empty"));
    else if (this.times.unknown) more.push(this.say("untimed", { n: this.times.unknown }));
    if (this.choice.count && this.on && !this.on.some(Boolean) && this.times.unknown !== this.times.minutes.length) more.push(this.say("chosen_untimed"));
    if (this.times.zone) more.push(this.say("clock_of", { zone: this.times.zone }));
    this.status.textContent = [this.status.textContent, ...more].join(" · ");
  }

  sheet() {
    const wide = this.canvas.clientWidth, high = this.canvas.clientHeight, dpr = Math.min(2, globalThis.devicePixelRatio || 1);
    if (!wide || !high) return null;
    this.canvas.width = Math.round(wide * dpr); this.canvas.height = Math.round(high * dpr);
    const c = this.canvas.getContext("2d");
    c.scale(dpr, dpr);
    c.clearRect(0, 0, wide, high);
    c.font = `11px ${ILP_FACE}`;
    return { c, wide, high };
  }

  place(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  begin(event) {
    if (event.button !== 0 || !this.times) return;
    this.from = this.part(...this.place(event));
    if (this.from === null) return;
    this.canvas.setPointerCapture(event.pointerId);
    this.to = this.from;
    this.live(event);
  }

  go(event) {
    const part = this.part(...this.place(event));
    this.tell(part);
    if (this.from === null || this.from === undefined || part === null || this.same(part, this.to)) return;
    this.to = part;
    this.live(event);
  }

  end(event) {
    if (this.from === null || this.from === undefined) return;
    this.live(event);
    this.from = null;
    this.before = null;
    this.tellChoice();
  }

  /* While dragging, the choice follows at once in every widget of the page; Python is told at the end. */
  live(event) {
    if (!this.before) this.before = this.choice.flags.slice();
    const mode = this.modeOf(event) ?? this.choice.mode, flags = this.between(this.from, this.to);
    if (mode === "add") for (let i = 0; i < flags.length; i++) flags[i] |= this.before[i];
    else if (mode === "within" && this.before.includes(1)) for (let i = 0; i < flags.length; i++) flags[i] &= this.before[i];
    this.choose(flags, "new", false);
  }

  step(event) {
    const moved = this.times && this.move(event.key, this.at);
    if (moved) {
      event.preventDefault();
      if (event.shiftKey && this.at !== null && this.at !== undefined) this.anchor ??= this.at; else this.anchor = null;
      this.at = moved;
      this.tell(moved);
      if (this.anchor !== null && this.anchor !== undefined) this.choose(this.between(this.anchor, moved), "new");
      this.draw();
    } else if ((event.key === "Enter" || event.key === " ") && this.at !== null && this.at !== undefined) {
      event.preventDefault();
      this.choose(this.between(this.at, this.at), this.modeOf(event));
    }
  }

  same(a, b) { return a === b; }
  tell(part) {
    if (part !== null) this.pointed = part;
    if (this.pointed !== null && this.pointed !== undefined && this.all) this.told.textContent = this.describe(this.pointed);
  }

  choiceChanged() { this.count(); this.tell(null); this.sayChoice(); this.draw(); }
  drawn() { this.root.dataset.drawn = String(Number(this.root.dataset.drawn) + 1); }
  ramp(share) {
    const steps = ["#f1f2ef", "#fff2c2", "#fed976", "#fd9f3c", "#e0561f", "#8c1c04"];
    return share <= 0 ? steps[0] : steps[Math.min(5, 1 + Math.floor(share * 4.999))];
  }
}
