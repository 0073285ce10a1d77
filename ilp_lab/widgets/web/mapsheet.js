/* The drawing of a crime map: where metres lie on the canvas, and everything below the incidents. */
"use strict";

const ILP_FONT = "'Segoe UI','DejaVu Sans',system-ui,sans-serif";
const ILP_LOOKS = {
  plain: { paper: "#eef1f3", study: "#fcfcfa", border: "rgba(40,54,68,.75)", street: "rgba(70,84,96,.5)", grid: "rgba(110,125,140,.45)", label: "#22303c", pale: [199, 206, 213], alpha: 0.88 },
  contrast: { paper: "#ffffff", study: "#ffffff", border: "#000000", street: "#333333", grid: "#555555", label: "#000000", pale: [170, 170, 170], alpha: 1 },
};
const ILP_BASE = {
  land: { fill: "#f6f4ee" }, water: { fill: "#cfe2ee" }, green: { fill: "#e2ecd9" }, built: { fill: "#e3ddd5" },
  border: { line: "#8d7fa0", width: 1.2 }, river: { line: "#a9c7da", width: 1.4 }, rail: { line: "#9a8f8f", width: 1 },
  minor: { line: "#c9c3bb", width: 0.8 }, major: { line: "#b3a58f", width: 1.7 }, other: { line: "#c3ccd3", width: 0.7 },
};

/* Metres to pixels on canvases that are larger than the map by a margin, so that moving shows no empty edge. */
class IlpFrame {
  constructor(map, names) {
    this.map = map;
    this.sheets = Object.fromEntries(names.map((name) => {
      const canvas = L.DomUtil.create("canvas", "ilpw-sheet", map.getPane("overlayPane"));
      canvas.setAttribute("aria-hidden", "true");
      return [name, canvas];
    }));
  }

  place() {
    const map = this.map, size = map.getSize(), dpr = Math.min(2, globalThis.devicePixelRatio || 1);
    if (!size.x || !size.y) return false;
    const pad = L.point(Math.round(size.x * 0.15), Math.round(size.y * 0.15));
    const zero = map.latLngToContainerPoint([0, 0]).add(pad), s = map.options.crs.scale(map.getZoom());
    const corner = map.containerPointToLayerPoint([-pad.x, -pad.y]);
    Object.assign(this, { width: size.x + 2 * pad.x, height: size.y + 2 * pad.y, dpr, scale: s, zeroX: zero.x, zeroY: zero.y });
    for (const canvas of Object.values(this.sheets)) {
      L.DomUtil.setPosition(canvas, corner);
      const wide = Math.round(this.width * dpr), high = Math.round(this.height * dpr);
      if (canvas.width !== wide || canvas.height !== high) {
        canvas.width = wide; canvas.height = high;
        canvas.style.width = `${this.width}px`; canvas.style.height = `${this.height}px`;
      }
    }
    this.view = [-zero.x / s, (zero.y - this.height) / s, (this.width - zero.x) / s, zero.y / s];
    this.inner = { left: pad.x, right: pad.x + size.x, top: pad.y, bottom: pad.y + size.y };
    return true;
  }

  context(name) {
    const c = this.sheets[name].getContext("2d");
    c.setTransform(this.dpr, 0, 0, this.dpr, 0, 0);
    c.clearRect(0, 0, this.width, this.height);
    return c;
  }

  px(x) { return x * this.scale + this.zeroX; }
  py(y) { return this.zeroY - y * this.scale; }
  remove() { Object.values(this.sheets).forEach((canvas) => { canvas.width = 0; canvas.remove(); }); }
}

/* One layer of a result: a lattice as a picture of one pixel per cell, or areas and lines in classes. */
class IlpLayer {
  constructor(told, unit) {
    this.told = told;
    this.shapes = told.shapes && new IlpShapes(told.shapes, unit);
    this.outline = told.outline && new IlpShapes(told.outline, unit);
    if (told.kind === "raster") this.lattice();
  }

  lattice() {
    const t = this.told, at = (this.at = new Int32Array(t.wide * t.high).fill(-1));
    for (let i = 0; i < t.codes.length; i++) at[(t.high - 1 - t.row[i]) * t.wide + t.column[i]] = i;
    this.picture = document.createElement("canvas");
    this.picture.width = t.wide; this.picture.height = t.high;
    const c = this.picture.getContext("2d"), image = c.createImageData(t.wide, t.high);
    const rgb = t.colours.map(ilpRgb);
    for (let k = 0; k < at.length; k++) {
      const colour = at[k] >= 0 && rgb[t.codes[at[k]]];
      if (colour) image.data.set([...colour, 255], 4 * k);
    }
    c.putImageData(image, 0, 0);
  }

  find(x, y) {
    const t = this.told;
    if (this.picture) {
      const column = Math.floor((x - t.west) / t.cell), row = Math.floor((y - t.south) / t.cell);
      return column < 0 || row < 0 || column >= t.wide || row >= t.high ? -1 : this.at[(t.high - 1 - row) * t.wide + column];
    }
    if (t.kind === "lines") return -1;
    const found = this.shapes.find(x, y);
    return found < 0 ? -1 : this.shapes.rows[found];
  }

  near(x, y, reach) {
    let best = reach * reach, which = -1;
    const v = this.shapes;
    for (let i = 0; i < v.size; i++) {
      if (x < v.boxes[4 * i] - reach || x > v.boxes[4 * i + 2] + reach || y < v.boxes[4 * i + 1] - reach || y > v.boxes[4 * i + 3] + reach) continue;
      v.eachRing(i, (line) => {
        for (let k = 0; k + 3 < line.length; k += 2) {
          const dx = line[k + 2] - line[k], dy = line[k + 3] - line[k + 1];
          const t = Math.max(0, Math.min(1, ((x - line[k]) * dx + (y - line[k + 1]) * dy) / (dx * dx + dy * dy || 1)));
          const d = (line[k] + t * dx - x) ** 2 + (line[k + 1] + t * dy - y) ** 2;
          if (d < best) { best = d; which = v.rows[i]; }
        }
      });
    }
    return which;
  }

  /* Outlines of a row as rings of metres. */
  rings(row) {
    const t = this.told;
    if (this.picture) {
      const w = t.west + t.column[row] * t.cell, s = t.south + t.row[row] * t.cell, e = w + t.cell, n = s + t.cell;
      return [[w, s, e, s, e, n, w, n]];
    }
    const found = [];
    this.shapes.rows.forEach((one, i) => { if (one === row) this.shapes.eachRing(i, (ring) => found.push(ring)); });
    return found;
  }
}

const ilpRgb = (colour) => [1, 3, 5].map((k) => parseInt(colour.slice(k, k + 2), 16));

class IlpPainter {
  constructor(frame, ground) {
    this.frame = frame; this.ground = ground; this.unit = ground.unit;
    this.areas = ground.areas && new IlpShapes(ground.areas.shapes, ground.unit);
    this.streets = ground.streets && new IlpShapes(ground.streets, ground.unit);
  }

  bring(layers) { this.layers = layers.map((told) => new IlpLayer(told, this.unit)); }
  basemap(told) { this.base = told && told.parts.map((part) => ({ ...part, shapes: new IlpShapes(part.shapes, this.unit) })); this.baseNames = told?.names; }

  visible(shapes, i) {
    const b = shapes.boxes, v = this.frame.view;
    return b[4 * i] <= v[2] && b[4 * i + 2] >= v[0] && b[4 * i + 1] <= v[3] && b[4 * i + 3] >= v[1];
  }

  outline(path, ring, open) {
    const f = this.frame;
    let lastX = NaN, lastY = NaN;
    for (let k = 0; k < ring.length; k += 2) {
      const x = Math.round(f.px(ring[k]) * 2) / 2, y = Math.round(f.py(ring[k + 1]) * 2) / 2;
      if (k === 0) path.moveTo(x, y); else if (x !== lastX || y !== lastY) path.lineTo(x, y);
      lastX = x; lastY = y;
    }
    if (!open) path.closePath();
  }

  /* A few shapes per path: one path of a hundred thousand takes minutes. */
  trace(c, shapes, look) {
    let path = new Path2D(), held = 0;
    const flush = () => {
      if (look.fill) { c.fillStyle = look.fill; c.fill(path, "evenodd"); }
      if (look.line) { c.strokeStyle = look.line; c.lineWidth = look.width; c.stroke(path); }
      path = new Path2D(); held = 0;
    };
    c.lineJoin = "round";
    for (let i = 0; i < shapes.size; i++) {
      if (!this.visible(shapes, i)) continue;
      shapes.eachRing(i, (ring) => this.outline(path, ring, look.open));
      if (++held >= 400) flush();
    }
    flush();
  }

  draw(shown, looks, chosen) {
    const c = this.frame.context("ground"), f = this.frame, layer = this.layers?.[shown.layer];
    c.fillStyle = looks.paper; c.fillRect(0, 0, f.width, f.height);
    if (layer?.outline) this.trace(c, layer.outline, { fill: looks.study });
    if (this.base && shown.basemap) for (const part of this.base) this.trace(c, part.shapes, { ...ILP_BASE[part.look] ?? ILP_BASE.other, open: part.open });
    if (layer) this.drawLayer(c, layer, looks);
    if (this.streets && shown.streets) this.trace(c, this.streets, { line: looks.street, width: Math.min(1, Math.max(0.2, 12 * f.scale)), open: true });
    if (this.areas && shown.areas) this.trace(c, this.areas, { line: looks.border, width: 1 });
    if (shown.grid) this.drawGrid(c, looks);
    if (chosen && this.layers[chosen.layer]) {
      const path = new Path2D(), one = this.layers[chosen.layer];
      one.rings(chosen.row).forEach((ring) => this.outline(path, ring, one.told.kind === "lines"));
      c.strokeStyle = "#fff"; c.lineWidth = 5; c.stroke(path); c.strokeStyle = "#111"; c.lineWidth = 2.5; c.stroke(path);
    }
  }

  drawLayer(c, layer, looks) {
    const f = this.frame, t = layer.told;
    c.save();
    c.globalAlpha = looks.alpha;
    if (layer.outline) {
      const ground = new Path2D();
      for (let i = 0; i < layer.outline.size; i++) layer.outline.eachRing(i, (ring) => this.outline(ground, ring));
      c.clip(ground, "evenodd");
    }
    if (layer.picture) {
      c.imageSmoothingEnabled = false;
      c.drawImage(layer.picture, f.px(t.west), f.py(t.south + t.high * t.cell), t.wide * t.cell * f.scale, t.high * t.cell * f.scale);
    } else {
      const open = t.kind === "lines", wide = Math.max(1.6, Math.min(7, 24 * f.scale));
      t.colours.forEach((colour, code) => this.traceClass(c, layer, code, open ? { line: colour, width: wide, open } : { fill: colour, line: "rgba(255,255,255,.7)", width: 0.7 }));
    }
    c.restore();
  }

  traceClass(c, layer, code, look) {
    const shapes = layer.shapes, codes = layer.told.codes;
    let path = new Path2D(), held = 0;
    const flush = () => {
      if (look.fill) { c.fillStyle = look.fill; c.fill(path, "evenodd"); }
      c.strokeStyle = look.line; c.lineWidth = look.width; c.stroke(path);
      path = new Path2D(); held = 0;
    };
    for (let i = 0; i < shapes.size; i++) {
      if (codes[shapes.rows[i]] !== code || !this.visible(shapes, i)) continue;
      shapes.eachRing(i, (ring) => this.outline(path, ring, look.open));
      if (++held >= 64) flush();
    }
    flush();
  }

  /* Names over everything: areas where they have room, then places; none over another, none over the number of a group. */
  drawNames(shown, looks, groups) {
    const c = this.frame.context("names"), f = this.frame, taken = [];
    c.textAlign = "center"; c.textBaseline = "middle"; c.lineJoin = "round"; c.lineWidth = 3;
    c.strokeStyle = "rgba(255,255,255,.88)"; c.fillStyle = looks.label;
    const free = (box) => box[0] >= f.inner.left && box[2] <= f.inner.right && box[1] >= f.inner.top && box[3] <= f.inner.bottom
      && !taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])
      && !groups.some((g) => Math.abs((box[0] + box[2]) / 2 - g.x) < g.r + (box[2] - box[0]) / 2 - 4 && Math.abs((box[1] + box[3]) / 2 - g.y) < g.r + 5);
    const write = (label, x, y, room) => {
      const half = c.measureText(label).width / 2 + 3;
      if (room < half * 1.5) return;
      for (const shift of groups.length ? [0, -15, 15, -24, 24] : [0]) {
        const box = [x - half, y + shift - 8, x + half, y + shift + 8];
        if (!free(box)) continue;
        taken.push(box);
        c.strokeText(label, x, y + shift); c.fillText(label, x, y + shift);
        return;
      }
    };
    if (this.areas && shown.areas) {
      c.font = `600 11px ${ILP_FONT}`;
      const { names, middles } = this.ground.areas;
      for (let i = 0; i < this.areas.size; i++) {
        const row = this.areas.rows[i], wide = (this.areas.boxes[4 * i + 2] - this.areas.boxes[4 * i]) * f.scale;
        write(names[row], f.px(middles[2 * row]), f.py(middles[2 * row + 1]), wide);
      }
    }
    c.font = `11px ${ILP_FONT}`;
    for (const told of [shown.places && this.ground.places, shown.basemap && this.baseNames]) {
      if (told) told.names.forEach((name, i) => write(name, f.px(told.at[2 * i]), f.py(told.at[2 * i + 1]) - 9, Infinity));
    }
  }

  drawGrid(c, looks) {
    const f = this.frame, { inner } = f, labels = [];
    c.save();
    c.strokeStyle = looks.grid; c.lineWidth = 0.7; c.setLineDash([2, 4]); c.font = `10px ${ILP_FONT}`;
    for (const line of this.ground.grid) {
      const upright = ilpUpright(line.xy), edge = upright ? inner.top + 1 : inner.left + 1;
      let px = NaN, py = NaN, told = false;
      c.beginPath();
      for (let k = 0; k < line.xy.length; k += 2) {
        const x = f.px(line.xy[k]), y = f.py(line.xy[k + 1]);
        if (k) c.lineTo(x, y); else c.moveTo(x, y);
        const [before, now] = upright ? [py - edge, y - edge] : [px - edge, x - edge];
        if (!told && k && before * now <= 0) {
          const t = before / (before - now || 1);
          labels.push([line.label, upright ? px + t * (x - px) + 3 : edge + 3, upright ? edge + 9 : py + t * (y - py) - 3]);
          told = true;
        }
        px = x; py = y;
      }
      c.stroke();
    }
    c.setLineDash([]); c.fillStyle = "#4f5c68";
    for (const [label, x, y] of labels) {
      if ((x > inner.left + 44 || y > inner.top + 90) && x < inner.right - 70) c.fillText(label, x, y);
    }
    c.restore();
  }
}
