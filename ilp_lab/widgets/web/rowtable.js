/* The table: only rows in sight are in the page; Python sorts and sends them. */
"use strict";

const ILP_ROW_HIGH = 26;
const ILP_MOST_HIGH = 6000000;

class IlpRowTable extends IlpWidget {
  constructor(host) {
    super(host);
    this.root.classList.add("ilpw-rowtable");
    this.root.dataset.drawn = "0";
    this.sort = { column: -1, falling: false };
    this.only = true; this.total = 0; this.asked = 0; this.at = -1; this.got = { first: 0, rows: [], cells: [] };
    this.headings = ilpMake("div", { class: "ilpw-cells ilpw-heads", role: "row" });
    this.lines = ilpMake("div", { class: "ilpw-lines", role: "presentation" });
    this.room = ilpMake("div", { class: "ilpw-room", role: "presentation" }, this.lines);
    this.list = ilpMake("div", { class: "ilpw-list", role: "rowgroup", tabindex: "0", "aria-label": this.say("grid"), on: { scroll: () => this.scrolled() } }, this.room);
    this.grid = ilpMake("div", { class: "ilpw-grid", role: "grid", tabindex: "0", "aria-label": this.say("grid") }, ilpMake("div", { role: "rowgroup" }, this.headings), this.list);
    this.body.append(this.grid);
    this.grid.addEventListener("keydown", (event) => this.step(event));
    this.lines.addEventListener("click", (event) => {
      const line = event.target.closest("[data-row]");
      if (line) this.pick(Number(line.dataset.row), event);
    });
  }

  hear_head(content) {
    if (this.choice && this.choiceKey !== content.choice.key) { this.choice.followers.delete(this); this.choice = null; }
    this.choiceKey = content.choice.key;
    this.head(content);
    this.columns = content.columns; this.figures = content.figures;
    this.list.style.height = `${content.height}px`;
    this.grid.style.setProperty("--tracks", content.widths.map((wide) => `minmax(calc(${wide}ch + 1.1rem), ${wide}fr)`).join(" ") || "1fr");
    this.grid.style.setProperty("--wide", `calc(${content.widths.reduce((sum, wide) => sum + wide, 0)}ch + ${1.1 * content.widths.length}rem + 1.2rem)`);
    this.grid.hidden = !content.columns.length;
    this.alarm.textContent = this.grid.hidden ? this.say("no_column") : "";
    this.grid.setAttribute("aria-colcount", String(content.columns.length));
    this.headings.replaceChildren(...content.columns.map((name, column) => ilpMake("div", { role: "columnheader", "aria-sort": "none", class: content.figures[column] ? "ilpw-figure" : "" },
      ilpMake("button", { type: "button", text: name, dir: "auto", title: this.say("sort", { column: name }), on: { click: () => this.sortBy(column) } }))));
    if (!this.tools.childElementCount) {
      this.box = ilpMake("input", { type: "checkbox", on: { change: () => { this.only = this.box.checked; this.refresh(); } } });
      this.box.checked = true;
      this.tools.append(ilpMake("label", { class: "ilpw-check" }, this.box, this.say("only")), ...this.choosing());
    }
    this.sayChoice();
    this.refresh();
  }

  hear(message, buffers) {
    super.hear(message, buffers);
    if (message.about === "selected" && this.columns) this.refresh();
  }

  sortBy(column) {
    this.sort = { column, falling: this.sort.column === column && !this.sort.falling };
    [...this.headings.children].forEach((heading, k) => heading.setAttribute("aria-sort", k !== column ? "none" : this.sort.falling ? "descending" : "ascending"));
    this.refresh();
  }

  refresh() { this.list.scrollTop = 0; this.at = -1; this.ask(0); }

  ask(first) {
    this.asked += 1;
    this.host.send({ ask: "rows", first, number: this.inSight() + 40, ...this.sort, only: this.only, key: this.asked });
  }

  inSight() { return Math.ceil((this.list.clientHeight || 260) / ILP_ROW_HIGH) + 1; }

  /* Long lists are squeezed: browsers allow no taller element than some ten million pixels. */
  top() {
    const high = this.room.offsetHeight - this.list.clientHeight, last = Math.max(0, this.total - this.inSight() + 2);
    return this.squeezed ? Math.round((this.list.scrollTop / Math.max(1, high)) * last) : Math.floor(this.list.scrollTop / ILP_ROW_HIGH);
  }

  scrolled() {
    const top = this.top(), { first, rows } = this.got;
    if (top < first || top + this.inSight() > Math.min(this.total, first + rows.length)) {
      clearTimeout(this.waiting);
      this.waiting = setTimeout(() => this.ask(Math.max(0, this.top() - 20)), 60);
    }
    this.lay();
  }

  hear_rows(content) {
    if (content.key !== this.asked) return;
    this.got = content; this.total = content.total;
    this.squeezed = this.total * ILP_ROW_HIGH > ILP_MOST_HIGH;
    this.room.style.height = `${Math.min(ILP_MOST_HIGH, this.total * ILP_ROW_HIGH)}px`;
    this.grid.setAttribute("aria-rowcount", String(this.total + 1));
    this.fill();
  }

  fill() {
    const { first, rows, cells } = this.got;
    this.lines.replaceChildren(...rows.map((row, k) => ilpMake("div", {
      class: "ilpw-cells ilpw-line", role: "row", id: `${this.choiceKey}-${this.asked}-${row}`, "data-row": String(row), "aria-rowindex": String(first + k + 2),
      "aria-selected": String(Boolean(this.choice.flags[row])), "data-at": first + k === this.at ? "yes" : null,
    }, ...cells.map((column, c) => ilpMake("div", { role: "gridcell", text: column[k], dir: "auto", title: column[k], class: this.figures[c] ? "ilpw-figure" : "" })))));
    this.lay();
    this.sayChoice();
    this.root.dataset.rows = String(this.total);
    this.root.dataset.drawn = String(Number(this.root.dataset.drawn) + 1);
  }

  lay() {
    const offset = this.squeezed ? this.list.scrollTop - (this.top() - this.got.first) * ILP_ROW_HIGH : this.got.first * ILP_ROW_HIGH;
    this.lines.style.transform = `translateY(${Math.max(0, offset)}px)`;
  }

  pick(row, event) {
    const flags = new Uint8Array(this.choice.size), mode = event.shiftKey || event.ctrlKey || event.metaKey ? "add" : undefined;
    flags[row] = 1;
    this.at = this.got.first + this.got.rows.indexOf(row);
    this.choose(flags, mode);
  }

  step(event) {
    const page = this.inSight() - 2, by = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -1e9, End: 1e9 }[event.key];
    if (event.target.tagName === "BUTTON") return;
    if (by !== undefined && this.total) {
      event.preventDefault();
      this.at = Math.max(0, Math.min(this.total - 1, this.at + by));
      const top = this.top();
      if (this.at < top || this.at > top + page - 1) {
        const want = Math.max(0, this.at - (by > 0 ? page - 1 : 0));
        this.list.scrollTop = this.squeezed ? (want / Math.max(1, this.total - page)) * (this.room.offsetHeight - this.list.clientHeight) : want * ILP_ROW_HIGH;
      }
      this.mark();
    } else if ((event.key === "Enter" || event.key === " ") && this.at >= 0) {
      event.preventDefault();
      const row = this.got.rows[this.at - this.got.first];
      if (row !== undefined) this.pick(row, event);
    }
  }

  mark() {
    const now = this.got.rows[this.at - this.got.first];
    for (const line of this.lines.children) {
      const row = Number(line.dataset.row);
      line.setAttribute("aria-selected", String(Boolean(this.choice.flags[row])));
      if (row === now) { line.dataset.at = "yes"; this.grid.setAttribute("aria-activedescendant", line.id); } else delete line.dataset.at;
    }
  }

  sayChoice() {
    super.sayChoice();
    this.status.textContent = [this.say(this.total || this.choice.size ? "rows" : "empty_table", { n: this.total }), this.status.textContent].join(" · ");
  }

  choiceChanged() { this.mark(); this.sayChoice(); }
  draw() { if (this.columns) this.scrolled(); }
}

ilpKinds.rowtable = IlpRowTable;
