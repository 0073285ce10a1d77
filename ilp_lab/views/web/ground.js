/* The ground under a chart on the map: areas and streets in metres, a scale bar, and what stands beside a place. */
"use strict";

class IlpGround {
  constructor(data) {
    this.bounds = data.bounds;
    this.areas = data.areas && this.shapes(data.areas); this.streets = data.streets && this.shapes(data.streets);
    this.beside = ilpArray(Int32Array, data.beside); this.anchor = ilpArray(Int32Array, data.anchor); this.offset = ilpArray(Float32Array, data.offset);
  }

  shapes(packed) { return { xy: ilpArray(Float32Array, packed.xy), rings: ilpArray(Int32Array, packed.rings) }; }

  /* Who has no place of its own stands so many pixels beside one, however near one looks. */
  stand(xy, scale) {
    for (let i = 0; i < this.beside.length; i++) {
      const row = this.beside[i], at = this.anchor[i];
      xy[2 * row] = xy[2 * at] + this.offset[2 * i] / scale; xy[2 * row + 1] = xy[2 * at + 1] + this.offset[2 * i + 1] / scale;
    }
  }

  path(shapes, sheet, closed) {
    const path = new Path2D(), { xy, rings } = shapes;
    for (let ring = 0; ring + 1 < rings.length; ring++) {
      let lastX = NaN, lastY = NaN;
      for (let k = rings[ring]; k < rings[ring + 1]; k++) {
        const x = Math.round(sheet.sx(xy[2 * k])), y = Math.round(sheet.sy(xy[2 * k + 1]));
        if (k === rings[ring]) path.moveTo(x, y); else if (x !== lastX || y !== lastY) path.lineTo(x, y);
        lastX = x; lastY = y;
      }
      if (closed) path.closePath();
    }
    return path;
  }

  draw(c, sheet) {
    c.fillStyle = "#eef1f3"; c.fillRect(0, 0, sheet.width, sheet.height);
    if (this.areas) {
      const path = this.path(this.areas, sheet, true);
      c.fillStyle = "#fff"; c.fill(path, "evenodd"); c.lineWidth = 1; c.strokeStyle = "#8896a3"; c.stroke(path);
    }
    if (this.streets) { c.lineWidth = Math.max(0.5, Math.min(3, 8 * sheet.scale)); c.strokeStyle = "#cfd6dd"; c.stroke(this.path(this.streets, sheet, false)); }
  }

  over(c, sheet) {
    const power = 10 ** Math.floor(Math.log10(120 / sheet.scale)), long = [5, 2, 1].map((step) => step * power).find((one) => one * sheet.scale <= 120) || power;
    const x = 14, y = sheet.height - 16, words = long >= 1000 ? long / 1000 + " km" : +long.toPrecision(3) + " m";
    c.fillStyle = "rgba(255,255,255,.85)"; c.fillRect(x - 6, y - 18, long * sheet.scale + 12, 26);
    c.fillStyle = "#1b2733"; c.fillRect(x, y, long * sheet.scale, 3);
    c.font = "11px " + ILP_FONT; c.textAlign = "left"; c.textBaseline = "bottom"; c.fillText(words, x, y - 2);
    c.font = "700 12px " + ILP_FONT; c.textAlign = "center"; c.fillText("N ↑", sheet.width - 18, 22);
  }
}
