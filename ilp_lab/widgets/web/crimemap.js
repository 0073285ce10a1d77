/* The crime map in the page: map, legend, layers, time, and what is chosen. Text from data only ever becomes textContent or fillText. */
"use strict";

class IlpCrimeMap extends IlpLegendMap {
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
    const north = ilpMake("div", { class: "ilpw-north", role: "img", "aria-label": this.say("north"), text: this.say("north_sign") });
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
      kinds[0], ilpMake("span", { text: this.say("choose_by") }), kinds[1], kinds[2], this.button("in_view", () => this.chooseInView(), { class: "ilpw-inview" }), this.button("whole", () => { this.wanted = null; this.fit(); this.draw(); }),
      ...this.choosing(), this.button("contrast", (event) => this.contrast(event.currentTarget), { "aria-pressed": "false", class: "ilpw-tocontrast" }),
      this.printing(["png", "pdf"], (asked) => this.host.send({ ...asked, ...this.seen() })),
    );
  }

  seen() {
    return { ...this.show, layer: this.painter?.layers?.length ? this.show.layer : -1, hidden: [...this.points?.hidden ?? []] };
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
    if (content.metres && !this.scale) { this.scale = ilpScale(this.say("metre"), this.say("kilometre")).addTo(this.map); }
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

  /* Lines of longitude and latitude for what is seen now: finer the closer one looks. */
  hear_grid(content) {
    if (!this.ground) return;
    this.ground.grid = content.grid;
    this.root.dataset.grid = String(content.grid.length);
    this.draw();
  }

  /* The part that Python wants to be seen; without one, everything. */
  hear_view({ bounds }) {
    this.wanted = bounds;
    if (!bounds && !this.fitted) return;
    this.fit();
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
    const [west, south, east, north] = this.wanted ?? this.ground.bounds, pad = this.wanted ? 0 : 14;
    this.fitting = true;
    this.map.invalidateSize({ animate: false });
    const size = this.map.getSize();
    this.fitted = size.x > 0 && size.y > 0;
    if (this.fitted) this.map.fitBounds([[south, west], [north, east]], { padding: [pad, pad], animate: false });
    this.fitting = false;
  }

  /* Choosing: what is shown and lies inside. When only a share is drawn, Python answers for all rows. */
  chooseWithin(rings, mode) {
    if (!this.points) return;
    if (this.points.thinned) {
      const how = mode ?? this.choice.mode;
      this.host.send({ ask: "within", mode: how, ...this.limits() }, rings.map((ring) => Float64Array.from(ring).buffer));
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
    if (this.group) { this.chooseWithin(this.group.rings, mode); return; }
    if (!this.chosen) return;
    if (this.points.thinned) this.host.send({ ask: "inside", mode: mode ?? this.choice.mode, ...this.limits(), ...this.chosen });
    else this.chooseWithin(this.painter.layers[this.chosen.layer].rings(this.chosen.row), mode);
  }

  point(at, event) {
    if (!this.painter) return;
    const reach = 8 / this.frame.scale, i = this.points && !this.points.grouped ? this.points.near(at.lng, at.lat, reach) : -1;
    this.chosen = null;
    this.group = this.points?.groupAt(this.frame.px(at.lng), this.frame.py(at.lat)) ?? null;
    if (this.group) {
      this.here.textContent = [...this.groupWords(this.group), this.say("group_hint")].join(" · ");
    } else if (i >= 0) {
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
    this.inside.hidden = !this.group && (!this.chosen || !this.points?.size || this.painter.layers[this.show.layer].told.kind === "lines");
    this.draw();
  }

  groupWords(group) {
    const made = this.points.makeUp(group), words = made.slice(0, 4).map(([code, n]) => `${this.points.labels[code] ?? this.say("no_value")}: ${this.number(n)}`);
    return [this.say("group", { n: group.n }), ...words, ...(made.length > 4 ? ["…"] : [])];
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
    const group = this.points?.groupAt(this.frame.px(lng), this.frame.py(lat));
    let words = group ? this.say("group", { n: group.n }) : i >= 0 ? this.localWords(i) : "";
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
    if (p.grouped && this.choice.count) said.push(this.say("figures_chosen"));
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
    if (this.points?.grouped) this.root.dataset.figures = String(this.points.figures);
    if (this.points && this.choice && Boolean(was) !== this.points.grouped) this.sayChoice();
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
