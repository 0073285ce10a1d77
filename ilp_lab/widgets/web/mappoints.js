/* The incidents of a crime map: which of them are shown, drawn by the million as pixels, or as groups with their number. */
"use strict";

const ILP_AUTO_UP_TO = 5000;
const ILP_ARCS_UP_TO = 2500;
const ILP_NO_TIME = -2147483648;

class IlpPoints {
  constructor(told) {
    Object.assign(this, told);
    this.size = told.xy.length / 2;
    this.shown = new Uint8Array(this.size).fill(1);
    this.hidden = new Set();
    this.window = null;
    this.count = this.size;
  }

  row(i) { return this.rows ? this.rows[i] : i; }

  /* Which are shown: by class and by time. */
  filter(visible) {
    const { codes, shown, hidden, window } = this, minutes = this.time?.minutes, off = new Uint8Array(256);
    hidden.forEach((code) => { off[code] = 1; });
    const alone = !codes && hidden.size > 0;
    let count = 0;
    for (let i = 0; i < this.size; i++) {
      let on = visible && !alone ? 1 : 0;
      if (on && codes && off[codes[i]]) on = 0;
      if (on && window && (minutes[i] < window[0] || minutes[i] >= window[1])) on = 0;
      shown[i] = on; count += on;
    }
    this.count = count;
  }

  draw(frame, choice, looks, style) {
    const c = frame.context("points"), inView = this.inView(frame);
    this.grouped = style === "groups" || (style === "auto" && inView > ILP_AUTO_UP_TO);
    this.groups = [];
    if (this.grouped) this.drawGroups(c, frame, choice, looks);
    else if (inView <= ILP_ARCS_UP_TO) this.drawDiscs(c, frame, choice, looks);
    else this.drawPixels(c, frame, choice, looks, inView);
    return inView;
  }

  inView(frame) {
    const { xy, shown } = this, [west, south, east, north] = frame.view;
    let count = 0;
    for (let i = 0; i < this.size; i++) {
      if (shown[i] && xy[2 * i] >= west && xy[2 * i] <= east && xy[2 * i + 1] >= south && xy[2 * i + 1] <= north) count++;
    }
    return count;
  }

  colour(i) { return !this.codes ? this.colours[0] : this.colours[this.codes[i]] ?? "#8a949d"; }

  drawDiscs(c, frame, choice, looks) {
    const { xy, shown } = this, [west, south, east, north] = frame.view, some = choice.count > 0;
    const size = this.size > 600 ? 3.4 : 4.6;
    for (const wanted of some ? [0, 1] : [0]) {
      for (let i = 0; i < this.size; i++) {
        if (!shown[i]) continue;
        const chosen = choice.flags[this.row(i)];
        if (some && chosen !== wanted) continue;
        const x = xy[2 * i], y = xy[2 * i + 1];
        if (x < west || x > east || y < south || y > north) continue;
        c.beginPath(); c.arc(frame.px(x), frame.py(y), chosen ? size + 1 : size, 0, 7);
        c.fillStyle = some && !chosen ? `rgb(${looks.pale})` : this.colour(i); c.fill();
        c.lineWidth = chosen ? 1.6 : 1; c.strokeStyle = chosen ? "#111" : "#fff"; c.stroke();
      }
    }
  }

  /* Straight into the picture's bytes: a million in a few hundredths of a second. */
  drawPixels(c, frame, choice, looks, inView) {
    const wide = Math.round(frame.width * frame.dpr), high = Math.round(frame.height * frame.dpr);
    const image = c.createImageData(wide, high), pixels = new Uint32Array(image.data.buffer);
    const s = frame.scale * frame.dpr, zx = frame.zeroX * frame.dpr, zy = frame.zeroY * frame.dpr;
    const { xy, shown, codes, rows } = this, { flags } = choice, some = choice.count > 0;
    const ink = Uint32Array.from({ length: 256 }, (_, code) => {
      const [r, g, b] = ilpRgb(codes ? this.colours[code] ?? "#8a949d" : this.colours[0]);
      return (255 << 24) | (b << 16) | (g << 8) | r;
    });
    const [pr, pg, pb] = looks.pale, pale = (255 << 24) | (pb << 16) | (pg << 8) | pr;
    const reach = Math.max(1, Math.round((inView > 100000 ? 1 : inView > 20000 ? 1.4 : 2.2) * frame.dpr));
    const stamp = [];
    for (let dy = -reach; dy <= reach; dy++) for (let dx = -reach; dx <= reach; dx++) if (dx * dx + dy * dy <= reach * reach + 0.5) stamp.push(dy * wide + dx);
    for (const wanted of some ? [0, 1] : [0]) {
      for (let i = 0; i < this.size; i++) {
        if (!shown[i]) continue;
        const chosen = flags[rows ? rows[i] : i];
        if (some && chosen !== wanted) continue;
        const x = (xy[2 * i] * s + zx) | 0, y = (zy - xy[2 * i + 1] * s) | 0;
        if (x < reach || y < reach || x >= wide - reach || y >= high - reach) continue;
        const k = y * wide + x, colour = some && !chosen ? pale : codes ? ink[codes[i]] : ink[0];
        for (let m = 0; m < stamp.length; m++) pixels[k + stamp[m]] = colour;
      }
    }
    c.putImageData(image, 0, 0);
  }

  drawGroups(c, frame, choice, looks) {
    const { xy, shown } = this, { flags } = choice, side = 46, step = side / frame.scale;
    const west = Math.floor(frame.view[0] / step) * step, south = Math.floor(frame.view[1] / step) * step;
    const columns = Math.ceil((frame.view[2] - west) / step) + 1, lines = Math.ceil((frame.view[3] - south) / step) + 1;
    const n = new Int32Array(columns * lines), on = new Int32Array(columns * lines);
    const sx = new Float64Array(columns * lines), sy = new Float64Array(columns * lines);
    for (let i = 0; i < this.size; i++) {
      if (!shown[i]) continue;
      const x = xy[2 * i], y = xy[2 * i + 1], column = Math.floor((x - west) / step), line = Math.floor((y - south) / step);
      if (column < 0 || line < 0 || column >= columns || line >= lines) continue;
      const k = line * columns + column;
      n[k]++; sx[k] += x; sy[k] += y; on[k] += flags[this.row(i)];
    }
    const groups = [];
    const box = (k) => { const w = west + (k % columns) * step, s = south + Math.floor(k / columns) * step; return [w, s, w + step, s, w + step, s + step, w, s + step]; };
    for (let k = 0; k < n.length; k++) if (n[k]) groups.push({ n: n[k], on: on[k], x: frame.px(sx[k] / n[k]), y: frame.py(sy[k] / n[k]), rings: [box(k)] });
    const placed = [], radius = (count) => 7 + 3.6 * Math.log10(count + 1);
    for (const group of groups.sort((a, b) => b.n - a.n)) {
      const r = radius(group.n), into = placed.find((other) => Math.hypot(other.x - group.x, other.y - group.y) < 0.85 * (other.r + r));
      if (into) { into.n += group.n; into.on += group.on; into.r = radius(into.n); into.rings.push(...group.rings); } else placed.push({ ...group, r });
    }
    this.groups = placed;
    c.textAlign = "center"; c.textBaseline = "middle"; c.font = `600 11px ${ILP_FONT}`;
    const some = choice.count > 0;  // then the numbers, as the colours of the clock, are those of the chosen
    this.figures = placed.reduce((sum, group) => sum + (some ? group.on : group.n), 0);
    for (const { n: size, on: chosen, x, y, r } of placed) {
      const told = some ? chosen : size;
      c.beginPath(); c.arc(x, y, r, 0, 7); c.fillStyle = "rgba(255,255,255,.9)"; c.fill();
      if (chosen) {
        c.beginPath(); c.moveTo(x, y); c.arc(x, y, r, -Math.PI / 2, -Math.PI / 2 + (2 * Math.PI * chosen) / size); c.closePath();
        c.fillStyle = "#fdc27a"; c.fill();
      }
      c.beginPath(); c.arc(x, y, r, 0, 7);
      c.strokeStyle = some && !chosen ? `rgb(${looks.pale})` : looks === ILP_LOOKS.contrast ? "#000" : "#0b5394"; c.lineWidth = chosen ? 2.4 : 1.4; c.stroke();
      c.fillStyle = "#12202e"; c.fillText(told > 9999 ? `${Math.round(told / 1000)}k` : String(told), x, y + 0.5);
    }
  }

  /* The group whose disc holds a place of the canvas. */
  groupAt(px, py) { return this.grouped ? this.groups.find((one) => Math.hypot(one.x - px, one.y - py) <= one.r) : undefined; }

  /* How many of each class lie in a group, the largest first. */
  makeUp(group) {
    const counts = new Map();
    if (this.codes) this.eachInside(group.rings, (i) => counts.set(this.codes[i], (counts.get(this.codes[i]) ?? 0) + 1));
    return [...counts].sort((a, b) => b[1] - a[1]);
  }

  /* The incident nearest to a place, within reach; -1 for none. */
  near(x, y, reach) {
    let best = reach * reach, which = -1;
    for (let i = 0; i < this.size; i++) {
      if (!this.shown[i]) continue;
      const d = (this.xy[2 * i] - x) ** 2 + (this.xy[2 * i + 1] - y) ** 2;
      if (d < best) { best = d; which = i; }
    }
    return which;
  }

  /* Flags, by row of the table, of the incidents shown that lie inside rings (even-odd). */
  inside(rings, size) {
    const flags = new Uint8Array(size);
    this.eachInside(rings, (i) => { flags[this.row(i)] = 1; });
    return flags;
  }

  eachInside(rings, call) {
    const { xy, shown } = this;
    let west = Infinity, south = Infinity, east = -Infinity, north = -Infinity;
    for (const ring of rings) {
      for (let k = 0; k < ring.length; k += 2) {
        west = Math.min(west, ring[k]); east = Math.max(east, ring[k]); south = Math.min(south, ring[k + 1]); north = Math.max(north, ring[k + 1]);
      }
    }
    for (let i = 0; i < this.size; i++) {
      const x = xy[2 * i], y = xy[2 * i + 1];
      if (!shown[i] || x < west || x > east || y < south || y > north) continue;
      let within = false;
      for (const ring of rings) {
        for (let k = 0, j = ring.length - 2; k < ring.length; j = k, k += 2) {
          const above = ring[k + 1] > y;
          if (above !== ring[j + 1] > y && x < ((ring[j] - ring[k]) * (y - ring[k + 1])) / (ring[j + 1] - ring[k + 1]) + ring[k]) within = !within;
        }
      }
      if (within) call(i);
    }
  }
}
