/* The link chart widget: the drawing of the static page, under a mouse and a keyboard, with Python behind every act. */
"use strict";

class IlpChartSheet extends IlpDrawing {
  constructor(data, widget) {
    super(data, widget.box, widget.root.dataset);
    this.widget = widget; this.tip = widget.tip; this.picked = new Set(); this.stale = true; this.measured = null;
    this.home = this.xy.slice();
  }

  draw(c) {
    this.fresh();
    super.draw(c);
    if (this.sheet.trace && this.sheet.trace.length > 1) this.drawTrace(c);
    this.widget.drawn();
  }

  /* What arrived since the last picture is worked in once, however many messages it came in. */
  fresh() {
    if (!this.stale) return;
    this.stale = false;
    this.countLinks();
    this.settle();
    this.shown.hidden = String(this.flags.reduce((sum, flag) => sum + ((flag & (ILP_HIDDEN | ILP_AWAY)) === ILP_HIDDEN ? 1 : 0), 0));
    this.shown.entities = String(this.flags.reduce((sum, flag) => sum + (flag & ILP_AWAY ? 0 : 1), 0));
  }

  later() { this.stale = true; this.sheet.later(); }

  settle() {
    super.settle();
    this.widget.told();
  }

  drawEntities(c) {
    super.drawEntities(c);
    const { sheet, look } = this, only = this.chosen && this.chosen.what === "entity" ? this.chosen.at : -1;
    if (this.picked.size < 2 && only >= 0) return;
    c.lineWidth = 2.5 + look.wider; c.strokeStyle = look.mark;
    c.beginPath();
    for (const row of this.picked) {
      if (this.item(row) !== row) continue;
      const x = sheet.sx(this.xy[2 * row]), y = sheet.sy(this.xy[2 * row + 1]), r = this.pixels(row) + 4;
      c.moveTo(x + r, y); c.arc(x, y, r, 0, 6.283);
    }
    c.stroke();
  }

  drawTrace(c) {
    c.beginPath();
    this.sheet.trace.forEach(([x, y], i) => (i ? c.lineTo(x, y) : c.moveTo(x, y)));
    c.closePath();
    c.fillStyle = this.look.ground; c.fill(); c.lineWidth = 1.5; c.setLineDash([5, 3]); c.strokeStyle = this.look.ink; c.stroke(); c.setLineDash([]);
  }

  /* Entities inside what was drawn by hand. */
  caught(trace) {
    const rows = [];
    for (const row of this.alone) {
      const x = this.sheet.sx(this.xy[2 * row]), y = this.sheet.sy(this.xy[2 * row + 1]);
      let inside = false;
      for (let i = 0, j = trace.length - 1; i < trace.length; j = i++) {
        const [ax, ay] = trace[i], [bx, by] = trace[j];
        if ((ay > y) !== (by > y) && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
      }
      if (inside) rows.push(row);
    }
    return rows;
  }

  words(found, brief) {
    const told = super.words(found, brief);
    if (found.what !== "entity") return told;
    const facts = [this.widget.say("links_here", { n: this.degree[found.at] }), ...(this.measured ? this.measured.of(found.at) : [])];
    const lines = told.split("\n"), at = lines.indexOf("") < 0 ? lines.length : lines.indexOf("");
    return [...lines.slice(0, at), ...facts, ...lines.slice(at)].join("\n");
  }

  choose(found, event) {
    if (this.widget.wayFrom !== null && found && found.what === "entity") { this.widget.endWay(found.at); return; }
    if (event && event.shiftKey && found && found.what === "entity") {
      if (this.picked.has(found.at)) this.picked.delete(found.at); else this.picked.add(found.at);
      this.chosen = this.picked.size === 1 ? { what: "entity", at: [...this.picked][0] } : null;
    } else {
      this.chosen = found;
      this.picked = new Set(found && found.what === "entity" ? [found.at] : []);
    }
    this.widget.chosenChanged();
    this.sheet.later();
  }

  pick(rows) {
    this.picked = new Set(rows);
    this.chosen = rows.length === 1 ? { what: "entity", at: rows[0] } : null;
    this.widget.chosenChanged();
    this.sheet.later();
  }

  go(row) {
    if (this.inside(row)) { this.open[this.of[row]] = 1; this.settle(); }
    const sheet = this.sheet;
    sheet.x = this.xy[2 * row]; sheet.y = this.xy[2 * row + 1]; sheet.scale = Math.max(sheet.scale, 0.9); sheet.moved = true;
    this.choose({ what: "entity", at: row });
  }
}

class IlpLinkChart extends IlpWidget {
  constructor(host) {
    super(host);
    this.open = null; this.askedSoFar = 0; this.wayFrom = null; this.chart = null;
    this.root.classList.add("ilpc");
    this.tip = ilpMake("div", { class: "ilpc-tip", hidden: true, dir: "auto" });
    this.nothing = ilpMake("p", { class: "ilpc-nothing", hidden: true });
    this.box = ilpMake("div", { class: "ilpc-sheet", tabindex: "0", role: "application" }, this.nothing, this.tip);
    this.parts = new IlpChartParts(this);
    this.strip = new IlpDateStrip(this);
    this.body.append(ilpMake("div", { class: "ilpc-main" }, this.box, this.strip.element), this.parts.side);
    this.root.append(this.parts.code);
    this.tools.setAttribute("aria-label", this.say("tools"));
    this.tools.append(...this.parts.tools);
    this.sheet = new IlpSheet(this.box, {
      shown: this.root.dataset,
      draw: (c) => this.chart && this.chart.draw(c),
      hover: (at) => this.chart && this.chart.hover(at),
      click: (px, py, event) => { if (!this.chart) return; this.chart.choose(this.chart.find(px, py), event); this.box.focus({ preventScroll: true }); },
      twice: (px, py) => { const found = this.chart && this.chart.find(px, py); if (found && found.what === "group") this.chart.turn(found.at); else if (found && found.what === "entity" && this.chart.of[found.at] >= 0) this.chart.turn(this.chart.of[found.at]); },
      take: (px, py) => { const found = this.chart && this.chart.find(px, py); return found && found.what === "entity" ? found.at : null; },
      carry: (row, x, y) => { this.chart.xy[2 * row] = x; this.chart.xy[2 * row + 1] = y; this.sheet.moving(); },
      dropped: (row) => this.place(row),
      traces: (event) => this.chart && (event.shiftKey || this.parts.lassoing),
      traced: (trace) => this.chart.pick(this.chart.caught(trace)),
      key: (name) => this.chart !== null && this.pressed(name),
    });
    if (window.matchMedia && window.matchMedia("(prefers-contrast: more)").matches) this.parts.contrast(true);
    this.root.ilp = this;
  }

  /* ---- what Python says */

  hear_head(content) {
    super.head(content);
    this.told_head = content;
    this.prints = content.prints;
    this.box.style.height = content.height + "px";
    this.parts.legendOf(this.chart, content);
  }

  hear_chart({ data }) {
    data.says = Object.fromEntries(Object.entries({ entities: "entities", links: "links", uncertain: "uncertain", opens: "opens", most: "most", note: "note_about", more: "more", and: "and", "and more": "and_more" })
      .map(([name, word]) => [name, this.say(word)]));
    data.language = this.host.language;
    const look = this.chart ? this.chart.look : null;
    this.chart = new IlpChartSheet(data, this);
    if (look) this.chart.look = look;
    if (this.parts.high) this.chart.look = ILP_LOOKS.high;
    this.chart.sheet = this.sheet;
    this.ungrouped = true; this.unseen = this.unseen || !this.sheet.moved;
    this.parts.legendOf(this.chart, this.told_head);
    this.chart.later();
  }

  hear_present({ flags, away }) {
    const chart = this.chart;
    chart.flags = Uint8Array.from(flags);
    chart.away = null;
    if (away) {
      chart.away = new Uint8Array(chart.from.length);
      for (let i = 0; i < chart.away.length; i++) chart.away[i] = (away[i >> 3] >> (i & 7)) & 1;
    }
    const gone = (row) => (flags[row] & (ILP_AWAY | ILP_HIDDEN)) !== 0;
    for (const row of [...chart.picked]) if (gone(row)) chart.picked.delete(row);
    if (chart.chosen && (chart.chosen.what === "line" || (chart.chosen.what === "entity" && gone(chart.chosen.at)))) chart.chosen = null;
    this.chosenChanged(false);
    chart.later();
  }

  hear_places({ rows, xy }) {
    const chart = this.chart;
    chart.xy.set(chart.home);
    for (let i = 0; i < rows.length; i++) { chart.xy[2 * rows[i]] = xy[2 * i]; chart.xy[2 * rows[i] + 1] = xy[2 * i + 1]; }
    chart.later();
  }

  /* Groups that are new come closed, so that one sees that they are there; the others stay as they were. */
  hear_groups({ groups }) {
    const chart = this.chart, before = this.ungrouped ? null : new Map(chart.groupNames.map((name, at) => [name, chart.open[at]]));
    chart.takeGroups(groups);
    if (before) groups.names.forEach((name, at) => { chart.open[at] = before.has(name) ? before.get(name) : 0; });
    this.ungrouped = false;
    chart.later();
  }

  hear_sizes({ size, facts, leading }) {
    const chart = this.chart;
    chart.size = Float32Array.from(size, (value) => value / 8);
    chart.measured = facts.length ? new IlpColumns(facts) : null;
    chart.takeRanks(leading);
    this.parts.sized(leading.length > 0);
    this.chosenChanged(false);
    chart.later();
  }

  hear_remarks({ notes, frames, way }) {
    Object.assign(this.chart, { notes, frames, route: way });
    this.chosenChanged(false);
    this.chart.later();
  }

  hear_panel(panel) {
    this.panel = panel;
    this.status.textContent = panel.said;
    this.alarm.textContent = "";
    this.parts.fill(panel);
    this.strip.fill(panel.time);
    this.box.setAttribute("aria-label", this.say("sheet", { title: this.heading.textContent, n: panel.entities, m: panel.links }));
  }

  hear_done({ number }) {
    if (number !== this.open) return;
    this.open = null;
    clearTimeout(this.slowly);
    this.root.dataset.waiting = "no";
    if (this.status.textContent === this.say("waiting")) this.status.textContent = this.panel ? this.panel.said : "";
  }

  left() {
    super.left();
    clearTimeout(this.slowly);
    this.parts.left();
  }

  /* ---- what is asked of Python */

  ask(content) {
    if (this.root.dataset.left === "yes") { this.alarm.textContent = this.say("kernel_gone"); return; }
    this.open = ++this.askedSoFar;
    this.root.dataset.waiting = "yes"; this.alarm.textContent = "";
    clearTimeout(this.slowly);
    this.slowly = setTimeout(() => { this.status.textContent = this.say("slow"); }, 8000);
    this.host.send({ ...content, number: this.open });
  }

  act(what, more = {}) { this.ask({ ask: "act", do: what, ...more }); }
  undo() { this.ask({ ask: "undo" }); }
  redo() { this.ask({ ask: "redo" }); }
  place(row) { const round = (value) => Math.round(value * 10) / 10; this.act("place", { rows: [row], at: [round(this.chart.xy[2 * row]), round(this.chart.xy[2 * row + 1])] }); }

  beginWay(row) {
    this.wayFrom = row;
    this.status.textContent = this.say("way_to", { name: this.chart.labels[row] });
    this.root.dataset.way = "asked";
  }

  endWay(row) {
    const from = this.wayFrom;
    this.dropWay();
    if (from !== row) this.act("way", { rows: [from, row] });
  }

  dropWay() { this.wayFrom = null; delete this.root.dataset.way; if (this.panel) this.status.textContent = this.panel.said; }

  /* ---- choosing */

  /* Tell what is chosen: here, to Python, and to the widgets that share the choice of links. */
  chosenChanged(telling = true) {
    this.parts.here();
    if (!telling) return;
    const chart = this.chart;
    this.host.send({ ask: "chosen", rows: [...chart.picked] });
    if (!this.choice || !chart.linkRows) return;
    const flags = new Uint8Array(this.choice.size), found = chart.chosen;
    if (found && found.what === "line" && found.line.pair >= 0) for (const link of chart.pairLinks(found.line.pair)) flags[chart.linkRows[link]] = 1;
    else if (chart.picked.size) for (let link = 0; link < chart.from.length; link++) if ((chart.picked.has(chart.from[link]) || chart.picked.has(chart.to[link])) && !chart.gone(link)) flags[chart.linkRows[link]] = 1;
    if (this.choice.count || flags.includes(1)) this.choose(flags, "new");
  }

  /* Another widget chose links: whoever they join is marked. */
  choiceChanged(author) {
    this.root.dataset.chosen = String(this.choice.count);
    const chart = this.chart;
    if (author === this || !chart || !chart.linkRows) return;
    const rows = new Set();
    for (let link = 0; link < chart.from.length; link++) if (this.choice.flags[chart.linkRows[link]]) { rows.add(chart.from[link]); rows.add(chart.to[link]); }
    chart.chosen = null; chart.picked = rows;
    this.parts.here();
    this.sheet.later();
  }

  draw() { if (this.chart) this.sheet.later(); }

  drawn() {
    if (this.unseen && this.sheet.width) { this.unseen = false; this.sheet.bounds = this.chart.extent(); this.sheet.fit(); }
    const empty = this.chart.n === 0, gone = !empty && !this.chart.alone.length && !this.chart.closed.length;
    this.nothing.hidden = !(empty || gone);
    this.nothing.textContent = empty ? this.say("empty") : gone ? this.say("all_gone") : "";
  }

  told() { this.parts.groupsAre(this.chart); }

  resized() {
    const wide = this.root.clientWidth;
    this.root.dataset.narrow = wide && wide < 760 ? "yes" : "no";
    this.draw();
  }

  key() {}

  pressed(name) {
    const chart = this.chart, found = chart.chosen, row = found && found.what === "entity" ? found.at : -1, rows = [...chart.picked], low = name.toLowerCase();
    if (name === "Escape") { if (this.wayFrom !== null) this.dropWay(); else chart.choose(null); }
    else if (name === "Enter" || low === "o") {
      if (found && found.what === "group") chart.turn(found.at); else if (row >= 0 && chart.of[row] >= 0) chart.turn(chart.of[row]); else return false;
    }
    else if (low === "n") chart.next();
    else if (low === "s" && row >= 0) { chart.kept = [...new Set([...(chart.kept || []), row])]; chart.pick(chart.kept); }
    else if (low === "h" && rows.length) this.act("hide", { rows });
    else if (low === "p" && row >= 0) { if (chart.flags[row] & ILP_PINNED) this.act("unpin", { rows: [row] }); else this.place(row); }
    else if (low === "e" && row >= 0) this.act("expand", { rows: [row] });
    else if (low === "w" && row >= 0) this.beginWay(row);
    else if (low === "u") this.undo();
    else if (low === "r") this.redo();
    else return false;
    return true;
  }
}

ilpKinds.linkchart = IlpLinkChart;
