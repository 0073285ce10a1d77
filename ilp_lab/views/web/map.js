/* Draws a map in metres on a canvas inside Leaflet. Text from data only ever becomes textContent or fillText. */
"use strict";

const ilpBytes = (text) => {
  const marks = atob(text), bytes = new Uint8Array(marks.length);
  for (let i = 0; i < marks.length; i++) bytes[i] = marks.charCodeAt(i);
  return bytes;
};
const ilpInts = (text) => new Int32Array(ilpBytes(text).buffer);
const ilpShorts = (text) => new Uint16Array(ilpBytes(text).buffer);
const ilpShapes = (packed, unit) => new IlpShapes(
  { ...packed, ...Object.fromEntries(["rows", "at", "xy", "rings", "shapes"].filter((name) => packed[name] !== undefined).map((name) => [name, ilpInts(packed[name])])) }, unit,
);

/* Columns of facts, each a list of words and a number per row. */
class IlpFacts {
  constructor(columns) {
    this.columns = columns.map((column) => ({
      label: column.label, words: column.words, codes: column.wide ? ilpInts(column.codes) : ilpShorts(column.codes),
    }));
  }

  of(row) {
    return this.columns.map((c) => [c.label, c.words[c.codes[row]]]).filter((pair) => pair[1] !== "")
      .map(([label, word]) => (label ? label + ": " + word : word)).join("\n");
  }
}

class IlpMap {
  constructor(map) {
    const data = this.data = JSON.parse(document.getElementById("ilp-data").textContent);
    this.map = map;
    map.options.minZoom = -14;
    map.options.maxZoom = 5;
    this.shown = {};
    this.cells = data.cells && ilpShapes(data.cells.shapes, data.unit);
    this.codes = data.cells && ilpBytes(data.cells.codes);
    this.facts = data.cells && new IlpFacts(data.cells.facts);
    this.areas = data.areas && ilpShapes(data.areas.shapes, data.unit);
    this.study = data.study && ilpShapes(data.study, data.unit);
    this.contours = (data.contours || []).map((line) => ({ ...line, shapes: ilpShapes(line.shapes, data.unit) }));
    this.streets = data.streets && ilpShapes(data.streets, data.unit);
    this.points = data.points && Float64Array.from(ilpInts(data.points.xy), (value) => value * data.unit);
    this.pointFacts = data.points && new IlpFacts(data.points.facts);
    this.pointCodes = data.points && data.points.codes && ilpBytes(data.points.codes);
    this.grid = (data.grid || []).map((line) => ({
      label: line.label, xy: Float64Array.from(ilpInts(line.xy), (value) => value * data.unit),
    }));
    this.tip = document.getElementById("ilp-tip");
    this.told = document.getElementById("ilp-facts");
    this.drawn = document.documentElement.dataset;
    this.canvas = L.DomUtil.create("canvas", "ilp-sheet", map.getPane("overlayPane"));
    this.canvas.setAttribute("aria-hidden", "true");
    this.controls();
    this.fit();
    if (data.metres) ilpScale(...data.units).addTo(map);
    map.on("moveend zoomend resize", () => this.draw());
    map.on("movestart zoomstart", () => { if (!this.fitting) this.moved = true; });
    map.on("mousemove", (event) => this.hover(event));
    map.on("mouseout", () => { this.tip.hidden = true; });
    map.on("click", (event) => this.choose(this.find(event.latlng.lng, event.latlng.lat)));
    map.getContainer().addEventListener("keyup", () => this.choose(this.find(map.getCenter().lng, map.getCenter().lat)));
    new ResizeObserver(() => { map.invalidateSize({ animate: false }); if (!this.fitted || !this.moved) this.fit(this.box); this.draw(); })
      .observe(map.getContainer());
    this.draw();
  }

  fit(box = this.data.opening || this.data.bounds) {
    const size = this.map.getSize(), [west, south, east, north] = box;
    this.box = box;
    this.fitting = true;
    this.map.fitBounds([[south, west], [north, east]], { padding: [18, 18], animate: false });
    this.fitting = false;
    this.fitted = size.x > 0 && size.y > 0;
  }

  controls() {
    for (const box of document.querySelectorAll("[data-layer]")) {
      this.shown[box.dataset.layer] = box.checked;
      box.addEventListener("change", () => { this.shown[box.dataset.layer] = box.checked; this.draw(); });
    }
    document.querySelectorAll("[data-row]").forEach((button) => button.addEventListener("click", () => {
      const i = this.cells.rows.indexOf(Number(button.dataset.row));
      const [x, y] = this.cells.middle(i), b = this.cells.boxes;
      const wide = 14 * Math.max(b[4 * i + 2] - b[4 * i], b[4 * i + 3] - b[4 * i + 1]) / 2;
      this.map.fitBounds([[y - wide, x - wide], [y + wide, x + wide]], { animate: false });
      this.choose({ cell: i, words: this.words(i) });
    }));
    document.getElementById("ilp-whole").addEventListener("click", () => this.fit(this.data.bounds));
  }

  words(i) { return this.facts.of(this.cells.rows[i]); }

  find(x, y) {
    if (this.points && this.shown.points && !this.clustered) {
      const near = 7 / this.map.options.crs.scale(this.map.getZoom());
      let best = near * near, which = -1;
      for (let k = 0; k < this.points.length; k += 2) {
        const d = (this.points[k] - x) ** 2 + (this.points[k + 1] - y) ** 2;
        if (d < best) { best = d; which = k / 2; }
      }
      if (which >= 0) return { cell: -1, words: this.pointFacts.of(which) };
    }
    if (this.cells && this.shown.cells) {
      const i = this.cells.find(x, y);
      if (i >= 0) return { cell: i, words: this.words(i) };
    }
    if (this.areas && this.shown.areas) {
      const i = this.areas.find(x, y);
      if (i >= 0) return { cell: -1, words: this.data.areas.names[this.areas.rows[i]] };
    }
    return { cell: -1, words: "" };
  }

  hover(event) {
    const words = this.find(event.latlng.lng, event.latlng.lat).words, at = event.containerPoint;
    this.tip.hidden = words === "";
    this.tip.textContent = words;
    const size = this.map.getSize();
    this.tip.style.left = Math.min(at.x + 14, Math.max(0, size.x - this.tip.offsetWidth - 4)) + "px";
    this.tip.style.top = Math.min(at.y + 14, Math.max(0, size.y - this.tip.offsetHeight - 4)) + "px";
  }

  choose(found) {
    this.chosen = found.cell;
    this.told.textContent = found.words || this.data.nothing;
    this.draw();
  }

  draw() {
    const map = this.map, size = map.getSize(), dpr = window.devicePixelRatio || 1;
    if (!size.x || !size.y) return;
    const pad = L.point(Math.round(size.x * 0.2), Math.round(size.y * 0.2));
    const zero = map.latLngToContainerPoint([0, 0]).add(pad), s = map.options.crs.scale(map.getZoom());
    L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([-pad.x, -pad.y]));
    const width = size.x + 2 * pad.x, height = size.y + 2 * pad.y;
    this.canvas.width = width * dpr; this.canvas.height = height * dpr;
    this.canvas.style.width = width + "px"; this.canvas.style.height = height + "px";
    const c = this.c = this.canvas.getContext("2d");
    c.scale(dpr, dpr);
    this.px = (x) => x * s + zero.x; this.py = (y) => zero.y - y * s;
    this.view = [-zero.x / s, (zero.y - height) / s, (width - zero.x) / s, zero.y / s];
    this.inner = { left: pad.x, right: pad.x + size.x, top: pad.y, bottom: pad.y + size.y };
    this.scale = s;
    if (this.study) this.trace(this.study, { fill: "#fcfcfa", line: "#3c4a57", width: 1.6 });
    if (this.shown.grid) this.drawGrid();
    if (this.cells && this.shown.cells) this.drawCells();
    if (this.streets && this.shown.streets) {
      this.trace(this.streets, { line: "rgba(70,84,96,.5)", width: Math.min(1, Math.max(0.2, 12 * s)), open: true });
    }
    if (this.areas && this.shown.areas) this.trace(this.areas, { line: "rgba(40,54,68,.75)", width: 1 });
    this.drawContours();
    if (this.study) this.trace(this.study, { line: "#3c4a57", width: 1.6 });
    if (this.cells && this.chosen >= 0) this.trace(this.cells, { line: "#111", width: 2.5, only: this.chosen });
    if (this.points && this.shown.points) this.drawPoints();
    if (this.areas && this.shown.areas) this.drawNames();
    this.drawn.drawn = String(Number(this.drawn.drawn || 0) + 1);
  }

  drawContours() {
    const shown = this.contours.filter((line) => this.shown[line.layer]);
    for (const { shapes, colour, dash } of shown) {
      this.trace(shapes, { line: "rgba(255,255,255,.9)", width: 4 });
      this.c.setLineDash(dash);
      this.trace(shapes, { line: colour, width: 2 });
      this.c.setLineDash([]);
    }
    this.drawn.contours = String(shown.length);
  }

  visible(shapes, i) {
    const b = shapes.boxes, v = this.view;
    return b[4 * i] <= v[2] && b[4 * i + 2] >= v[0] && b[4 * i + 1] <= v[3] && b[4 * i + 3] >= v[1];
  }

  outline(path, ring, open) {
    let lastX = NaN, lastY = NaN;
    for (let k = 0; k < ring.length; k += 2) {
      const x = Math.round(this.px(ring[k])), y = Math.round(this.py(ring[k + 1]));
      if (k === 0) path.moveTo(x, y); else if (x !== lastX || y !== lastY) path.lineTo(x, y);
      lastX = x; lastY = y;
    }
    if (!open) path.closePath();
  }

  trace(shapes, look) {
    const path = new Path2D();
    const from = look.only ?? 0, to = look.only === undefined ? shapes.size : look.only + 1;
    for (let i = from; i < to; i++) {
      if (this.visible(shapes, i)) shapes.eachRing(i, (ring) => this.outline(path, ring, look.open));
    }
    this.c.lineJoin = "round";
    if (look.fill) { this.c.fillStyle = look.fill; this.c.fill(path, "evenodd"); }
    if (look.line) { this.c.strokeStyle = look.line; this.c.lineWidth = look.width; this.c.stroke(path); }
  }

  /* Shapes without a value are white with a border, those of a grid nothing unless none of them has one.
     Cells go onto a sheet of their own, a few at a time (one path of a hundred thousand takes minutes), then under the clip. */
  drawCells() {
    const { colours, borders } = this.data.cells, boxes = this.cells.boxes, sheet = document.createElement("canvas");
    sheet.width = this.canvas.width; sheet.height = this.canvas.height;
    const onto = sheet.getContext("2d");
    onto.setTransform(this.c.getTransform());
    const bare = colours.length, waiting = [...colours, "#fff"].map(() => ({ path: new Path2D(), size: 0 }));
    const flush = (code) => {
      onto.fillStyle = code === bare ? "#fff" : colours[code]; onto.fill(waiting[code].path, "evenodd");
      if (borders || code === bare) {
        onto.strokeStyle = code === bare ? "#6b7a88" : "rgba(255,255,255,.7)"; onto.lineWidth = 0.7; onto.stroke(waiting[code].path);
      }
      waiting[code] = { path: new Path2D(), size: 0 };
    };
    let count = 0;
    for (let i = 0; i < this.cells.size; i++) {
      const code = Math.min(this.codes[this.cells.rows[i]], bare);
      if ((code === bare && bare && !borders) || !this.visible(this.cells, i)) continue;
      count += 1;
      if (code < bare && i < this.cells.copies && this.cells.upright) {
        const west = Math.round(this.px(boxes[4 * i])), north = Math.round(this.py(boxes[4 * i + 3]));
        onto.fillStyle = colours[code];
        onto.fillRect(west, north, Math.round(this.px(boxes[4 * i + 2])) - west || 1, Math.round(this.py(boxes[4 * i + 1])) - north || 1);
      } else {
        this.cells.eachRing(i, (ring) => this.outline(waiting[code].path, ring));
        if (++waiting[code].size >= 64) flush(code);
      }
    }
    waiting.forEach((_, code) => flush(code));
    this.c.save();
    if (this.study) {
      const ground = new Path2D();
      for (let i = 0; i < this.study.size; i++) this.study.eachRing(i, (ring) => this.outline(ground, ring));
      this.c.clip(ground, "evenodd");
    }
    this.c.setTransform(1, 0, 0, 1, 0, 0);
    this.c.globalAlpha = 0.88;
    this.c.drawImage(sheet, 0, 0);
    this.c.restore();
    this.drawn.cells = String(count);
  }

  drawPoints() {
    const { c, points, view } = this, found = [];
    for (let k = 0; k < points.length; k += 2) {
      if (points[k] >= view[0] && points[k] <= view[2] && points[k + 1] >= view[1] && points[k + 1] <= view[3]) found.push(k);
    }
    this.clustered = found.length > this.data.points.single;
    this.drawn.points = String(found.length);
    c.lineWidth = 1;
    if (!this.clustered) {
      const codes = this.pointCodes;
      c.fillStyle = "rgba(12,20,30,.78)"; c.strokeStyle = "#fff";
      for (const k of found) {
        if (codes) c.fillStyle = this.data.points.colours[codes[k / 2]] || "rgba(12,20,30,.78)";
        c.beginPath(); c.arc(this.px(points[k]), this.py(points[k + 1]), codes ? 4.6 : 3.2, 0, 7); c.fill(); c.stroke();
      }
      return;
    }
    const step = 46 / this.scale, groups = new Map();
    for (const k of found) {
      const key = Math.floor(points[k] / step) + ":" + Math.floor(points[k + 1] / step);
      const group = groups.get(key) || { n: 0, x: 0, y: 0 };
      group.n += 1; group.x += points[k]; group.y += points[k + 1];
      groups.set(key, group);
    }
    c.textAlign = "center"; c.textBaseline = "middle"; c.font = "600 11px 'Segoe UI','DejaVu Sans',sans-serif";
    const placed = [];
    for (const group of [...groups.values()].sort((a, b) => b.n - a.n)) {
      const x = this.px(group.x / group.n), y = this.py(group.y / group.n), r = this.radius(group.n);
      const into = placed.find((other) => Math.hypot(other.x - x, other.y - y) < 0.85 * (other.r + r));
      if (into) { into.n += group.n; into.r = this.radius(into.n); } else placed.push({ n: group.n, x, y, r });
    }
    for (const { n, x, y, r } of placed) {
      c.beginPath(); c.arc(x, y, r, 0, 7);
      c.fillStyle = "rgba(255,255,255,.86)"; c.fill(); c.strokeStyle = "#0b5394"; c.lineWidth = 1.4; c.stroke();
      c.fillStyle = "#12202e"; c.fillText(n > 9999 ? Math.round(n / 1000) + "k" : String(n), x, y + 0.5);
    }
  }

  radius(n) { return 7 + 3.6 * Math.log10(n + 1); }

  drawGrid() {
    const { c, inner } = this;
    c.strokeStyle = "rgba(110,125,140,.45)"; c.lineWidth = 0.7; c.setLineDash([2, 4]);
    c.font = "10px 'Segoe UI','DejaVu Sans',sans-serif";
    const labels = [];
    for (const line of this.grid) {
      c.beginPath();
      let px = NaN, py = NaN, told = false;
      for (let k = 0; k < line.xy.length; k += 2) {
        const x = this.px(line.xy[k]), y = this.py(line.xy[k + 1]);
        if (k) c.lineTo(x, y); else c.moveTo(x, y);
        const upright = ilpUpright(line.xy);
        const edge = upright ? inner.top + 1 : inner.left + 1;
        if (!told && k && (upright ? (py - edge) * (y - edge) <= 0 : (px - edge) * (x - edge) <= 0)) {
          const t = upright ? (edge - py) / (y - py || 1) : (edge - px) / (x - px || 1);
          labels.push([line.label, upright ? px + t * (x - px) + 3 : edge + 3, upright ? edge + 9 : py + t * (y - py) - 3]);
          told = true;
        }
        px = x; py = y;
      }
      c.stroke();
    }
    c.setLineDash([]); c.fillStyle = "#66737f"; c.textAlign = "left"; c.textBaseline = "alphabetic";
    const taken = [];
    for (const [label, x, y] of labels) {
      const wide = c.measureText(label).width + 6;
      if ((x <= inner.left + 44 && y <= inner.top + 90) || x >= inner.right - 70) continue;
      if (taken.some((t) => Math.abs(t.y - y) < 11 && x < t.x + t.wide && t.x < x + wide)) continue;
      taken.push({ x, y, wide });
      c.fillText(label, x, y);
    }
  }

  drawNames() {
    const { c, inner } = this, taken = [];
    c.font = "600 11px 'Segoe UI','DejaVu Sans',sans-serif"; c.textAlign = "center"; c.textBaseline = "middle";
    c.lineJoin = "round"; c.lineWidth = 3; c.strokeStyle = "rgba(255,255,255,.85)"; c.fillStyle = "#22303c";
    for (let i = 0; i < this.areas.size; i++) {
      const row = this.areas.rows[i], label = this.data.areas.names[row];
      const x = this.px(this.data.areas.middles[2 * row]), y = this.py(this.data.areas.middles[2 * row + 1]);
      const half = c.measureText(label).width / 2 + 3, box = [x - half, y - 8, x + half, y + 8];
      const room = (this.areas.boxes[4 * i + 2] - this.areas.boxes[4 * i]) * this.scale;
      if (room < half * 1.5 || box[0] < inner.left || box[2] > inner.right) continue;
      if (taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])) continue;
      taken.push(box);
      c.strokeText(label, x, y); c.fillText(label, x, y);
    }
  }
}
