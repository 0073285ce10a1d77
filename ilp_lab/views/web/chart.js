/* The page of a link chart: what a mouse and a keyboard do with the drawing, all of it undone and written as Python. */
"use strict";

class IlpChart extends IlpDrawing {
  constructor() {
    super(JSON.parse(document.getElementById("ilp-data").textContent), document.getElementById("ilp-chart"), document.documentElement.dataset);
    this.box.ilp = this; this.done = [];
    this.told = document.getElementById("ilp-facts"); this.acts = document.getElementById("ilp-acts"); this.tip = document.getElementById("ilp-tip");
    this.settle();
    this.sheet = new IlpSheet(this.box, {
      draw: (c) => this.draw(c), hover: (at) => this.hover(at), click: (px, py) => { this.choose(this.find(px, py)); this.box.focus({ preventScroll: true }); },
      twice: (px, py) => { const found = this.find(px, py); if (found && found.what === "group") this.turn(found.at); else if (found && found.what === "entity" && this.of[found.at] >= 0) this.turn(this.of[found.at]); },
      take: (px, py) => { if (this.ground) return null; const found = this.find(px, py); return found && found.what === "entity" ? found.at : null; },
      carry: (row, x, y) => { if (!this.before) this.before = [this.xy[2 * row], this.xy[2 * row + 1], this.flags[row]]; this.xy[2 * row] = x; this.xy[2 * row + 1] = y; this.flags[row] |= ILP_PINNED; this.sheet.moving(); },
      dropped: (row) => { const was = this.before; this.before = null; this.record({ what: "place", row, was }); this.choose({ what: "entity", at: row }); },
      key: (name) => this.key(name),
    });
    this.controls();
    this.sheet.bounds = this.extent();
    this.sheet.fit();
  }

  choose(found) {
    this.chosen = found;
    this.told.textContent = found ? this.words(found, false) : this.data.acts.click;
    this.offer();
    this.sheet.later();
  }

  go(row) {
    if (this.hidden(row)) this.apply({ what: "show", row });
    if (this.inside(row)) { this.open[this.of[row]] = 1; this.settle(); }
    const sheet = this.sheet;
    sheet.x = this.xy[2 * row]; sheet.y = this.xy[2 * row + 1]; sheet.scale = Math.max(sheet.scale, this.ground ? sheet.scale : 0.9); sheet.moved = true;
    this.choose({ what: "entity", at: row });
  }

  /* ---- acting: every act can be undone and is written as Python */

  offer() {
    const found = this.chosen, acts = this.acts, says = this.data.acts;
    acts.replaceChildren();
    acts.hidden = !found;
    if (!found) return;
    if (found.what === "group") { acts.append(this.button(this.open[found.at] ? says.close : says.open, () => this.turn(found.at))); return; }
    if (found.what === "entity") {
      const row = found.at;
      acts.append(this.button(says.hide, () => this.act({ what: "hide", row })));
      if (!this.ground) acts.append(this.button(this.flags[row] & ILP_PINNED ? says.unpin : says.pin, () => this.act({ what: this.flags[row] & ILP_PINNED ? "unpin" : "pin", row })));
      if (this.of[row] >= 0) acts.append(this.button(says.close_its, () => this.turn(this.of[row])));
    }
    const link = found.what === "line" && found.line.pair >= 0 ? this.pairLinks(found.line.pair)[0] : -1;
    if (found.what === "line" && (link < 0 || !this.linkRows)) return;
    const area = document.createElement("textarea");
    area.rows = 2; area.placeholder = says.write; area.setAttribute("aria-label", says.note);
    acts.append(area, this.button(says.add, () => {
      if (area.value.trim()) this.act({ what: "note", text: area.value.trim(), row: found.what === "entity" ? found.at : -1, link });
    }));
  }

  act(deed) { this.record(deed); this.apply(deed); }

  record(deed) { this.done.push(deed); this.write(); }

  apply(deed) {
    if (deed.what === "hide") { this.flags[deed.row] |= ILP_HIDDEN; this.settle(); this.choose(null); return; }
    if (deed.what === "show") { this.flags[deed.row] &= ~ILP_HIDDEN; this.settle(); }
    if (deed.what === "pin") this.flags[deed.row] |= ILP_PINNED;
    if (deed.what === "unpin") this.flags[deed.row] &= ~ILP_PINNED;
    if (deed.what === "note") this.notes.push([deed.text, deed.row, deed.link]);
    this.choose(this.chosen);
  }

  undo() {
    const deed = this.done.pop();
    if (!deed) return;
    if (deed.what === "hide") { this.flags[deed.row] &= ~ILP_HIDDEN; this.settle(); }
    if (deed.what === "pin") this.flags[deed.row] &= ~ILP_PINNED;
    if (deed.what === "unpin") this.flags[deed.row] |= ILP_PINNED;
    if (deed.what === "note") this.notes.pop();
    if (deed.what === "place") { this.xy[2 * deed.row] = deed.was[0]; this.xy[2 * deed.row + 1] = deed.was[1]; this.flags[deed.row] = deed.was[2]; }
    this.write();
    this.choose(deed.row >= 0 ? { what: "entity", at: deed.row } : null);
  }

  write() {
    const lines = [], text = (value) => JSON.stringify(value), round = (value) => Math.round(value * 10) / 10;
    const at = (row) => "{" + text(this.ids[row]) + ": (" + round(this.xy[2 * row]) + ", " + round(this.xy[2 * row + 1]) + ")}";
    for (const deed of this.done) {
      if (deed.what === "hide") lines.push("chart = chart.hide([" + text(this.ids[deed.row]) + "])");
      if (deed.what === "place" || deed.what === "pin") lines.push("chart = chart.place(" + at(deed.row) + ", pinned=True)");
      if (deed.what === "unpin") lines.push("chart = chart.place(" + at(deed.row) + ")");
      if (deed.what === "note") lines.push("chart = chart.add_note(" + text(deed.text) + (deed.row >= 0 ? ", entity_id=" + text(this.ids[deed.row]) : ", link=" + this.linkRows[deed.link]) + ")");
    }
    document.getElementById("ilp-record").hidden = !lines.length;
    document.getElementById("ilp-undo").hidden = !lines.length;
    document.getElementById("ilp-code").value = lines.join("\n");
  }

  key(name) {
    const found = this.chosen, row = found && found.what === "entity" ? found.at : -1, low = name.toLowerCase();
    if (name === "Escape") this.choose(null);
    else if (name === "Enter" && found && found.what === "group") this.turn(found.at);
    else if (name === "Enter" && row >= 0 && this.of[row] >= 0) this.turn(this.of[row]);
    else if (low === "h" && row >= 0) this.act({ what: "hide", row });
    else if (low === "p" && row >= 0 && !this.ground) this.act({ what: this.flags[row] & ILP_PINNED ? "unpin" : "pin", row });
    else if (low === "u") this.undo();
    else if (low === "n") this.next();
    else return false;
    return true;
  }

  controls() {
    const search = document.getElementById("ilp-search"), found = document.getElementById("ilp-found");
    const texts = this.labels.map((label, row) => (label + " " + this.ids[row]).toLowerCase());
    search.addEventListener("input", () => {
      found.replaceChildren();
      const wanted = search.value.trim().toLowerCase();
      if (!wanted) return;
      const hits = [];
      for (const row of this.byRank) { if (texts[row].includes(wanted)) hits.push(row); if (hits.length > 12) break; }
      for (const row of hits.slice(0, 12)) {
        const item = document.createElement("li");
        item.append(this.button(this.name(row), () => this.go(row)));
        found.append(item);
      }
      if (hits.length !== 1) {
        const note = document.createElement("li");
        note.textContent = hits.length ? (hits.length > 12 ? this.data.acts.too_many : "") : this.data.acts.nobody;
        if (note.textContent) found.append(note);
      }
    });
    search.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && found.querySelector("button")) found.querySelector("button").click();
    });
    document.querySelectorAll("[data-kind]").forEach((tick) => tick.addEventListener("change", () => {
      if (tick.checked) this.hiddenKinds.delete(Number(tick.dataset.kind)); else this.hiddenKinds.add(Number(tick.dataset.kind));
      this.settle(); this.choose(null);
    }));
    document.getElementById("ilp-whole").addEventListener("click", () => { this.sheet.bounds = this.extent(); this.sheet.fit(); });
    const open = document.getElementById("ilp-open");
    open.addEventListener("click", () => {
      const now = this.closed.length ? 1 : 0;
      this.open.fill(now);
      open.textContent = now ? this.data.acts.close_all : this.data.acts.open_all;
      this.settle(); this.choose(null);
    });
    if (this.groups && !this.closed.length) open.textContent = this.data.acts.close_all;
    document.getElementById("ilp-undo").addEventListener("click", () => this.undo());
    const code = document.getElementById("ilp-code");
    code.addEventListener("focus", () => code.select());
  }
}

new IlpChart();
