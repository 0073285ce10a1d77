/* A map of linked crimes: lines between them, and a table whose rows show their crimes. */
"use strict";

class IlpSeries extends IlpMap {
  controls() {
    super.controls();
    const rows = document.querySelectorAll("[data-crimes]");
    rows.forEach((button) => button.addEventListener("click", () => {
      const again = button.getAttribute("aria-pressed") === "true";
      rows.forEach((other) => other.setAttribute("aria-pressed", "false"));
      this.marked = again ? [] : button.dataset.crimes.split(",").map(Number);
      button.setAttribute("aria-pressed", String(!again));
      this.drawn.marked = String(this.marked.length);
      if (again) this.fit(); else this.near(button.textContent);
      this.draw();
    }));
  }

  near(name) {
    const x = this.marked.map((k) => this.points[2 * k]), y = this.marked.map((k) => this.points[2 * k + 1]);
    const west = Math.min(...x), east = Math.max(...x), south = Math.min(...y), north = Math.max(...y);
    const pad = Math.max(300, 0.35 * Math.max(east - west, north - south));
    this.map.fitBounds([[south - pad, west - pad], [north + pad, east + pad]], { animate: false });
    this.told.textContent = this.marked.length > 2 ? name : this.marked.map((k) => this.pointFacts.of(k)).join("\n\n");
  }

  drawPoints() {
    const { c, points } = this, marked = new Set(this.marked || []);
    for (const [one, other, look] of this.data.links) {
      const [colour, dashed] = this.data.looks[look], chosen = marked.has(one) && marked.has(other);
      c.beginPath();
      c.moveTo(this.px(points[2 * one]), this.py(points[2 * one + 1]));
      c.lineTo(this.px(points[2 * other]), this.py(points[2 * other + 1]));
      c.strokeStyle = colour; c.lineWidth = chosen ? 3.4 : 1.5; c.setLineDash(dashed ? [5, 4] : []);
      c.globalAlpha = marked.size && !chosen ? 0.25 : 0.8;
      c.stroke();
    }
    c.setLineDash([]); c.globalAlpha = 1;
    super.drawPoints();
    c.strokeStyle = "#111"; c.lineWidth = 2.2;
    for (const k of marked) {
      c.beginPath(); c.arc(this.px(points[2 * k]), this.py(points[2 * k + 1]), 8, 0, 7); c.stroke();
    }
    this.drawn.links = String(this.data.links.length);
  }
}
