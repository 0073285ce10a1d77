/* The signs and names of a link chart: groups, entities, frames around them, and names where there is room. */
"use strict";

class IlpSigns extends IlpLines {
  drawGroups(c) {
    const { sheet, look } = this;
    for (const { group, there } of this.closed) {
      const x = sheet.sx(this.groupXy[2 * group]), y = sheet.sy(this.groupXy[2 * group + 1]), r = Math.max(7, this.radius[group] * sheet.scale);
      const dim = this.near && !this.near.has(this.n + group);
      c.globalAlpha = dim ? 0.3 : 1;
      c.beginPath(); c.arc(x, y, r, 0, 6.283); c.fillStyle = look.disc; c.fill(); c.lineWidth = 1.4 + look.wider; c.strokeStyle = look.rim; c.stroke();
      if (r > 12) {
        c.fillStyle = look.ink; c.textAlign = "center"; c.textBaseline = "middle"; c.font = "600 " + Math.min(15, Math.max(9, r * 0.42)) + "px " + ILP_FONT;
        c.fillText(this.number(there), x, r > 44 ? y - 7 : y);
        if (r > 44) {
          const name = this.groupNames[group], fits = Math.max(3, Math.floor(r / 3.7));
          c.font = "11px " + ILP_FONT; c.fillText(name.length > fits ? name.slice(0, fits - 1) + "…" : name, x, y + 9);
        }
      }
      c.globalAlpha = 1;
    }
    if (this.chosen && this.chosen.what === "group" && !this.open[this.chosen.at]) {
      const group = this.chosen.at;
      c.beginPath(); c.arc(sheet.sx(this.groupXy[2 * group]), sheet.sy(this.groupXy[2 * group + 1]), Math.max(7, this.radius[group] * sheet.scale) + 4, 0, 6.283);
      c.lineWidth = 3 + look.wider; c.strokeStyle = look.mark; c.stroke();
    }
  }

  /* Very many small signs: squares of three by three, put down as they are. */
  drawDots(c) {
    const { sheet, view, xy, flags, look } = this, wide = Math.ceil(sheet.width), high = Math.ceil(sheet.height);
    if (!this.dots || this.dots.width !== wide || this.dots.height !== high) { this.dots = document.createElement("canvas"); this.dots.width = wide; this.dots.height = high; }
    const ink = this.dots.getContext("2d"), image = ink.createImageData(wide, high), out = new Uint32Array(image.data.buffer), dim = this.near !== null;
    const packed = (text, opaque) => [1, 3, 5].reduce((sum, at, i) => sum + parseInt(text.slice(at, at + 2), 16) * 2 ** (8 * i), 0) + opaque * 16777216;
    const full = this.data.entities.kinds.map((kind) => packed(kind.colour, 255)), faint = this.data.entities.kinds.map((kind) => packed(kind.colour, 56)), larger = [];
    for (const row of this.alone) {
      const x = xy[2 * row], y = xy[2 * row + 1];
      if (x < view[0] || x > view[2] || y < view[1] || y > view[3]) continue;
      const px = Math.round(sheet.sx(x)), py = Math.round(sheet.sy(y)), lit = !dim || this.near.has(row);
      if (this.pixels(row) > 3 || (dim && lit) || flags[row] & ILP_HOLLOW) { larger.push(row); continue; }
      const colour = (lit ? full : faint)[this.kind[row]];
      for (let oy = -1; oy < 2; oy++) for (let ox = -1; ox < 2; ox++) if (px + ox >= 0 && px + ox < wide && py + oy >= 0 && py + oy < high) out[(py + oy) * wide + px + ox] = colour;
    }
    ink.putImageData(image, 0, 0);
    c.drawImage(this.dots, 0, 0);
    return larger;
  }

  drawEntities(c) {
    const { sheet, view, xy, flags, look } = this, kinds = this.data.entities.kinds, batches = new Map();
    const single = this.alone.length > ILP_DOTS_FROM && sheet.scale < 1 ? this.drawDots(c) : this.alone;
    for (const row of single) {
      const x = xy[2 * row], y = xy[2 * row + 1];
      if (x < view[0] || x > view[2] || y < view[1] || y > view[3]) continue;
      const hollow = flags[row] & ILP_HOLLOW, dim = this.near !== null && !this.near.has(row) ? 1 : 0, key = this.kind[row] * 4 + hollow * 2 + dim;
      let batch = batches.get(key);
      if (!batch) { batch = { path: new Path2D(), kind: this.kind[row], hollow, dim }; batches.set(key, batch); }
      this.sign(batch.path, kinds[this.kind[row]].shape, sheet.sx(x), sheet.sy(y), this.pixels(row));
    }
    c.lineJoin = "miter";
    for (const { path, kind, hollow, dim } of batches.values()) {
      c.globalAlpha = dim ? 0.22 : 1;
      c.fillStyle = hollow ? look.paper : kinds[kind].colour; c.strokeStyle = hollow ? kinds[kind].colour : look.wider ? look.ink : look.paper; c.lineWidth = (hollow ? 1.8 : 0.8) + look.wider * 0.6;
      c.fill(path);
      if (hollow || this.alone.length < 8000) c.stroke(path);
    }
    c.globalAlpha = 1;
    if (kinds.some((kind) => kind.mark)) this.drawMarks(c, single);
    const marked = new Set(this.notes.filter((note) => note[1] >= 0).map((note) => note[1]));
    for (const row of marked) if (this.item(row) === row) {
      const x = sheet.sx(xy[2 * row]) + this.pixels(row) * 0.8, y = sheet.sy(xy[2 * row + 1]) - this.pixels(row) * 0.8;
      c.beginPath(); c.arc(x, y, 4, 0, 6.283); c.fillStyle = look.mark; c.fill(); c.lineWidth = 1; c.strokeStyle = look.paper; c.stroke();
    }
    if (this.chosen && this.chosen.what === "entity" && this.item(this.chosen.at) === this.chosen.at) {
      const row = this.chosen.at;
      c.beginPath(); c.arc(sheet.sx(xy[2 * row]), sheet.sy(xy[2 * row + 1]), this.pixels(row) + 5, 0, 6.283); c.lineWidth = 3 + look.wider; c.strokeStyle = look.mark; c.stroke();
    }
  }

  /* The number of its group in every sign that is large enough. */
  drawMarks(c, rows) {
    const { sheet, view, xy, flags, look } = this, kinds = this.data.entities.kinds;
    c.textAlign = "center"; c.textBaseline = "middle"; c.direction = "ltr";
    for (const row of rows) {
      const x = xy[2 * row], y = xy[2 * row + 1], r = this.pixels(row), kind = kinds[this.kind[row]];
      if (!kind.mark || r < 4.5 || x < view[0] || x > view[2] || y < view[1] || y > view[3]) continue;
      c.globalAlpha = this.near !== null && !this.near.has(row) ? 0.22 : 1;
      c.font = "600 " + Math.max(7, Math.min(15, r * (kind.mark.length > 1 ? 1 : 1.25))) + "px " + ILP_FONT;
      c.fillStyle = flags[row] & ILP_HOLLOW ? look.ink : kind.ink; c.fillText(kind.mark, sheet.sx(x), sheet.sy(y) + 0.5);
    }
    c.globalAlpha = 1;
  }

  sign(path, shape, x, y, r) {
    const corners = (list) => { list.forEach(([dx, dy], i) => (i ? path.lineTo(x + dx * r, y + dy * r) : path.moveTo(x + dx * r, y + dy * r))); path.closePath(); };
    if (r < 2) { path.rect(x - r, y - r, 2 * r, 2 * r); return; }
    if (shape === "square") corners([[-0.88, -0.88], [0.88, -0.88], [0.88, 0.88], [-0.88, 0.88]]);
    else if (shape === "triangle") corners([[0, -1.1], [1.05, 0.85], [-1.05, 0.85]]);
    else if (shape === "triangleDown") corners([[0, 1.1], [1.05, -0.85], [-1.05, -0.85]]);
    else if (shape === "diamond") corners([[0, -1.2], [1.1, 0], [0, 1.2], [-1.1, 0]]);
    else if (shape === "hexagon") corners([[-0.55, -0.95], [0.55, -0.95], [1.1, 0], [0.55, 0.95], [-0.55, 0.95], [-1.1, 0]]);
    else if (shape === "star") corners(Array.from({ length: 10 }, (_, i) => { const a = i * 0.6283 - 1.5708, f = i % 2 ? 0.5 : 1.25; return [Math.cos(a) * f, Math.sin(a) * f]; }));
    else { path.moveTo(x + r, y); path.arc(x, y, r, 0, 6.283); }
  }

  /* A ring around every entity that a remark is about, a light ground under them, and the remark above. */
  drawFrames(c) {
    const { sheet, look } = this;
    for (const frame of this.frames) {
      const items = [...new Set(frame.rows.map((row) => this.item(row)))].filter((item) => item >= 0);
      if (!items.length) continue;
      const spots = items.map((item) => [sheet.sx(this.itemX(item)), sheet.sy(this.itemY(item)), item < this.n ? this.pixels(item) : Math.max(7, this.radius[item - this.n] * sheet.scale)]);
      const hull = this.hull(spots);
      if (hull.length > 2) {
        c.beginPath(); hull.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y))); c.closePath();
        c.fillStyle = look.ground; c.fill();
      }
      for (const [x, y, r] of spots) { c.beginPath(); c.arc(x, y, r + 6, 0, 6.283); c.fillStyle = look.frame; c.fill(); c.lineWidth = 1.3 + look.wider; c.strokeStyle = look.ring; c.stroke(); }
      const top = spots.reduce((best, spot) => (spot[1] - spot[2] < best[1] - best[2] ? spot : best));
      c.font = "600 12.5px " + ILP_FONT; c.textAlign = "center"; c.textBaseline = "bottom"; c.fillStyle = look.remark; c.lineJoin = "round";
      c.direction = ilpFromRight(frame.text) ? "rtl" : "ltr"; c.lineWidth = 3; c.strokeStyle = look.paper; c.strokeText(frame.text, top[0], top[1] - top[2] - 8); c.fillText(frame.text, top[0], top[1] - top[2] - 8);
    }
  }

  hull(spots) {
    const list = [...spots].sort((a, b) => a[0] - b[0] || a[1] - b[1]), half = (points) => {
      const out = [];
      for (const p of points) {
        while (out.length > 1) {
          const [a, b] = out.slice(-2);
          if ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) > 0) break;
          out.pop();
        }
        out.push(p);
      }
      return out.slice(0, -1);
    };
    return [...half(list), ...half(list.reverse())];
  }

  /* Names where there is room for them: the chosen one and its neighbours, then the largest signs; none lies on another, and among many signs
     only the few that matter most may lie on a sign. */
  drawLabels(c) {
    const { sheet, view, look } = this, at = 18, names = new Map(), signs = new Map(), named = new Set();
    const free = (taken, x0, y0, x1, y1) => {
      for (let gx = Math.floor(x0 / at); gx <= Math.floor(x1 / at); gx++) for (let gy = Math.floor(y0 / at); gy <= Math.floor(y1 / at); gy++) {
        for (const b of taken.get(gx * 4099 + gy) || []) if (x0 < b[2] && x1 > b[0] && y0 < b[3] && y1 > b[1]) return false;
      }
      return true;
    };
    const take = (taken, box) => {
      for (let gx = Math.floor(box[0] / at); gx <= Math.floor(box[2] / at); gx++) for (let gy = Math.floor(box[1] / at); gy <= Math.floor(box[3] / at); gy++) {
        const key = gx * 4099 + gy; if (!taken.has(key)) taken.set(key, []); taken.get(key).push(box);
      }
    };
    if (this.alone.length <= 2000) {
      for (const row of this.alone) {
        const x = sheet.sx(this.xy[2 * row]), y = sheet.sy(this.xy[2 * row + 1]), r = this.pixels(row) * 0.8;
        if (x > 0 && x < sheet.width && y > 0 && y < sheet.height) take(signs, [x - r, y - r, x + r, y + r]);
      }
    }
    for (const { group } of this.closed) {
      const x = sheet.sx(this.groupXy[2 * group]), y = sheet.sy(this.groupXy[2 * group + 1]), r = this.radius[group] * sheet.scale * 0.8;
      if (x + r > 0 && x - r < sheet.width && y + r > 0 && y - r < sheet.height && r < 600) take(signs, [x - r, y - r, x + r, y + r]);
    }
    const crowded = this.closed.length > 8 || this.alone.length > 60, gap = 5;
    const put = (text, x, y, r, bold) => {
      if (!text) return;
      c.font = (bold || look.wider ? "600 12.5px " : "12px ") + ILP_FONT;
      const wide = c.measureText(text).width + 4, high = 15;
      const tries = [[x - wide / 2, y + r + 2], [x - wide / 2, y - r - high - 1], [x + r + 3, y - high / 2], [x - r - 3 - wide, y - high / 2]];
      for (const clear of crowded && !bold ? [true] : [true, false]) for (const [x0, y0] of tries) {
        if (x0 < 0 || x0 + wide > sheet.width || y0 < 0 || y0 + high > sheet.height || !free(names, x0 - gap, y0 - 2, x0 + wide + gap, y0 + high + 2)) continue;
        if (clear && !free(signs, x0, y0, x0 + wide, y0 + high)) continue;
        const box = [x0, y0, x0 + wide, y0 + high];
        take(names, box); this.boxes.push(box);
        c.textAlign = "left"; c.textBaseline = "top"; c.lineJoin = "round"; c.lineWidth = 3; c.strokeStyle = look.halo;
        c.direction = ilpFromRight(text) ? "rtl" : "ltr";
        c.strokeText(text, x0 + 2, y0 + 2); c.fillStyle = look.ink; c.fillText(text, x0 + 2, y0 + 2);
        return;
      }
    };
    const label = (row, bold) => {
      if (named.has(row)) return;
      named.add(row);
      const x = this.xy[2 * row], y = this.xy[2 * row + 1];
      if (x < view[0] || x > view[2] || y < view[1] || y > view[3]) return;
      if (this.item(row) === row) put(this.labels[row], sheet.sx(x), sheet.sy(y), this.pixels(row), bold);
    };
    const group = (number, bold) => {
      if (named.has(this.n + number)) return;
      named.add(this.n + number);
      if (!this.open[number] && this.radius[number] * sheet.scale > 44) return;
      put(this.groupNames[number], sheet.sx(this.groupXy[2 * number]), sheet.sy(this.groupXy[2 * number + 1]), Math.max(7, this.radius[number] * sheet.scale), bold);
    };
    if (this.near) {
      if (this.chosen.what === "entity") label(this.chosen.at, true); else group(this.chosen.at, true);
      for (const item of [...this.near].slice(0, 80)) { if (item < this.n) label(item, false); else group(item - this.n, false); }
    }
    for (const { group: number } of [...this.closed].sort((a, b) => b.there - a.there).slice(0, 80)) group(number, false);
    let left = 260;
    const dense = this.alone.length > 400 && sheet.scale < 0.45;
    for (const row of this.byRank) {
      if (this.boxes.length > 260 || left <= 0) break;
      if (dense && this.rank[row] > 1e8 && this.size[row] < 12 && this.degree[row] < 3) continue;
      if (this.near && !this.near.has(row)) continue;
      const x = this.xy[2 * row], y = this.xy[2 * row + 1];
      if (x < view[0] || x > view[2] || y < view[1] || y > view[3] || this.item(row) !== row) continue;
      left -= dense ? 4 : 1;
      label(row, this.rank[row] < 8);
    }
  }
}
