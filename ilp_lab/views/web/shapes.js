/* Shapes on a map in metres: drawn one by one, found by place. Pages and widgets share them. */
"use strict";

/* A scale in metres, with the words of the language spoken; for pages and widgets that hold Leaflet. */
function ilpScale(metre, kilometre) {
  const Scale = L.Control.Scale.extend({
    _updateMetric(most) {
      const long = this._getRoundNum(most);
      this._updateScale(this._mScale, long < 1000 ? `${long} ${metre}` : `${long / 1000} ${kilometre}`, long / most);
    },
  });
  return new Scale({ imperial: false, maxWidth: 140 });
}

/* Whether a line runs more up and down than across: a meridian and not a parallel. */
function ilpUpright(xy) {
  return Math.abs(xy[xy.length - 1] - xy[1]) > Math.abs(xy[xy.length - 2] - xy[0]);
}

/* Shapes: one outline at many places, and others vertex by vertex; answers which shape lies at a place. */
class IlpShapes {
  /* parts: rows, outline, at, xy, rings, shapes as whole numbers, coordinates in so many units. */
  constructor(parts, unit) {
    const metres = (values) => Float64Array.from(values ?? [], (value) => value * unit);
    this.rows = parts.rows;
    this.size = this.rows.length;
    this.outline = Array.from(metres(parts.outline));
    this.at = metres(parts.at);
    this.copies = this.at.length / 2;
    const xs = new Set(this.outline.filter((_, k) => k % 2 === 0)), ys = new Set(this.outline.filter((_, k) => k % 2));
    this.upright = this.outline.length === 8 && xs.size === 2 && ys.size === 2;
    this.xy = metres(parts.xy);
    this.rings = parts.rings ?? new Int32Array([0]);
    this.shapes = parts.shapes ?? new Int32Array([0]);
    this.boxes = new Float64Array(4 * this.size);
    for (let i = 0; i < this.size; i++) this.boxes.set(this.box(i), 4 * i);
  }

  box(i) {
    let west = Infinity, south = Infinity, east = -Infinity, north = -Infinity;
    this.eachRing(i, (ring) => {
      for (let k = 0; k < ring.length; k += 2) {
        west = Math.min(west, ring[k]); east = Math.max(east, ring[k]);
        south = Math.min(south, ring[k + 1]); north = Math.max(north, ring[k + 1]);
      }
    });
    return [west, south, east, north];
  }

  eachRing(i, visit) {
    if (i < this.copies) {
      const x = this.at[2 * i], y = this.at[2 * i + 1];
      visit(this.outline.map((value, k) => value + (k % 2 ? y : x)));
      return;
    }
    const s = i - this.copies;
    for (let r = this.shapes[s]; r < this.shapes[s + 1]; r++) {
      visit(this.xy.subarray(2 * this.rings[r], 2 * this.rings[r + 1]));
    }
  }

  index() {
    const b = this.boxes, all = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.size; i++) {
      all[0] = Math.min(all[0], b[4 * i]); all[1] = Math.min(all[1], b[4 * i + 1]);
      all[2] = Math.max(all[2], b[4 * i + 2]); all[3] = Math.max(all[3], b[4 * i + 3]);
    }
    const side = Math.max(1, Math.min(400, Math.ceil(Math.sqrt(this.size))));
    this.all = all; this.side = side;
    this.stepX = (all[2] - all[0]) / side || 1; this.stepY = (all[3] - all[1]) / side || 1;
    this.buckets = Array.from({ length: side * side }, () => []);
    for (let i = 0; i < this.size; i++) {
      const [c0, r0] = this.bucket(b[4 * i], b[4 * i + 1]), [c1, r1] = this.bucket(b[4 * i + 2], b[4 * i + 3]);
      for (let r = r0; r <= r1; r++) for (let c = c0; c <= c1; c++) this.buckets[r * side + c].push(i);
    }
  }

  bucket(x, y) {
    const within = (value) => Math.max(0, Math.min(this.side - 1, Math.floor(value)));
    return [within((x - this.all[0]) / this.stepX), within((y - this.all[1]) / this.stepY)];
  }

  find(x, y) {
    if (!this.size) return -1;
    if (!this.buckets) this.index();
    const [c, r] = this.bucket(x, y), b = this.boxes;
    for (const i of this.buckets[r * this.side + c]) {
      if (x < b[4 * i] || x > b[4 * i + 2] || y < b[4 * i + 1] || y > b[4 * i + 3]) continue;
      let inside = false;
      this.eachRing(i, (ring) => {
        for (let k = 0, j = ring.length - 2; k < ring.length; j = k, k += 2) {
          const above = ring[k + 1] > y;
          if (above !== ring[j + 1] > y
            && x < (ring[j] - ring[k]) * (y - ring[k + 1]) / (ring[j + 1] - ring[k + 1]) + ring[k]) inside = !inside;
        }
      });
      if (inside) return i;
    }
    return -1;
  }

  middle(i) {
    return [(this.boxes[4 * i] + this.boxes[4 * i + 2]) / 2, (this.boxes[4 * i + 1] + this.boxes[4 * i + 3]) / 2];
  }
}
