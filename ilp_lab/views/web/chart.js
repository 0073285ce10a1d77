/* Draws a link chart whose entities already have their places. Text from data only ever becomes text. */
"use strict";
(function () {
  const data = JSON.parse(document.getElementById("ilp-data").textContent);
  const many = data.nodes.length > 1500, shown = document.documentElement.dataset;
  const told = document.getElementById("ilp-facts"), found = document.getElementById("ilp-found");
  data.nodes.forEach((node, row) => { node.title = data.words[row]; });
  data.edges.forEach((edge) => {
    edge.color = { color: edge.color, highlight: "#111111", hover: "#111111", opacity: many ? 0.16 : 0.8 };
  });
  const nodes = new vis.DataSet(data.nodes), edges = new vis.DataSet(data.edges), hidden = new Set();
  const view = new vis.DataView(edges, { filter: (edge) => !hidden.has(data.kinds[edge.id]) });
  const box = document.getElementById("ilp-chart");
  const network = new vis.Network(box, { nodes, edges: view }, {
    physics: false,
    layout: { improvedLayout: false },
    nodes: {
      borderWidth: 1, borderWidthSelected: 3, labelHighlightBold: true,
      font: { size: 13, face: "Segoe UI, DejaVu Sans, sans-serif", color: "#1b2733", strokeWidth: 3, strokeColor: "#ffffff" },
      scaling: { label: { enabled: false, drawThreshold: data.named ? 4 : 9 } },
    },
    edges: {
      smooth: false, width: 1.3, selectionWidth: 2.5, hoverWidth: 1, color: { inherit: false },
      font: { size: 10, face: "Segoe UI, DejaVu Sans, sans-serif", color: "#51606e", strokeWidth: 3, strokeColor: "#ffffff" },
      scaling: { label: { enabled: false, drawThreshold: 8 } },
    },
    interaction: {
      hover: !many, tooltipDelay: 120, hideEdgesOnDrag: many, hideEdgesOnZoom: many, multiselect: true,
      keyboard: { enabled: true, bindToWindow: false },
    },
  });
  const tell = (id) => {
    const links = network.getConnectedEdges(id).slice(0, 40).map((edge) => edges.get(edge).title.replace(/\n/g, " · "));
    told.textContent = [data.words[id], "", ...links].join("\n");
  };
  const go = (id) => {
    network.selectNodes([id]);
    network.focus(id, { scale: Math.max(network.getScale(), 0.9), animation: false });
    tell(id);
  };
  network.on("afterDrawing", () => { shown.drawn = String(Number(shown.drawn || 0) + 1); });
  network.on("selectNode", (event) => tell(event.nodes[event.nodes.length - 1]));
  network.on("selectEdge", (event) => { if (!event.nodes.length) told.textContent = edges.get(event.edges[0]).title; });
  const search = document.getElementById("ilp-search"), texts = data.nodes.map((node, row) => (node.label + " " + data.ids[row]).toLowerCase());
  search.addEventListener("input", () => {
    found.replaceChildren();
    const wanted = search.value.trim().toLowerCase();
    if (!wanted) return;
    const hits = [];
    for (let row = 0; row < texts.length && hits.length < 13; row++) if (texts[row].includes(wanted)) hits.push(row);
    for (const row of hits.slice(0, 12)) {
      const item = document.createElement("li"), button = document.createElement("button");
      button.type = "button";
      button.textContent = data.nodes[row].label + (data.nodes[row].label === data.ids[row] ? "" : " (" + data.ids[row] + ")");
      button.addEventListener("click", () => go(row));
      item.append(button); found.append(item);
    }
    if (hits.length !== 1) {
      const note = document.createElement("li");
      note.textContent = hits.length ? (hits.length > 12 ? "More than 12 found; write more of the name." : "") : "Nothing on the chart is called that.";
      if (note.textContent) found.append(note);
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && found.querySelector("button")) found.querySelector("button").click();
  });
  document.querySelectorAll("[data-kind]").forEach((tick) => tick.addEventListener("change", () => {
    if (tick.checked) hidden.delete(Number(tick.dataset.kind)); else hidden.add(Number(tick.dataset.kind));
    view.refresh();
    shown.links = String(view.length);
  }));
  document.getElementById("ilp-whole").addEventListener("click", () => network.fit({ animation: false }));
  shown.links = String(view.length);
  shown.entities = String(nodes.length);
  network.fit({ animation: false });
  new ResizeObserver(() => { if (box.clientWidth && !shown.fitted) { network.fit({ animation: false }); shown.fitted = "1"; } }).observe(box);
})();
