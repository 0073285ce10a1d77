/* What is on the sheet of a link chart: entities by themselves, closed groups, and the lines between them. Text from data only
   ever becomes textContent or fillText. */
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

/* Hebrew, Arabic and their neighbours are written from the right. */
const ilpFromRight = (text) => /^[^\p{L}]*[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/u.test(text);

class IlpScene {
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
    this.says = data.says;  /* what the drawing says by itself, in the reader's language */
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

  /* ---- how large, and next to what */

  pixels(row) { const s = this.sheet.scale; if (this.ground) return this.size[row] * 0.7; return Math.max(1.3, Math.min(this.size[row] * 1.5, this.size[row] * Math.max(s, this.few ? 0.55 : 0))); }

  neighbours() {
    if (!this.chosen || this.chosen.what === "line") return null;
    const me = this.chosen.what === "group" ? this.n + this.chosen.at : this.chosen.at, near = new Set([me]);
    for (const line of this.lines) { if (line.a === me) near.add(line.b); else if (line.b === me) near.add(line.a); }
    return near;
  }
}
