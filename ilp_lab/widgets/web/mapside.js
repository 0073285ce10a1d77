/* What stands beside a crime map: layers, the legend in words, and which incidents are shown. */
"use strict";

class IlpLegendMap extends IlpTimedMap {
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
}
