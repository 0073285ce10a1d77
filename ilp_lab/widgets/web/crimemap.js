/* The crime map in the page: map, legend, layers, time, and what is chosen. Text from data only ever becomes textContent or fillText. */
"use strict";

const ILP_WINDOWS = [["everything", 0], ["day", 1], ["week", 7], ["weeks4", 28], ["quarter", 91], ["year", 365]];
const ILP_DAY = 1440;

class IlpCrimeMap extends IlpWidget {
  constructor(host) {
    super(host);
    this.root.classList.add("ilpw-crimemap");
    this.root.dataset.drawn = "0";
    this.looks = ILP_LOOKS.plain;
    this.show = { layer: 0, areas: true, streets: true, places: true, basemap: true, grid: true, incidents: true };
    this.style = "auto";
    this.stage = ilpMake("div", { class: "ilpw-stage" });
    this.side = ilpMake("aside", { class: "ilpw-side", "aria-label": this.say("legend") });
    this.timebar = ilpMake("div", { class: "ilpw-time", hidden: true, role: "group", "aria-label": this.say("time") });
    this.here = ilpMake("div", { class: "ilpw-told", role: "status", "aria-live": "polite", dir: "auto", text: this.say("here_hint") });
    this.inside = this.button("choose_inside", (event) => this.chooseInside(this.modeOf(event)), { hidden: true, class: "ilpw-inside" });
    this.body.append(this.stage, this.side);
    this.body.after(ilpMake("div", { class: "ilpw-here" }, this.here, this.inside), this.timebar);
  }

  hear_head(content) {
    const other = this.choice && this.key_of !== content.choice.key;
    if (other) { this.choice.followers.delete(this); this.choice = null; }
    this.key_of = content.choice.key;
    this.head(content);
    this.stage.style.height = this.side.style.maxHeight = `${content.height}px`;
    if (!this.map) this.build();
    this.prints = content.prints;
    this.sayChoice();
  }

  build() {
    const box = ilpMake("div", { class: "ilpw-map", role: "application", "aria-label": this.say("map") });
    const north = ilpMake("div", { class: "ilpw-north", role: "img", "aria-label": this.say("north"), text: "N ↑" });
    this.tip = ilpMake("div", { class: "ilpw-tip", hidden: true, dir: "auto" });
    this.stage.append(box, north, this.tip);
    this.map = L.map(box, {
      crs: L.CRS.Simple, center: [0, 0], zoom: 0, minZoom: -14, maxZoom: 5, zoomSnap: 0.25, zoomDelta: 0.75, zoomAnimation: false,
      fadeAnimation: false, inertia: false, attributionControl: false, wheelPxPerZoomLevel: 120, boxZoom: false, zoomControl: true,
    });
    this.frame = new IlpFrame(this.map, ["ground", "points", "names"]);
    this.lasso = new IlpLasso(this.map, (ring, event) => this.chooseWithin([ring], this.modeOf(event)));
    this.map.on("moveend zoomend resize", () => { this.draw(); this.tellView(); });
    this.map.on("mousemove", (event) => this.hover(event));
    this.map.on("mouseout", () => { this.tip.hidden = true; });
    this.map.on("click", (event) => this.point(event.latlng, event.originalEvent));
    box.addEventListener("keydown", (event) => { if (event.key === "Enter" && event.target === box) this.point(this.map.getCenter(), event); });
    this.buildTools();
  }

  buildTools() {
    this.tools.setAttribute("aria-label", this.say("tools"));
    const kinds = ["move", "rectangle", "lasso"].map((kind) => this.button(kind, () => this.use(kind), { "aria-pressed": String(kind === "move"), "data-tool": kind }));
    this.tools.append(
      kinds[0], ilpMake("span", { text: this.say("choose_by") }), kinds[1], kinds[2], this.button("in_view", () => this.chooseInView(), { class: "ilpw-inview" }), this.button("whole", () => { this.fit(); this.draw(); }),
      ...this.choosing(), this.button("contrast", (event) => this.contrast(event.currentTarget), { "aria-pressed": "false", class: "ilpw-tocontrast" }),
      this.printing(),
    );
  }

  /* Printing passes the release gate of a case; the form asks what the gate asks. */
  printing() {
    const field = (word) => ilpMake("input", { type: "text", class: `ilpw-${word}`, dir: "auto" });
    const authority = field("authority"), reason = field("reason");
    const go = (form) => {
      if (!this.prints) { this.alarm.textContent = this.say("no_case"); return; }
      this.host.send({ ask: "print", form, authority: authority.value, reason: reason.value, ...this.seen() });
    };
    return ilpMake("details", { class: "ilpw-print" }, ilpMake("summary", { text: this.say("print") }), ilpMake("div", { class: "ilpw-form" },
      ilpMake("label", { class: "ilpw-label" }, `${this.say("authority")} `, authority), ilpMake("label", { class: "ilpw-label" }, `${this.say("reason")} `, reason),
      this.button("print_png", () => go("png"), { class: "ilpw-png" }), this.button("print_pdf", () => go("pdf"), { class: "ilpw-pdf" })));
  }

  seen() {
    return { layer: this.painter?.layers?.length ? this.show.layer : -1, hidden: [...this.points?.hidden ?? []], incidents: this.show.incidents, areas: this.show.areas };
  }

  tellSeen() {
    clearTimeout(this.seeing);
    this.seeing = setTimeout(() => this.host.send({ ask: "seen", ...this.seen() }), 300);
  }

  use(kind) {
    this.lasso.use(kind);
    this.tools.querySelectorAll("[data-tool]").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.tool === kind)));
  }

  contrast(button) {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    this.root.classList.toggle("ilpw-high", on);
    this.looks = on ? ILP_LOOKS.contrast : ILP_LOOKS.plain;
    this.draw();
  }

  hear_nothing(content) {
    this.empty ??= this.stage.appendChild(ilpMake("p", { class: "ilpw-empty" }));
    this.empty.textContent = content.sentence;
    this.drawn();
  }

  hear_ground(content) {
    this.empty?.remove(); this.empty = null;
    this.ground = content;
    this.painter = new IlpPainter(this.frame, content);
    if (this.based) this.painter.basemap(this.based);
    if (content.metres && !this.scale) { this.scale = L.control.scale({ imperial: false, maxWidth: 140 }).addTo(this.map); }
    const bounds = content.bounds.join();
    if (this.boundsWere !== bounds) this.fitted = false;
    this.boundsWere = bounds;
  }

  hear_basemap(content) {
    this.based = content;
    this.painter?.basemap(content);
    this.buildSide();
    this.draw();
  }

  hear_layers(content) {
    this.painter.bring(content.layers);
    this.show.layer = content.layers.length ? Math.min(Math.max(0, this.show.layer), content.layers.length - 1) : -1;
    this.chosen = null;
    this.buildSide();
    this.draw();
  }

  hear_points(content) {
    const hidden = this.points?.hidden;
    this.points = new IlpPoints(content);
    if (hidden) this.points.hidden = hidden;
    this.buildSide();
    this.buildTime();
    if (!this.fitted) this.fit();
    this.refilter();
  }

  hear_told(content) {
    this.here.textContent = content.lines.join(" · ");
  }

  fit() {
    if (!this.ground || this.fitting) return;
    const [west, south, east, north] = this.ground.bounds;
    this.fitting = true;
    this.map.invalidateSize({ animate: false });
    const size = this.map.getSize();
    this.fitted = size.x > 0 && size.y > 0;
    if (this.fitted) this.map.fitBounds([[south, west], [north, east]], { padding: [14, 14], animate: false });
    this.fitting = false;
  }

  /* Legend, layers, and the place pointed at. */
  buildSide() {
    const part = (word, ...children) => [ilpMake("div", { class: "ilpw-h", role: "heading", "aria-level": "3", text: this.say(word) }), ...children];
    const layers = this.painter?.layers ?? [], shown = [];
    if (layers.length) shown.push(...part("layers", this.layerList(layers), this.legend = ilpMake("div")));
    if (this.points) shown.push(...part("incidents", ...this.incidentRows()));
    const boxes = ["areas", "streets", "places", "basemap", "grid"].filter((name) => (name === "basemap" ? this.based : name === "grid" ? this.ground?.grid.length : this.ground?.[name]));
    const also = boxes.map((name) => this.check(this.say(name), this.show[name], (on) => { this.show[name] = on; this.draw(); this.tellSeen(); }, { "data-layer": name }));
    this.side.replaceChildren(...shown, ...also);
    this.fillLegend();
  }

  check(label, on, does, extra = {}, ...before) {
    const box = ilpMake("input", { type: "checkbox", on: { change: () => does(box.checked) }, ...extra });
    box.checked = on;
    return ilpMake("label", { class: "ilpw-check" }, box, ...before, ilpMake("span", { text: label, dir: "auto" }));
  }

  layerList(layers) {
    const list = ilpMake("select", { class: "ilpw-layer", "aria-label": this.say("layers"), on: { change: () => { this.show.layer = Number(list.value); this.chosen = null; this.inside.hidden = true; this.fillLegend(); this.draw(); this.tellSeen(); } } },
      ...layers.map((layer, i) => ilpMake("option", { value: String(i), text: layer.told.name })), ilpMake("option", { value: "-1", text: this.say("no_layer") }));
    list.value = String(this.show.layer);
    return list;
  }

  fillLegend() {
    const layer = this.painter?.layers?.[this.show.layer];
    if (!this.legend) return;
    if (!layer) { this.legend.replaceChildren(); return; }
    const { told } = layer, missing = told.codes.reduce((n, code) => n + (code === 255), 0);
    const rows = told.labels.map((label, i) => [label, told.colours[i], told.counts[i]]).filter((row) => row[2]);
    if (missing) rows.push([this.say("no_value"), "#ffffff", missing]);
    this.legend.replaceChildren(
      ilpMake("div", { class: "ilpw-small", text: told.heading, dir: "auto" }),
      ilpMake("ul", { class: "ilpw-legend" }, ...rows.map(([label, colour, count]) => ilpMake("li", {}, this.swatch(colour), ilpMake("span", { text: label, dir: "auto" }), ilpMake("small", { text: ` ${this.number(count)}` })))),
    );
  }

  swatch(colour, round = false) { return ilpMake("span", { class: round ? "ilpw-swatch ilpw-dot" : "ilpw-swatch", style: `background:${colour}`, "aria-hidden": "true" }); }

  incidentRows() {
    const p = this.points;
    const list = ilpMake("select", { class: "ilpw-style", on: { change: () => { this.style = list.value; this.draw(); } } },
      ...["auto", "points", "groups"].map((one) => ilpMake("option", { value: one, text: this.say(one) })));
    list.value = this.style;
    const rows = [
      this.check(this.say("incidents"), this.show.incidents, (on) => { this.show.incidents = on; this.refilter(); }, { "data-layer": "incidents" }),
      ilpMake("label", { class: "ilpw-label" }, `${this.say("drawn_as")} `, list),
    ];
    if (!p.codes) return rows;
    const counts = new Int32Array(256);
    p.codes.forEach((code) => { counts[code]++; });
    const classes = p.labels.map((label, code) => [label, p.colours[code], code]).filter((row) => counts[row[2]]);
    if (counts[p.nothing]) classes.push([this.say("no_value"), "#8a949d", p.nothing]);
    rows.push(ilpMake("div", { class: "ilpw-small", text: p.heading, dir: "auto" }), ...classes.map(([label, colour, code]) => this.check(
      `${label}  ${this.number(counts[code])}`, !p.hidden.has(code),
      (on) => { if (on) p.hidden.delete(code); else p.hidden.add(code); this.refilter(); }, { "data-class": String(code) }, this.swatch(colour, true))));
    return rows;
  }

  /* Time: a window that is moved with a slider, or plays by itself. */
  buildTime() {
    const time = this.points.time;
    this.timebar.hidden = !time;
    this.stop();
    if (!time) { this.timebar.replaceChildren(); return; }
    this.firstDay = Math.floor(time.first / ILP_DAY);
    this.days = Math.floor(time.last / ILP_DAY) - this.firstDay;
    this.span = ilpMake("select", { class: "ilpw-span", on: { change: () => this.moveTime() } },
      ...ILP_WINDOWS.filter(([, days]) => days <= this.days).map(([word, days]) => ilpMake("option", { value: String(days), text: this.say(word) })));
    this.slider = ilpMake("input", { type: "range", min: "0", max: String(this.days), value: "0", class: "ilpw-slider", "aria-label": this.say("when"), on: { input: () => this.moveTime() } });
    this.playing = this.button("play", () => (this.timer ? this.stop() : this.play()), { class: "ilpw-play" });
    this.period = ilpMake("output", { class: "ilpw-period" });
    this.timebar.replaceChildren(ilpMake("label", { class: "ilpw-label" }, `${this.say("window")} `, this.span), this.playing, this.slider, this.period);
    this.moveTime(false);
  }

  moveTime(redraw = true) {
    const days = Number(this.span.value), at = Number(this.slider.value);
    this.slider.disabled = this.playing.disabled = days === 0;
    if (days === 0) this.stop();
    this.points.window = days === 0 ? null : [(this.firstDay + at) * ILP_DAY, (this.firstDay + at + days) * ILP_DAY];
    const last = Math.min(at + days - 1, this.days), words = days === 0 ? `${this.dayName(0)} – ${this.dayName(this.days)}` : last > at ? `${this.dayName(at)} – ${this.dayName(last)}` : this.dayName(at);
    this.period.textContent = words;
    this.slider.setAttribute("aria-valuetext", words);
    if (!redraw) return;
    this.refilter();
    clearTimeout(this.telling);
    this.telling = setTimeout(() => this.host.send({ ask: "window", from: this.points.window?.[0] ?? null, to: this.points.window?.[1] ?? null }), 250);
  }

  dayName(day) {
    return new Intl.DateTimeFormat(this.words._language, { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format((this.firstDay + day) * ILP_DAY * 60000);
  }

  play() {
    const step = Math.max(1, Math.round(Number(this.span.value) / 7)), last = Math.max(0, this.days - Number(this.span.value) + 1);
    if (Number(this.slider.value) >= last) this.slider.value = "0";
    this.playing.textContent = this.say("stop");
    this.timer = setInterval(() => {
      const next = Number(this.slider.value) + step;
      this.slider.value = String(Math.min(next, last));
      this.moveTime();
      if (next >= last) this.stop();
    }, 220);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    if (this.playing) this.playing.textContent = this.say("play");
  }

  /* Choosing: what is shown and lies inside. When only a share is drawn, Python answers for all rows. */
  chooseWithin(rings, mode) {
    if (!this.points) return;
    if (this.points.thinned) {
      const how = mode ?? this.choice.mode;
      this.host.send({ ask: "within", mode: how, ...this.limits() }, [Float64Array.from(rings[0]).buffer]);
      return;
    }
    this.choose(this.points.inside(rings, this.choice.size), mode);
  }

  limits() {
    const { hidden, window } = this.points;
    return { hidden: this.show.incidents ? [...hidden] : [...Array(256).keys()], from: window?.[0] ?? null, to: window?.[1] ?? null };
  }

  chooseInView() {
    const b = this.map.getBounds(), [w, s, e, n] = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()];
    this.chooseWithin([[w, s, e, s, e, n, w, n]]);
  }

  chooseInside(mode) {
    if (!this.chosen) return;
    if (this.points.thinned) this.host.send({ ask: "inside", mode: mode ?? this.choice.mode, ...this.limits(), ...this.chosen });
    else this.chooseWithin(this.painter.layers[this.chosen.layer].rings(this.chosen.row), mode);
  }

  point(at, event) {
    if (!this.painter) return;
    const reach = 8 / this.frame.scale, i = this.points && !this.points.grouped ? this.points.near(at.lng, at.lat, reach) : -1;
    this.chosen = null;
    if (i >= 0) {
      const row = this.points.row(i), flags = new Uint8Array(this.choice.size);
      flags[row] = 1;
      this.choose(flags, this.modeOf(event));
      this.here.textContent = this.localWords(i);
      this.host.send({ ask: "about", row });
    } else {
      const row = this.rowAt(at.lng, at.lat);
      if (row >= 0) {
        this.chosen = { layer: this.show.layer, row };
        this.host.send({ ask: "about", ...this.chosen });
      } else {
        this.here.textContent = this.areaAt(at.lng, at.lat) || this.say("nothing_here");
      }
    }
    this.inside.hidden = !this.chosen || !this.points?.size || this.painter.layers[this.show.layer].told.kind === "lines";
    this.draw();
  }

  rowAt(x, y) {
    const layer = this.painter?.layers?.[this.show.layer];
    if (!layer) return -1;
    return layer.told.kind === "lines" ? layer.near(x, y, 6 / this.frame.scale) : layer.find(x, y);
  }

  areaAt(x, y) {
    if (!this.painter.areas || !this.show.areas) return "";
    const i = this.painter.areas.find(x, y);
    return i < 0 ? "" : this.ground.areas.names[this.painter.areas.rows[i]];
  }

  localWords(i) {
    const p = this.points, minutes = p.time?.minutes[i];
    const when = minutes === undefined || minutes === ILP_NO_TIME ? "" : new Intl.DateTimeFormat(this.words._language, { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" }).format(minutes * 60000);
    const what = p.codes ? p.labels[p.codes[i]] ?? this.say("no_value") : "";
    return [what, when].filter(Boolean).join(" · ");
  }

  hover(event) {
    if (!this.painter || this.lasso.kind !== "move") return;
    const { lng, lat } = event.latlng, i = this.points && !this.points.grouped && this.points.count < 300000 ? this.points.near(lng, lat, 7 / this.frame.scale) : -1;
    let words = i >= 0 ? this.localWords(i) : "";
    if (!words) {
      const layer = this.painter.layers?.[this.show.layer], row = this.rowAt(lng, lat);
      words = row >= 0 ? [this.areaAt(lng, lat), layer.told.labels[layer.told.codes[row]] ?? this.say("no_value")].filter(Boolean).join("\n") : this.areaAt(lng, lat);
    }
    const size = this.map.getSize(), at = event.containerPoint;
    this.tip.hidden = words === "";
    this.tip.textContent = words;
    this.tip.style.left = `${Math.min(at.x + 14, Math.max(0, size.x - this.tip.offsetWidth - 4))}px`;
    this.tip.style.top = `${Math.min(at.y + 14, Math.max(0, size.y - this.tip.offsetHeight - 4))}px`;
  }

  refilter() {
    if (!this.points) return;
    this.points.filter(this.show.incidents);
    if (this.fitted) this.tellSeen();
    this.sayChoice();
    this.draw("points");
  }

  sayChoice() {
    super.sayChoice();
    const p = this.points;
    if (!p) return;
    this.root.dataset.shown = String(p.count);
    const said = [];
    if (p.total === 0) said.push(this.say("empty"));
    else if (p.count === 0) said.push(this.say("all_hidden"));
    else {
      said.push(this.say("shown", { n: p.count, total: p.total }));
      if (p.thinned) said.push(this.say("thinned", { drawn: p.size, placed: p.placed }));
    }
    if (p.placed < p.total) said.push(this.say("unplaced", { n: p.total - p.placed }));
    if (this.based?.left_off) said.push(this.say("base_left_off", { n: this.based.left_off }));
    if (p.window && p.time.unknown) said.push(this.say("untimed", { n: p.time.unknown }));
    if (p.total) said.push(this.status.textContent);
    this.status.textContent = said.join(" · ");
  }

  tellView() {
    clearTimeout(this.viewing);
    this.viewing = setTimeout(() => {
      if (!this.fitted) return;
      const b = this.map.getBounds();
      this.host.send({ ask: "view", bounds: [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()] });
    }, 400);
  }

  draw(only) {
    if (!this.map || !this.painter || this.fitting) return;
    if (!this.fitted && this.points) { this.fit(); if (!this.fitted) return; }
    if (only !== "points" && !this.frame.place()) return;
    if (!this.frame.view) return;
    const begun = performance.now();
    if (only !== "points") this.painter.draw(this.show, this.looks, this.chosen);
    const was = this.points?.grouped;
    if (this.points && this.choice) this.root.dataset.inview = String(this.points.draw(this.frame, this.choice, this.looks, this.style));
    if (only !== "points" || was || this.points?.grouped) this.painter.drawNames(this.show, this.looks, this.points?.groups ?? []);
    this.root.dataset.ms = (performance.now() - begun).toFixed(1);
    this.drawn();
  }

  drawn() { this.root.dataset.drawn = String(Number(this.root.dataset.drawn) + 1); }
  choiceChanged() { this.sayChoice(); this.draw("points"); }

  key(event) {
    if (event.key === "Escape" && this.lasso && this.lasso.kind !== "move" && !this.choice.count) this.use("move");
    super.key(event);
  }

  resized() {
    this.root.classList.toggle("ilpw-narrow", this.root.clientWidth < 720);
    this.map?.invalidateSize({ animate: false });
    this.draw();
  }

  remove() {
    this.stop();
    for (const timer of [this.viewing, this.telling, this.seeing]) clearTimeout(timer);
    this.frame?.remove();
    this.map?.remove();
    super.remove();
  }
}

ilpKinds.crimemap = IlpCrimeMap;
