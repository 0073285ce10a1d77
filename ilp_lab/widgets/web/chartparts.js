/* What stands around a link chart: tools, search, what is chosen and what can be done with it, filters, legend, code. */
"use strict";

class IlpChartParts {
  constructor(widget) {
    this.widget = widget; this.high = false; this.lassoing = false;
    const say = (word, values) => widget.say(word, values);
    this.makeTools();
    this.told = ilpMake("div", { class: "ilpc-facts", role: "status", "aria-live": "polite", dir: "auto", text: say("here_hint") });
    this.acts = ilpMake("div", { class: "ilpc-acts", hidden: true });
    this.way = ilpMake("div", { class: "ilpc-way", hidden: true, dir: "auto" });
    this.filters = ilpMake("div", { class: "ilpc-filters" });
    this.sizes = ilpMake("select", { on: { change: () => widget.act("size", { column: this.sizes.value || null }) } });
    this.groupings = ilpMake("select", { on: { change: () => { if (this.groupings.value) widget.act("group", { by: this.groupings.value }); } } });
    this.legend = ilpMake("div", { class: "ilpc-legend" });
    this.sizeNote = ilpMake("p", { class: "ilpc-small", hidden: true, text: say("legend_size") });
    const section = (word, open, ...children) => ilpMake("details", { open }, ilpMake("summary", { text: say(word) }), ...children);
    const inside = ilpMake("div", { class: "ilpc-inside" },
      section("here", true, this.told, this.way, this.acts),
      section("filter", true, this.filters),
      section("look", false, ilpMake("label", {}, say("size_by"), this.sizes), ilpMake("label", {}, say("group_by"), this.groupings), widget.button("arrange", () => widget.act("arrange"))),
      section("legend", true, this.legend, this.sizeNote),
      section("keys", false, ilpMake("p", { class: "ilpc-small", text: say("keys_text") })));
    this.side = ilpMake("div", { class: "ilpc-side", role: "group", "aria-label": say("beside") }, inside);
    this.makeCode();
  }

  makeTools() {
    const { widget } = this, say = (word, values) => widget.say(word, values);
    this.search = ilpMake("input", { type: "search", autocomplete: "off", spellcheck: "false", "aria-label": say("search"), placeholder: say("search_hint"), dir: "auto",
      on: { input: () => this.find(), keydown: (event) => { const first = this.found.querySelector("button"); if (event.key === "Enter" && first) first.click(); if (event.key === "Escape") { this.search.value = ""; this.find(); } } } });
    this.found = ilpMake("ul", { class: "ilpc-found", "aria-live": "polite" });
    this.undo = widget.button("undo", () => widget.undo(), { disabled: true });
    this.redo = widget.button("redo", () => widget.redo(), { disabled: true });
    this.whole = widget.button("whole", () => { widget.sheet.bounds = widget.chart.extent(); widget.sheet.fit(); });
    this.openAll = widget.button("open_groups", () => this.openGroups(), { hidden: true });
    this.lasso = widget.button("lasso", () => { this.lassoing = !this.lassoing; this.lasso.setAttribute("aria-pressed", String(this.lassoing)); }, { "aria-pressed": "false", title: say("lasso_hint") });
    this.hiddenOnes = widget.button("show_hidden", () => widget.act("show", { rows: null }), { hidden: true });
    this.contrastButton = widget.button("contrast_on", () => this.contrast(!this.high), { "aria-pressed": "false" });
    this.tools = [ilpMake("div", { class: "ilpc-search" }, this.search, this.found), this.undo, this.redo, this.whole, this.openAll, this.lasso, this.hiddenOnes, this.contrastButton, widget.printing(["png", "pdf", "svg"], (asked) => widget.ask(asked))];
  }

  makeCode() {
    const { widget } = this, say = (word) => widget.say(word);
    this.line = ilpMake("code", { class: "ilpc-line", dir: "ltr" });
    this.text = ilpMake("textarea", { class: "ilpc-text", readonly: true, rows: "4", spellcheck: "false", dir: "ltr", "aria-label": say("code"), on: { focus: () => this.text.select() } });
    this.copied = ilpMake("span", { class: "ilpc-small", role: "status" });
    const copy = async () => {
      try { await navigator.clipboard.writeText(this.text.value); this.copied.textContent = say("copied"); } catch { this.text.focus(); this.text.select(); }
    };
    this.code = ilpMake("div", { class: "ilpc-code" },
      ilpMake("div", { class: "ilpc-code-head" }, ilpMake("strong", { text: say("code") }), widget.button("copy", copy), this.copied),
      ilpMake("p", { class: "ilpc-last" }, ilpMake("span", { class: "ilpc-small", text: say("last") + " " }), this.line), this.text,
      ilpMake("p", { class: "ilpc-small", text: say("code_hint") }));
  }

  /* ---- tools */

  find() {
    const { widget } = this, chart = widget.chart, wanted = this.search.value.trim().toLowerCase(), most = 12;
    this.found.replaceChildren();
    if (!wanted || !chart) return;
    if (!chart.texts) chart.texts = chart.labels.map((label, row) => (label + " " + chart.ids[row]).toLowerCase());
    const hits = [];
    for (const row of chart.byRank) { if (!(chart.flags[row] & ILP_AWAY) && chart.texts[row].includes(wanted)) hits.push(row); if (hits.length > most) break; }
    for (const row of hits.slice(0, most)) {
      const go = () => {
        this.search.value = ""; this.find();
        if (chart.flags[row] & ILP_HIDDEN) widget.act("show", { rows: [row] });
        chart.go(row);
        widget.box.focus({ preventScroll: true });
      };
      this.found.append(ilpMake("li", {}, ilpMake("button", { type: "button", dir: "auto", text: chart.name(row), on: { click: go } })));
    }
    if (!hits.length || hits.length > most) this.found.append(ilpMake("li", { class: "ilpc-small", text: hits.length ? widget.say("too_many", { n: most }) : widget.say("nobody") }));
  }

  openGroups() {
    const chart = this.widget.chart;
    chart.open.fill(chart.closed.length ? 1 : 0);
    chart.settle(); chart.choose(null);
  }

  groupsAre(chart) {
    this.openAll.hidden = !chart.groups;
    this.openAll.textContent = this.widget.say(chart.closed.length ? "open_groups" : "close_groups");
  }

  contrast(high) {
    this.high = high;
    this.contrastButton.setAttribute("aria-pressed", String(high));
    this.widget.root.classList.toggle("ilpc-high", high);
    if (this.widget.chart) { this.widget.chart.look = high ? ILP_LOOKS.high : ILP_LOOKS.plain; this.widget.sheet.later(); }
  }

  left() { for (const button of [this.undo, this.redo, this.hiddenOnes]) button.disabled = true; }

  /* ---- what is chosen, and what can be done with it */

  here() {
    const { widget } = this, chart = widget.chart, found = chart && chart.chosen, rows = chart ? [...chart.picked] : [];
    this.told.textContent = found ? chart.words(found, false)
      : rows.length ? widget.say("chosen_entities", { n: rows.length }) + "\n" + rows.slice(0, 12).map((row) => chart.name(row)).join("\n") + (rows.length > 12 ? "\n…" : "")
      : widget.say("here_hint");
    this.acts.replaceChildren();
    this.acts.hidden = !(found || rows.length);
    if (found && found.what === "group") { this.acts.append(widget.button("act_open", () => chart.turn(found.at)), widget.button("act_keep", () => widget.act("keep", { rows: chart.members[found.at] }))); return; }
    if (rows.length) this.offer(rows);
    const link = found && found.what === "line" && found.line.pair >= 0 ? chart.pairLinks(found.line.pair)[0] : -1;
    if (rows.length === 1 || link >= 0) this.offerNote(rows[0], link);
    if (rows.length > 1) this.offerWords(rows);
  }

  offer(rows) {
    const { widget } = this, { chart } = widget, row = rows[0], one = rows.length === 1;
    const give = (word, act) => this.acts.append(widget.button(word, act));
    give("act_hide", () => widget.act("hide", { rows }));
    if (one) {
      const pinned = chart.flags[row] & ILP_PINNED;
      give(pinned ? "act_unpin" : "act_pin", () => (pinned ? widget.act("unpin", { rows }) : widget.place(row)));
      give("act_expand", () => widget.act("expand", { rows }));
      give("act_around", () => widget.act("around", { rows, steps: 1 }));
      give("act_around2", () => widget.act("around", { rows, steps: 2 }));
      give("act_way", () => widget.beginWay(row));
      if (chart.of[row] >= 0) give("act_close", () => chart.turn(chart.of[row]));
    } else give("act_keep", () => widget.act("keep", { rows }));
    if (rows.length === 2) give("act_way_two", () => widget.act("way", { rows }));
  }

  offerNote(row, link) {
    const { widget } = this, area = ilpMake("textarea", { rows: "2", placeholder: widget.say("note_hint"), "aria-label": widget.say("note"), dir: "auto" });
    this.acts.append(area, widget.button("act_note", () => { if (area.value.trim()) widget.act("note", link >= 0 ? { text: area.value.trim(), link } : { text: area.value.trim(), rows: [row] }); }));
  }

  offerWords(rows) {
    const { widget } = this, words = ilpMake("input", { type: "text", placeholder: widget.say("words_hint"), "aria-label": widget.say("words_hint"), dir: "auto" });
    const give = (word, act) => this.acts.append(widget.button(word, () => { if (words.value.trim()) widget.act(act, { rows, text: words.value.trim() }); else words.focus(); }));
    this.acts.append(words);
    give("act_group", "group"); give("act_frame", "frame");
  }

  /* ---- what Python says about the chart as it is now */

  fill(panel) {
    const { widget } = this;
    this.undo.disabled = !panel.undo; this.redo.disabled = !panel.redo;
    this.hiddenOnes.hidden = !panel.hidden; this.hiddenOnes.textContent = widget.say("show_hidden", { n: panel.hidden });
    this.line.textContent = panel.line || widget.say("code_none");
    this.text.value = panel.code; this.text.rows = Math.max(2, Math.min(8, panel.code.split("\n").length));
    this.copied.textContent = "";
    const options = (list, now, none) => [ilpMake("option", { value: "", text: widget.say(none) }), ...list.map(([value, words]) => ilpMake("option", { value, text: words, selected: value === now }))];
    this.sizes.replaceChildren(...options(panel.sizes, panel.size_by, "one_size"));
    this.groupings.replaceChildren(...options(panel.group_by, null, "choose"));
    this.groupings.parentElement.hidden = !panel.group_by.length;
    this.way.hidden = !panel.way;
    this.way.textContent = panel.way ? widget.say("way") + ":\n" + panel.way.join("\n") : "";
    this.fillFilters(panel);
    widget.root.dataset.code = panel.code;
  }

  fillFilters(panel) {
    const { widget } = this, focused = widget.root.contains(document.activeElement) && this.filters.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const lists = panel.lists.map((list) => ilpMake("fieldset", {}, ilpMake("legend", { text: widget.say(list.name) }),
      ...list.values.map((one) => this.tick(list, one)),
      ...(list.name === "kind" ? [] : [ilpMake("p", { class: "ilpc-small", text: widget.say("ungraded") })])));
    this.certain = null;
    if (panel.certainty !== "none") {
      this.certain = ilpMake("select", { "data-key": "certainty", on: { change: () => this.filter({}) } },
        ...[null, 0.25, 0.5, 0.75, 0.9].map((least) => ilpMake("option", { value: least === null ? "" : String(least), text: least === null ? widget.say("any") : String(least), selected: least === panel.certainty })));
      lists.push(ilpMake("label", {}, widget.say("certainty"), this.certain));
    }
    const any = panel.lists.some((list) => list.values.some((one) => !one.on)) || (panel.certainty !== null && panel.certainty !== "none") || (panel.time && (panel.time.since || panel.time.until));
    this.filters.replaceChildren(...lists, ...(any ? [widget.button("filter_none", () => widget.act("filter", { tests: {} }))] : []));
    if (focused) [...this.filters.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused)?.focus();
  }

  /* One value of a list: ticked or not, and a button that leaves only it. */
  tick(list, one) {
    const { widget } = this, box = ilpMake("input", { type: "checkbox", checked: one.on, "data-list": list.name, "data-value": one.value, "data-key": list.name + "/" + one.value, on: { change: () => this.filter({}) } });
    const alone = () => { for (const other of this.filters.querySelectorAll("input[type=checkbox]")) if (other.dataset.list === list.name) other.checked = other === box; this.filter({}); };
    return ilpMake("div", { class: "ilpc-one" },
      ilpMake("label", { class: "ilpc-tick" }, box, ...(list.name === "kind" ? [this.lineOf(one.value)] : []), ilpMake("span", { text: one.words, dir: "auto" }), ilpMake("small", { text: widget.number(one.n) })),
      ...(list.values.length > 2 ? [ilpMake("button", { type: "button", class: "ilpc-little", "data-key": "only/" + list.name + "/" + one.value, text: widget.say("only"), "aria-label": widget.say("only") + " " + one.words, on: { click: alone } })] : []));
  }

  /* All tests together, as they stand on the page; the strip of dates gives its own. */
  filter(dates) {
    const tests = {}, time = this.widget.panel.time || {};
    for (const tick of this.filters.querySelectorAll("input[type=checkbox]")) {
      const list = (tests[tick.dataset.list] ??= { on: [], all: true });
      if (tick.checked) list.on.push(tick.dataset.value); else list.all = false;
    }
    for (const [name, list] of Object.entries(tests)) { if (list.all) delete tests[name]; else tests[name] = list.on; }
    if (this.certain && this.certain.value) tests.certainty_at_least = Number(this.certain.value);
    for (const name of ["since", "until"]) { const value = name in dates ? dates[name] : time[name]; if (value) tests[name] = value; }
    this.widget.act("filter", { tests });
  }

  /* ---- legend */

  lineOf(name) {
    const kind = this.widget.chart && this.widget.chart.data.links.kinds.find((one) => one.name === name), line = ilpMake("span", { class: "ilpc-linesign", "aria-hidden": "true" });
    if (kind) line.style.borderTopColor = kind.colour;
    return line;
  }

  sign(kind, hollow) {
    const canvas = ilpMake("canvas", { width: "34", height: "34", class: "ilpc-sign", "aria-hidden": "true" }), c = canvas.getContext("2d"), path = new Path2D();
    IlpDrawing.prototype.sign(path, kind.shape, 17, 17, 11);
    c.fillStyle = hollow ? "#fff" : kind.colour; c.strokeStyle = kind.colour; c.lineWidth = 3; c.fill(path); c.stroke(path);
    return canvas;
  }

  legendOf(chart, head) {
    if (!chart || !head) return;
    const { widget } = this, counts = new Map(), row = (sign, words, ...more) => ilpMake("li", {}, sign, ilpMake("span", { text: words, dir: "auto" }), ...more);
    chart.kind.forEach((kind) => counts.set(kind, (counts.get(kind) || 0) + 1));
    const entities = chart.data.entities.kinds.map((kind, at) => row(this.sign(kind), kind.words, ilpMake("small", { text: widget.number(counts.get(at) || 0) }),
      ilpMake("button", { type: "button", class: "ilpc-little", text: widget.say("hide_kind"), "aria-label": widget.say("hide_kind") + " " + kind.words, on: { click: () => widget.act("hide", { kind: kind.name }) } })));
    const line = (dashed) => { const element = ilpMake("span", { class: "ilpc-linesign", "aria-hidden": "true" }); if (dashed) element.style.borderTopStyle = "dashed"; return element; };
    if (head.hollow) entities.push(row(this.sign({ shape: "dot", colour: "#5b6b79" }, true), widget.say("legend_hollow")));
    if (chart.groups) entities.push(row(ilpMake("span", { class: "ilpc-disc", "aria-hidden": "true" }), widget.say("legend_group")));
    const { kinds } = chart.data.links, alone = kinds.length === 1 ? [row(this.lineOf(kinds[0].name), kinds[0].name, ilpMake("small", { text: widget.number(chart.from.length) }))] : [];
    const links = head.judged ? [row(line(false), widget.say("legend_firm")), row(line(true), widget.say("legend_weak"))] : [row(line(false), widget.say("legend_plain"))];
    const named = (word) => ilpMake("div", { class: "ilpc-h", role: "heading", "aria-level": "3", text: widget.say(word) });
    this.legend.replaceChildren(named("legend_kinds"), ilpMake("ul", {}, ...entities), named("legend_links"), ilpMake("ul", {}, ...alone, ...links),
      ...(head.source ? [ilpMake("p", { class: "ilpc-small", text: head.source, dir: "auto" })] : []));
  }

  sized(larger) { this.sizeNote.hidden = !larger; }
}
