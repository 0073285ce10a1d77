/* The lines of a link chart: links one by one or counted pixel by pixel, side by side, with arrow heads; and the way that was asked for. */
"use strict";

class IlpLines extends IlpScene {
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
      if (line.count > 1 && !many && long > 60 && this.lines.length < 600) counts.push([(x + tx) / 2, (y + ty) / 2, line.count]);
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
    this.counts = counts;
  }

  /* How many links a line stands for, where that covers no name, no sign and no other number; the largest first. */
  drawCounts(c) {
    const { look, sheet } = this, taken = [...this.boxes];
    for (const row of this.alone.length <= 2000 ? this.alone : []) {
      const x = sheet.sx(this.xy[2 * row]), y = sheet.sy(this.xy[2 * row + 1]), r = this.pixels(row);
      taken.push([x - r, y - r, x + r, y + r]);
    }
    c.font = "11px " + ILP_FONT; c.textAlign = "center"; c.textBaseline = "middle"; c.lineJoin = "round"; c.lineWidth = 3; c.direction = "ltr";
    this.numbers = [];
    for (const [x, y, count] of [...this.counts].sort((a, b) => b[2] - a[2])) {
      const text = "×" + count, half = c.measureText(text).width / 2 + 2, box = [x - half, y - 7, x + half, y + 7];
      if (taken.some((other) => box[0] < other[2] && box[2] > other[0] && box[1] < other[3] && box[3] > other[1])) continue;
      taken.push(box); this.numbers.push(box);
      c.strokeStyle = look.paper; c.strokeText(text, x, y); c.fillStyle = look.soft; c.fillText(text, x, y);
    }
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
}
