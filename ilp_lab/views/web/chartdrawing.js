/* Draws a link chart whose entities already have their places, finds what lies under a point and tells what it is. The page and the
   widget stand on it; scene, lines and signs are the files under it. */
"use strict";

class IlpDrawing extends IlpSigns {
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
    this.drawCounts(c);
    this.shown.labels = String(this.boxes.length);
    if (this.ground) this.ground.over(c, sheet);
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
