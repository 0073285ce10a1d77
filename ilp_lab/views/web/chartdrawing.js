/* Draws a link chart whose entities already have their places: what is on the sheet, how it looks, what lies under a point.
   The page and the widget stand on it. Text from data only ever becomes textContent or fillText. */
"use strict";

/* Columns of facts, each a list of words and a number per row. */
class IlpColumns {
  constructor(columns) {
    this.columns = columns.map((column) => ({
      label: column.label, words: column.words, codes: ilpArray(column.wide ? Int32Array : Uint16Array, column.codes),
    }));
  }

  of(row) {
    return this.columns.map((c) => [c.label, c.words[c.codes[row]]]).filter((pair) => pair[1] !== "" && pair[1] !== undefined)
      .map(([label, word]) => (label ? label + ": " + word : word));
  }
}

const ILP_HIDDEN = 2, ILP_HOLLOW = 1, ILP_PINNED = 4, ILP_AWAY = 8, ILP_FONT = "'Segoe UI','DejaVu Sans',sans-serif";

const ILP_LOOKS = {
  plain: {
    paper: "#fff", halo: "rgba(255,255,255,.92)", ink: "#1b2733", soft: "#51606e", between: "#9aa7b3", disc: "#e8eef5", rim: "#47617d",
    mark: "#f0a30a", frame: "#fdf0d5", ring: "#a86f00", remark: "#7a5000", ground: "rgba(240,163,10,.09)", way: "#d55e00", wider: 0, faint: 1,
  },
  high: {
    paper: "#fff", halo: "#fff", ink: "#000", soft: "#000", between: "#000", disc: "#fff", rim: "#000",
    mark: "#c00000", frame: "#fff", ring: "#000", remark: "#000", ground: "rgba(0,0,0,0)", way: "#c00000", wider: 1, faint: 0,
  },
};

/* Lines beyond this number are counted pixel by pixel instead of stroked one by one; so many small signs are put down as dots. */
const ILP_CLOUD_FROM = 12000, ILP_DOTS_FROM = 8000;

/* What the drawing says by itself; the widget brings these words in the reader's language. */
const ILP_SAYS = {
  entities: "entities", links: "links", uncertain: "of them uncertain", opens: "Double click opens it", most: "Most links:", note: "Note:",
  more: "more", and: "and", "and more": "and more",
};

/* Hebrew, Arabic and their neighbours are written from the right. */
const ilpFromRight = (text) => /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u.test(text);

class IlpDrawing {
  /* data: what Python packed; box: the element it is drawn in; shown: an object that holds what is drawn, as counts. */
  constructor(data, box, shown) {
    this.box = box; this.shown = shown; this.look = ILP_LOOKS.plain; this.route = null; this.spare = null;
    this.take(data);
  }

  take(data) {
    const e = data.entities, l = data.links;
    this.data = data; this.labels = e.labels; this.ids = e.ids; this.n = e.ids.length;
    this.xy = Float64Array.from(ilpArray(Float32Array, e.xy));
    this.size = Float32Array.from(ilpRaw(e.size), (value) => value / 8);
    this.kind = ilpArray(Uint16Array, e.kind); this.flags = Uint8Array.from(ilpRaw(e.flags));
    this.from = ilpArray(Int32Array, l.from); this.to = ilpArray(Int32Array, l.to);
    this.linkKind = ilpArray(Uint16Array, l.kind); this.weak = ilpRaw(l.weak); this.first = ilpArray(Int32Array, l.first);
    this.linkRows = l.rows ? ilpArray(Int32Array, l.rows) : null; this.away = null;
    this.entityFacts = new IlpColumns(e.facts); this.linkFacts = new IlpColumns(l.facts);
    this.says = data.says || ILP_SAYS;
    this.hiddenKinds = new Set(); this.chosen = null;
    this.notes = data.notes.slice(); this.frames = data.frames;
    this.takeGroups(data.groups);
    this.countLinks();
    this.takeRanks(data.leading);
    this.ground = data.ground && typeof IlpGround !== "undefined" ? new IlpGround(data.ground) : null;
  }

  takeGroups(g) {
    this.groupNames = g.names; this.groups = g.names.length;
    this.of = this.groups ? ilpArray(Int32Array, g.of) : new Int32Array(this.n).fill(-1);
    this.groupXy = Float64Array.from(ilpArray(Float32Array, g.at)); this.radius = Float64Array.from(ilpArray(Float32Array, g.radius));
    this.open = new Uint8Array(this.groups).fill(g.closed ? 0 : 1);
    this.members = Array.from({ length: this.groups }, () => []);
    for (let row = 0; row < this.n; row++) if (this.of[row] >= 0) this.members[this.of[row]].push(row);
  }

  countLinks() {
    this.degree = new Int32Array(this.n);
    for (let i = 0; i < this.from.length; i++) {
      if (this.away && this.away[i]) continue;
      this.degree[this.from[i]]++; if (this.to[i] !== this.from[i]) this.degree[this.to[i]]++;
    }
  }

  takeRanks(leading) {
    this.rank = new Int32Array(this.n).fill(1e9);
    leading.forEach((row, place) => { this.rank[row] = place; });
    this.byRank = Array.from({ length: this.n }, (_, row) => row)
      .sort((a, b) => this.rank[a] - this.rank[b] || this.size[b] - this.size[a] || this.degree[b] - this.degree[a] || a - b);
  }

  number(value) { return value.toLocaleString(this.data.language || "en"); }

  /* ---- what is on the sheet: entities by themselves, closed groups, and lines between them */

  hidden(row) { return (this.flags[row] & (ILP_HIDDEN | ILP_AWAY)) !== 0; }
  gone(link) { return (this.away !== null && this.away[link] === 1) || this.hiddenKinds.has(this.linkKind[link]); }
  inside(row) { const group = this.of[row]; return group >= 0 && !this.open[group]; }
  item(row) { return this.hidden(row) ? -1 : this.inside(row) ? this.n + this.of[row] : row; }
  itemX(item) { return item < this.n ? this.xy[2 * item] : this.groupXy[2 * (item - this.n)]; }
  itemY(item) { return item < this.n ? this.xy[2 * item + 1] : this.groupXy[2 * (item - this.n) + 1]; }

  settle() {
    const lines = new Map(), list = [], wide = this.n + this.groups;
    for (let pair = 0; pair + 1 < this.first.length; pair++) {
      const start = this.first[pair], end = this.first[pair + 1];
      let a = this.item(this.from[start]), b = this.item(this.to[start]);
      if (a < 0 || b < 0 || (a === b && a >= this.n)) continue;
      let count = 0, firm = 0, most = 0, kind = this.linkKind[start];
      if (end - start === 1) {
        if (this.gone(start)) continue;
        count = 1; firm = this.weak[start] ? 0 : 1;
      } else {
        const of = new Map();
        for (let link = start; link < end; link++) {
          const its = this.linkKind[link];
          if (this.gone(link)) continue;
          count++; if (!this.weak[link]) firm++;
          const now = (of.get(its) || 0) + 1; of.set(its, now);
          if (now > most) { most = now; kind = its; }
        }
        if (!count) continue;
      }
      if (a >= this.n || b >= this.n) {
        if (a > b) [a, b] = [b, a];
        const key = a * wide + b, there = lines.get(key);
        if (there) { there.count += count; there.firm += firm; continue; }
        const line = { a, b, kind, count, firm, pair: -1 };
        lines.set(key, line); list.push(line);
      } else list.push({ a, b, kind, count, firm, pair });
    }
    this.lines = list;
    this.alone = [];
    for (let row = 0; row < this.n; row++) if (!this.hidden(row) && !this.inside(row)) this.alone.push(row);
    this.closed = [];
    for (let group = 0; group < this.groups; group++) {
      if (!this.open[group]) { const there = this.members[group].filter((row) => !this.hidden(row)).length; if (there) this.closed.push({ group, there }); }
    }
    let total = 0;
    this.most = 1; this.mostOfPair = 1;
    for (const line of list) {
      total += line.count;
      if (line.pair < 0) this.most = Math.max(this.most, line.count); else this.mostOfPair = Math.max(this.mostOfPair, line.count);
    }
    this.shown.links = String(total); this.shown.entities = String(this.n);
    this.shown.single = String(this.alone.length); this.shown.groups = String(this.closed.length);
  }

  extent() {
    if (this.ground) return this.ground.bounds;
    let west = Infinity, north = Infinity, east = -Infinity, south = -Infinity;
    const take = (x, y, r) => { west = Math.min(west, x - r); east = Math.max(east, x + r); north = Math.min(north, y - r); south = Math.max(south, y + r); };
    for (const row of this.alone) take(this.xy[2 * row], this.xy[2 * row + 1], 10);
    for (const { group } of this.closed) take(this.groupXy[2 * group], this.groupXy[2 * group + 1], this.radius[group]);
    return west <= east ? [west, north, east, south] : [-100, -100, 100, 100];
  }

  /* ---- drawing */

  pixels(row) { const s = this.sheet.scale; if (this.ground) return this.size[row] * 0.7; return Math.max(1.3, Math.min(this.size[row] * 1.5, this.size[row] * Math.max(s, this.few ? 0.55 : 0))); }

  draw(c) {
    const sheet = this.sheet;
    this.view = [sheet.wx(-40), sheet.wy(-40), sheet.wx(sheet.width + 40), sheet.wy(sheet.height + 40)];
    this.few = this.alone.length <= 400;
    this.near = this.neighbours();
    if (this.ground) { this.ground.stand(this.xy, sheet.scale); this.ground.draw(c, sheet); }
    this.drawFrames(c);
    this.drawLines(c);
    if (this.route) this.drawRoute(c);
    this.drawGroups(c);
    this.drawEntities(c);
    this.boxes = [];
    if (!sheet.busy || this.alone.length < 3000) this.drawLabels(c);
    this.shown.labels = String(this.boxes.length);
    if (this.ground) this.ground.over(c, sheet);
  }

  neighbours() {
    if (!this.chosen || this.chosen.what === "line") return null;
    const me = this.chosen.what === "group" ? this.n + this.chosen.at : this.chosen.at, near = new Set([me]);
    for (const line of this.lines) { if (line.a === me) near.add(line.b); else if (line.b === me) near.add(line.a); }
    return near;
  }

  drawLines(c) {
    const { sheet, view, look } = this, kinds = this.data.links.kinds, batches = new Map(), many = this.lines.length > 4000;
    const step = sheet.busy && this.lines.length > 30000 ? Math.ceil(this.lines.length / 30000) : 1;
    const dim = this.near !== null, me = dim ? (this.chosen.what === "group" ? this.n + this.chosen.at : this.chosen.at) : -1;
    const counts = [], room = Math.sqrt(Math.min(1, 700 / Math.max(1, this.lines.length))), apart = !many && (this.lines.length <= 1200 || sheet.scale > 0.8);
    const cloud = this.lines.length / step > ILP_CLOUD_FROM;
    if (cloud) this.drawCloud(c, step, dim ? 0.3 : 1);
    this.shown.strokes = cloud ? "counted" : "stroked";
    for (let number = 0; number < this.lines.length; number += step) {
      const line = this.lines[number], lit = dim && (line.a === me || line.b === me);
      if (cloud && !lit && line.a !== line.b) continue;
      const ax = this.itemX(line.a), ay = this.itemY(line.a), bx = this.itemX(line.b), by = this.itemY(line.b);
      if (Math.max(ax, bx) < view[0] || Math.min(ax, bx) > view[2] || Math.max(ay, by) < view[1] || Math.min(ay, by) > view[3]) continue;
      if (apart && line.pair >= 0 && line.count > 1 && line.count <= 7 && line.a !== line.b) { this.fan(batches, line, lit, dim); continue; }
      const weak = line.firm === 0, between = line.pair < 0;
      const width = between ? 0.5 + 6 * Math.sqrt(line.count / this.most) : line.count > 1 ? 1 + Math.min(5, Math.sqrt(this.mostOfPair) * 0.55) * Math.sqrt(line.count / this.mostOfPair) : 1.2;
      const path = this.batch(batches, between ? look.between : kinds[line.kind].colour, weak, Math.max(0.6, width * (0.4 + 0.6 * room)), dim ? (lit ? 2 : 0) : 1);
      const x = sheet.sx(ax), y = sheet.sy(ay);
      if (line.a === line.b) { const r = this.pixels(line.a) + 5; path.moveTo(x + r, y - r); path.arc(x, y - r, r, 0, 6.283); continue; }
      const tx = sheet.sx(bx), ty = sheet.sy(by);
      path.moveTo(x, y); path.lineTo(tx, ty);
      const long = Math.hypot(tx - x, ty - y);
      if (!many && line.pair >= 0 && long > 60 && line.count === 1) this.arrow(path, x, y, tx, ty, line);
      if (line.count > 1 && !many && long > 60 && this.lines.length < 600) counts.push([(x + tx) / 2, (y + ty) / 2, "×" + line.count]);
    }
    const grouped = this.closed.length > 20 ? 0.4 : 0.75;
    const alpha = many ? Math.max(0.12, Math.min(0.6, 3500 / this.lines.length)) : grouped * (0.35 + 0.65 * room);
    c.lineCap = "butt";
    for (const { path, colour, weak, width, level } of batches.values()) {
      c.globalAlpha = level === 0 ? alpha * 0.18 : level === 2 || !look.faint ? 0.95 : alpha;
      c.strokeStyle = colour; c.lineWidth = width + look.wider * 0.6; c.setLineDash(weak ? [6, 4] : []);
      c.stroke(path);
    }
    c.setLineDash([]); c.globalAlpha = 1;
    c.font = "11px " + ILP_FONT; c.textAlign = "center"; c.textBaseline = "middle"; c.lineJoin = "round";
    for (const [x, y, text] of counts) { c.lineWidth = 3; c.strokeStyle = look.paper; c.strokeText(text, x, y); c.fillStyle = look.soft; c.fillText(text, x, y); }
  }

  /* So many lines that no single one can be followed: how many cross a pixel is counted, and the more, the darker it is.
     Colours are kept to 32 steps, so that the sums of three of them and the count fit into one number. */
  drawCloud(c, step, strength) {
    const { sheet } = this, coarse = this.lines.length / step > 60000 ? 2 : 1, wide = Math.max(1, Math.ceil(sheet.width / coarse)), high = Math.max(1, Math.ceil(sheet.height / coarse));
    if (!this.spare || this.spare.wide !== wide || this.spare.high !== high) {
      const picture = document.createElement("canvas");
      picture.width = wide; picture.height = high;
      this.spare = { wide, high, picture, sums: new Float64Array(wide * high) };
    }
    const { sums, picture } = this.spare, places = new Float32Array(2 * (this.n + this.groups));
    sums.fill(0);
    for (let item = 0; item < this.n + this.groups; item++) { places[2 * item] = sheet.sx(this.itemX(item)) / coarse; places[2 * item + 1] = sheet.sy(this.itemY(item)) / coarse; }
    const packed = (text) => [1, 3, 5].reduce((sum, at, i) => sum + (parseInt(text.slice(at, at + 2), 16) >> 3) * 2 ** (8 + 13 * i), 1);
    const colours = this.data.links.kinds.map((kind) => packed(kind.colour)), between = packed(this.look.between.length === 7 ? this.look.between : "#000000");
    for (let number = 0; number < this.lines.length; number += step) {
      const line = this.lines[number], a = 2 * line.a, b = 2 * line.b;
      if (a !== b) this.dust(sums, wide, high, line.pair < 0 ? between : colours[line.kind], line.firm === 0, places[a], places[a + 1], places[b], places[b + 1]);
    }
    this.lift(c, sums, picture, strength, coarse);
  }

  dust(sums, wide, high, colour, weak, x, y, tx, ty) {
    const dx = tx - x, dy = ty - y, right = wide - 1, low = high - 1;
    let from = 0, to = 1, at;
    if (dx === 0) { if (x < 0 || x > right) return; } else {
      at = -x / dx; if (dx > 0) { if (at > from) from = at; } else if (at < to) to = at;
      at = (right - x) / dx; if (dx > 0) { if (at < to) to = at; } else if (at > from) from = at;
    }
    if (dy === 0) { if (y < 0 || y > low) return; } else {
      at = -y / dy; if (dy > 0) { if (at > from) from = at; } else if (at < to) to = at;
      at = (low - y) / dy; if (dy > 0) { if (at < to) to = at; } else if (at > from) from = at;
    }
    if (from > to) return;
    const share = to - from, steps = Math.max(1, Math.ceil(Math.max(Math.abs(dx), Math.abs(dy)) * share)), sx = (dx * share) / steps, sy = (dy * share) / steps;
    let px = x + dx * from + 0.5, py = y + dy * from + 0.5;
    for (let i = 0; i <= steps; i++, px += sx, py += sy) {
      if (weak && i % 10 > 5) continue;
      const pixel = (py | 0) * wide + (px | 0), now = sums[pixel];
      if (now % 256 < 255) sums[pixel] = now + colour;
    }
  }

  lift(c, sums, picture, strength, coarse) {
    const each = this.look.faint ? Math.max(0.06, Math.min(0.5, 3500 / this.lines.length)) : 0.6, opaque = new Uint8Array(256);
    for (let n = 0; n < 256; n++) opaque[n] = Math.round(255 * strength * (1 - (1 - each) ** n));
    const ink = picture.getContext("2d"), image = ink.createImageData(picture.width, picture.height), out = image.data;
    for (let pixel = 0, at = 0; pixel < sums.length; pixel++, at += 4) {
      const sum = sums[pixel];
      if (sum === 0) continue;
      const n = sum % 256, red = Math.floor(sum / 256) % 8192, green = Math.floor(sum / 2097152) % 8192, blue = Math.floor(sum / 17179869184), by = 8.2 / n;
      out[at] = red * by; out[at + 1] = green * by; out[at + 2] = blue * by; out[at + 3] = opaque[n];
    }
    ink.putImageData(image, 0, 0);
    c.globalAlpha = 1;
    c.drawImage(picture, 0, 0, picture.width * coarse, picture.height * coarse);
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

  batch(batches, colour, weak, width, level) {
    const wide = Math.round(width * 2) / 2, key = colour + weak + wide + level;
    let found = batches.get(key);
    if (!found) { found = { path: new Path2D(), colour, weak, width: wide, level }; batches.set(key, found); }
    return found.path;
  }

  /* Links between the same two entities side by side. */
  fan(batches, line, lit, dim) {
    const { sheet } = this, links = [];
    for (let link = this.first[line.pair]; link < this.first[line.pair + 1]; link++) if (!this.gone(link)) links.push(link);
    const low = Math.min(line.a, line.b), high = Math.max(line.a, line.b);
    const ax = sheet.sx(this.itemX(low)), ay = sheet.sy(this.itemY(low)), bx = sheet.sx(this.itemX(high)), by = sheet.sy(this.itemY(high));
    links.forEach((link, place) => {
      const bend = 0.22 * (place - (links.length - 1) / 2), mx = (ax + bx) / 2 - (by - ay) * bend, my = (ay + by) / 2 + (bx - ax) * bend;
      const path = this.batch(batches, this.data.links.kinds[this.linkKind[link]].colour, this.weak[link] === 1, 1.2, dim ? (lit ? 2 : 0) : 1);
      path.moveTo(ax, ay); path.quadraticCurveTo(mx, my, bx, by);
      if (Math.hypot(bx - ax, by - ay) > 60) {
        const from = this.from[link] === low ? [ax, ay] : [bx, by], to = this.from[link] === low ? [bx, by] : [ax, ay];
        const hx = 0.25 * from[0] + 0.5 * mx + 0.25 * to[0], hy = 0.25 * from[1] + 0.5 * my + 0.25 * to[1];
        this.head(path, hx, hy, Math.atan2(to[1] - from[1], to[0] - from[0]), 5);
      }
    });
  }

  arrow(path, x, y, tx, ty, line) {
    const turn = Math.atan2(ty - y, tx - x), forward = this.from[this.first[line.pair]] === line.a;
    this.head(path, x + (tx - x) * (forward ? 0.62 : 0.38), y + (ty - y) * (forward ? 0.62 : 0.38), forward ? turn : turn + Math.PI, 5);
  }

  head(path, x, y, turn, size) {
    path.moveTo(x - size * Math.cos(turn - 0.5), y - size * Math.sin(turn - 0.5)); path.lineTo(x, y);
    path.lineTo(x - size * Math.cos(turn + 0.5), y - size * Math.sin(turn + 0.5));
  }

  /* The way that was asked for, over everything else. */
  drawRoute(c) {
    const { sheet, look } = this, items = this.route.map((row) => (this.inside(row) ? this.n + this.of[row] : row));
    c.beginPath();
    items.forEach((item, i) => { const x = sheet.sx(this.itemX(item)), y = sheet.sy(this.itemY(item)); if (i) c.lineTo(x, y); else c.moveTo(x, y); });
    c.lineWidth = 6; c.lineJoin = "round"; c.strokeStyle = look.way; c.globalAlpha = 0.75; c.stroke(); c.globalAlpha = 1;
  }

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

  /* Names where there is room for them: the chosen one and its neighbours, then the largest signs; none lies on another. */
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
    const put = (text, x, y, r, bold) => {
      if (!text) return;
      c.font = (bold || look.wider ? "600 12.5px " : "12px ") + ILP_FONT;
      const wide = c.measureText(text).width + 4, high = 15;
      const tries = [[x - wide / 2, y + r + 2], [x - wide / 2, y - r - high - 1], [x + r + 3, y - high / 2], [x - r - 3 - wide, y - high / 2]];
      for (const clear of this.closed.length > 8 && !bold ? [true] : [true, false]) for (const [x0, y0] of tries) {
        if (x0 < 0 || x0 + wide > sheet.width || y0 < 0 || y0 + high > sheet.height || !free(names, x0, y0, x0 + wide, y0 + high)) continue;
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

  /* ---- finding and telling */

  find(px, py) {
    const { sheet } = this;
    let best = Infinity, found = null;
    for (const row of this.alone) {
      const away = Math.hypot(sheet.sx(this.xy[2 * row]) - px, sheet.sy(this.xy[2 * row + 1]) - py) - this.pixels(row);
      if (away < 5 && away < best) { best = away; found = { what: "entity", at: row }; }
    }
    if (found) return found;
    for (const { group } of this.closed) {
      const r = Math.max(7, this.radius[group] * sheet.scale), away = Math.hypot(sheet.sx(this.groupXy[2 * group]) - px, sheet.sy(this.groupXy[2 * group + 1]) - py);
      if (away < r && away < best) { best = away; found = { what: "group", at: group }; }
    }
    if (found) return found;
    best = 5;
    this.lines.forEach((line, number) => {
      const ax = sheet.sx(this.itemX(line.a)), ay = sheet.sy(this.itemY(line.a)), bx = sheet.sx(this.itemX(line.b)), by = sheet.sy(this.itemY(line.b));
      if (Math.max(ax, bx) < px - 60 || Math.min(ax, bx) > px + 60 || Math.max(ay, by) < py - 60 || Math.min(ay, by) > py + 60) return;
      const long = (bx - ax) ** 2 + (by - ay) ** 2 || 1, t = Math.max(0, Math.min(1, ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / long));
      const away = Math.hypot(ax + t * (bx - ax) - px, ay + t * (by - ay) - py);
      if (away < best) { best = away; found = { what: "line", at: number, line }; }
    });
    return found;
  }

  name(row) { return this.labels[row] === this.ids[row] ? this.labels[row] : this.labels[row] + " (" + this.ids[row] + ")"; }
  itemName(item) { return item < this.n ? this.labels[item] : this.groupNames[item - this.n]; }
  linkWords(link) { return this.labels[this.from[link]] + " → " + this.labels[this.to[link]] + "\n" + this.linkFacts.of(link).join("\n") + this.noteWords(-1, link); }
  noteWords(row, link) { return this.notes.filter((note) => (row >= 0 ? note[1] === row : note[2] === link)).map((note) => "\n" + this.says.note + " " + note[0]).join(""); }
  pairLinks(pair) { const list = []; for (let link = this.first[pair]; link < this.first[pair + 1]; link++) if (!this.gone(link)) list.push(link); return list; }

  words(found, brief) {
    const says = this.says;
    if (found.what === "group") {
      const line = this.groupNames[found.at] + "\n" + this.number(this.members[found.at].filter((row) => !this.hidden(row)).length) + " " + says.entities;
      if (brief) return line + "\n" + says.opens;
      const foremost = this.members[found.at].filter((row) => !this.hidden(row)).sort((a, b) => this.degree[b] - this.degree[a]).slice(0, 12);
      return line + "\n\n" + says.most + "\n" + foremost.map((row) => this.name(row) + ": " + this.number(this.degree[row])).join("\n");
    }
    if (found.what === "line") {
      const line = found.line;
      if (line.pair < 0) return this.itemName(line.a) + " – " + this.itemName(line.b) + "\n" + this.number(line.count) + " " + says.links + ", " + this.number(line.count - line.firm) + " " + says.uncertain;
      const links = this.pairLinks(line.pair);
      const told = links.slice(0, brief ? 4 : 40).map((link) => this.linkWords(link));
      return told.join("\n\n") + (links.length > told.length ? "\n\n" + says.and + " " + this.number(links.length - told.length) + " " + says.more : "");
    }
    const row = found.at, head = [this.name(row), ...this.entityFacts.of(row)].join("\n") + this.noteWords(row, -1);
    if (brief) return head;
    const links = [];
    for (let link = 0; link < this.from.length && links.length < 41; link++) {
      if ((this.from[link] === row || this.to[link] === row) && !this.gone(link)) links.push(link);
    }
    const told = links.slice(0, 40).map((link) => this.linkWords(link).replace(/\n/g, " · "));
    return [head, "", ...told, ...(links.length > 40 ? [says["and more"]] : [])].join("\n");
  }

  hover(at) {
    const found = at && !this.sheet.busy ? this.find(...at) : null;
    this.tip.hidden = !found;
    this.sheet.canvas.style.cursor = found ? "pointer" : "grab";
    if (!found) return;
    this.tip.textContent = this.words(found, true);
    this.tip.style.left = Math.min(at[0] + 14, Math.max(0, this.sheet.width - this.tip.offsetWidth - 6)) + "px";
    this.tip.style.top = Math.min(at[1] + 14, Math.max(0, this.sheet.height - this.tip.offsetHeight - 6)) + "px";
  }

  turn(group) { this.open[group] = this.open[group] ? 0 : 1; this.settle(); this.choose(this.open[group] ? null : { what: "group", at: group }); }

  button(words, act) {
    const button = document.createElement("button");
    button.type = "button"; button.textContent = words; button.addEventListener("click", act);
    return button;
  }

  /* From neighbour to neighbour, around the entity from which the walk began. */
  next() {
    if (!this.chosen || this.chosen.what === "line") {
      const item = this.closed.length ? { what: "group", at: this.closed[0].group } : { what: "entity", at: this.byRank.find((row) => this.item(row) === row) };
      if (item.at !== undefined) { this.walk = null; this.choose(item); }
      return;
    }
    const me = this.chosen.what === "group" ? this.n + this.chosen.at : this.chosen.at;
    if (!this.walk || !this.walk.list.includes(me)) this.walk = { list: [me, ...[...this.neighbours()].filter((item) => item !== me)], place: 0 };
    this.walk.place = (this.walk.place + 1) % this.walk.list.length;
    const item = this.walk.list[this.walk.place];
    this.choose(item < this.n ? { what: "entity", at: item } : { what: "group", at: item - this.n });
    const x = this.sheet.sx(this.itemX(item)), y = this.sheet.sy(this.itemY(item));
    if (x < 20 || y < 20 || x > this.sheet.width - 20 || y > this.sheet.height - 20) { this.sheet.x = this.itemX(item); this.sheet.y = this.itemY(item); }
  }
}
