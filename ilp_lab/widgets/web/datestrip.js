/* The strip of dates under a chart: a bar per part of time, and two handles that say from when until when. */
"use strict";

class IlpDateStrip {
  constructor(widget) {
    this.widget = widget;
    this.bars = ilpMake("canvas", { class: "ilpc-bars", "aria-hidden": "true" });
    this.from = this.handle("time_from"); this.until = this.handle("time_until");
    this.words = ilpMake("span", { class: "ilpc-dates" });
    this.all = widget.button("time_all", () => this.send(0, this.parts));
    this.note = ilpMake("span", { class: "ilpc-small" });
    this.element = ilpMake("div", { class: "ilpc-strip", role: "group", "aria-label": widget.say("time"), hidden: true },
      ilpMake("div", { class: "ilpc-strip-head" }, ilpMake("strong", { text: widget.say("time") }), this.words, this.all, this.note),
      this.bars, ilpMake("div", { class: "ilpc-handles" }, this.from, this.until));
    this.sizing = new ResizeObserver(() => { if (this.marked) this.draw(...this.marked); });
    this.sizing.observe(this.bars);
    this.bars.addEventListener("pointerdown", (event) => { this.bars.setPointerCapture(event.pointerId); this.dragged = this.at(event); });
    this.bars.addEventListener("pointermove", (event) => { if (this.dragged !== undefined) this.mark(...this.span(this.dragged, this.at(event))); });
    this.bars.addEventListener("pointerup", (event) => { if (this.dragged === undefined) return; const span = this.span(this.dragged, this.at(event)); this.dragged = undefined; this.send(...span); });
  }

  handle(word) {
    const moved = () => this.mark(...this.sorted());
    return ilpMake("input", { type: "range", min: "0", step: "1", "aria-label": this.widget.say(word), on: { input: moved, change: () => this.send(...this.sorted()) } });
  }

  sorted() { const a = Number(this.from.value), b = Number(this.until.value); return a < b ? [a, b] : [Math.min(a, b), Math.min(a, b) + 1]; }
  at(event) { const box = this.bars.getBoundingClientRect(); return Math.max(0, Math.min(this.parts - 1, Math.floor(((event.clientX - box.left) / Math.max(1, box.width)) * this.parts))); }
  span(a, b) { return [Math.min(a, b), Math.max(a, b) + 1]; }

  fill(time) {
    this.element.hidden = !time;
    if (!time) return;
    this.time = time; this.parts = time.edges.length - 1;
    const place = (edge, other) => { const at = time.edges.indexOf(edge); return at < 0 ? other : at; };
    for (const handle of [this.from, this.until]) handle.max = String(this.parts);
    this.note.textContent = time.undated ? this.widget.say("undated", { n: time.undated }) : "";
    this.mark(time.since ? place(time.since, 0) : 0, time.until ? place(time.until, this.parts) : this.parts);
  }

  mark(from, until) {
    if (!this.time) return;
    this.marked = [from, until];
    this.from.value = String(from); this.until.value = String(until);
    const edges = this.time.edges, day = (text) => text.replace("T", " ");
    this.words.textContent = day(edges[from]) + " – " + day(edges[until]);
    this.from.setAttribute("aria-valuetext", day(edges[from])); this.until.setAttribute("aria-valuetext", day(edges[until]));
    this.all.hidden = from === 0 && until === this.parts;
    this.draw(from, until);
  }

  draw(from, until) {
    const wide = this.bars.clientWidth, high = 44, dpr = window.devicePixelRatio || 1;
    if (!wide) return;
    this.bars.width = Math.round(wide * dpr); this.bars.height = Math.round(high * dpr);
    const c = this.bars.getContext("2d"), most = Math.max(1, ...this.time.all), each = wide / this.parts;
    c.setTransform(dpr, 0, 0, dpr, 0, 0); c.clearRect(0, 0, wide, high);
    c.fillStyle = "rgba(11,83,148,.09)"; c.fillRect(from * each, 0, (until - from) * each, high);
    for (let part = 0; part < this.parts; part++) {
      const all = (this.time.all[part] / most) * (high - 4), now = (this.time.now[part] / most) * (high - 4);
      c.fillStyle = "#c3ccd5"; c.fillRect(part * each + 0.5, high - all, Math.max(1, each - 1), all);
      c.fillStyle = "#0b5394"; c.fillRect(part * each + 0.5, high - now, Math.max(1, each - 1), now);
    }
  }

  send(from, until) {
    this.mark(from, until);
    const whole = from === 0 && until === this.parts, edges = this.time.edges;
    this.widget.parts.filter({ since: whole || from === 0 ? null : edges[from], until: whole || until === this.parts ? null : edges[until] });
  }
}
