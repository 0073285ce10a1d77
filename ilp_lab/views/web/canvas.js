/* A sheet that can be moved and zoomed: a canvas in a box, world units to pixels, pointer and keyboard. */
"use strict";

/* Numbers travel as base64 on a page, and as they are between Python and a widget. */
const ilpRaw = (given) => {
  if (typeof given !== "string") return new Uint8Array(given.buffer.slice(given.byteOffset, given.byteOffset + given.byteLength));
  const marks = atob(given), bytes = new Uint8Array(marks.length);
  for (let i = 0; i < marks.length; i++) bytes[i] = marks.charCodeAt(i);
  return bytes;
};
const ilpArray = (Kind, given) => (given instanceof Kind ? given : new Kind(ilpRaw(given || "").buffer));

class IlpSheet {
  constructor(box, on) {
    this.box = box; this.on = on; this.x = 0; this.y = 0; this.scale = 1; this.bounds = [0, 0, 1, 1];
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("aria-hidden", "true");
    box.prepend(this.canvas);
    // A frame that grows or shrinks shows the whole chart again, unless somebody looks at a part of it.
    new ResizeObserver(() => { if (!this.fitted || !this.moved) this.fit(); this.later(); }).observe(box);
    this.pointers = new Map();
    this.canvas.addEventListener("pointerdown", (event) => this.down(event));
    this.canvas.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) this.canvas.addEventListener(end, (event) => this.up(event));
    this.canvas.addEventListener("pointerleave", () => on.hover && on.hover(null));
    this.canvas.addEventListener("dblclick", (event) => on.twice && on.twice(...this.place(event)));
    this.canvas.addEventListener("wheel", (event) => {
      event.preventDefault();
      const [px, py] = this.place(event);
      this.zoom(Math.exp(-Math.max(-60, Math.min(60, event.deltaY * (event.deltaMode ? 20 : 1))) * 0.004), px, py);
    }, { passive: false });
    box.addEventListener("keydown", (event) => this.key(event));
  }

  place(event) { const at = this.canvas.getBoundingClientRect(); return [event.clientX - at.left, event.clientY - at.top]; }
  sx(x) { return (x - this.x) * this.scale + this.width / 2; }
  sy(y) { return (y - this.y) * this.scale + this.height / 2; }
  wx(px) { return (px - this.width / 2) / this.scale + this.x; }
  wy(py) { return (py - this.height / 2) / this.scale + this.y; }
  get width() { return this.box.clientWidth; }
  get height() { return this.box.clientHeight; }

  fit(bounds) {
    if (!this.width || !this.height) return;
    const [west, north, east, south] = bounds || this.bounds;
    this.x = (west + east) / 2; this.y = (north + south) / 2;
    this.scale = Math.min((this.width - 90) / Math.max(east - west, 1e-6), (this.height - 70) / Math.max(south - north, 1e-6), 1.6);
    this.fitted = true; this.moved = false;
    this.later();
  }

  zoom(by, px, py) {
    const x = this.wx(px), y = this.wy(py);
    this.scale = Math.max(1e-4, Math.min(12, this.scale * by));
    this.x = x - (px - this.width / 2) / this.scale; this.y = y - (py - this.height / 2) / this.scale;
    this.moved = true;
    this.moving();
  }

  pan(dx, dy) { this.x -= dx / this.scale; this.y -= dy / this.scale; this.moved = true; this.moving(); }

  /* While something moves, the picture may be rougher; it is drawn in full when all is still. */
  moving() {
    this.busy = true;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => { this.busy = false; this.later(); }, 140);
    this.later();
  }

  later() {
    if (this.waiting) return;
    this.waiting = true;
    requestAnimationFrame(() => { this.waiting = false; this.draw(); });
  }

  draw() {
    if (!this.width || !this.height) return;
    const dpr = window.devicePixelRatio || 1, c = this.c = this.canvas.getContext("2d");
    if (this.canvas.width !== Math.round(this.width * dpr) || this.canvas.height !== Math.round(this.height * dpr)) {
      this.canvas.width = Math.round(this.width * dpr); this.canvas.height = Math.round(this.height * dpr);
    }
    c.setTransform(dpr, 0, 0, dpr, 0, 0);
    c.clearRect(0, 0, this.width, this.height);
    this.on.draw(c);
    const told = this.on.shown || document.documentElement.dataset;
    told.drawn = String(Number(told.drawn || 0) + 1);
  }

  down(event) {
    this.canvas.setPointerCapture(event.pointerId);
    const at = this.place(event);
    this.pointers.set(event.pointerId, at);
    this.start = at; this.far = false;
    this.trace = this.pointers.size === 1 && this.on.traces && this.on.traces(event) ? [at] : null;
    this.held = !this.trace && this.pointers.size === 1 && this.on.take ? this.on.take(...at) : null;
  }

  move(event) {
    const at = this.place(event), before = this.pointers.get(event.pointerId);
    if (!before) { if (this.on.hover) this.on.hover(at); return; }
    if (this.pointers.size === 2) {
      const other = [...this.pointers.entries()].find(([id]) => id !== event.pointerId)[1];
      const was = Math.hypot(before[0] - other[0], before[1] - other[1]), now = Math.hypot(at[0] - other[0], at[1] - other[1]);
      this.zoom(now / Math.max(was, 1), (at[0] + other[0]) / 2, (at[1] + other[1]) / 2);
    } else if (this.far || Math.hypot(at[0] - this.start[0], at[1] - this.start[1]) > 4) {
      this.far = true;
      if (this.trace) { this.trace.push(at); this.moving(); }
      else if (this.held !== null && this.held !== undefined) this.on.carry(this.held, this.wx(at[0]), this.wy(at[1]));
      else this.pan(at[0] - before[0], at[1] - before[1]);
    }
    this.pointers.set(event.pointerId, at);
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    if (this.far && this.trace) this.on.traced(this.trace);
    else if (this.far && this.held !== null && this.held !== undefined) this.on.dropped(this.held);
    if (!this.far && event.type === "pointerup") this.on.click(...this.place(event), event);
    this.held = null; this.trace = null;
  }

  key(event) {
    if (event.target !== this.box || event.ctrlKey || event.metaKey || event.altKey) return;
    const moves = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] }[event.key];
    if (moves) this.pan(...moves);
    else if (event.key === "+" || event.key === "=") this.zoom(1.25, this.width / 2, this.height / 2);
    else if (event.key === "-" || event.key === "−") this.zoom(0.8, this.width / 2, this.height / 2);
    else if (event.key === "0" || event.key === "Home") this.fit();
    else if (!this.on.key || !this.on.key(event.key)) return;
    event.preventDefault();
  }
}
