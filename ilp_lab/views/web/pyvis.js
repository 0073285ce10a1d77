/* Shows a network of pyvis with the script from its package; titles are shown as text. */
"use strict";
(function () {
  const data = JSON.parse(document.getElementById("ilp-data").textContent);
  const many = data.nodes.length > 1500, shown = document.documentElement.dataset;
  const plain = (thing) => { const box = document.createElement("div"); box.textContent = thing.title; return box; };
  for (const list of [data.nodes, data.edges]) for (const thing of list) thing.title = thing.title ? plain(thing) : undefined;
  for (const edge of data.edges) edge.color = { color: edge.color, opacity: many ? 0.16 : 0.8 };
  const box = document.getElementById("ilp-chart"), face = "Segoe UI, DejaVu Sans, sans-serif";
  const network = new vis.Network(box, { nodes: new vis.DataSet(data.nodes), edges: new vis.DataSet(data.edges) }, {
    physics: false,
    layout: { improvedLayout: false },
    nodes: { borderWidth: 1, font: { size: 13, face, color: "#1b2733", strokeWidth: 3, strokeColor: "#ffffff" } },
    edges: { smooth: false, width: 1.3, color: { inherit: false } },
    interaction: {
      hover: !many, tooltipDelay: 120, hideEdgesOnDrag: many, hideEdgesOnZoom: many, multiselect: true,
      keyboard: { enabled: true, bindToWindow: false },
    },
  });
  network.on("afterDrawing", () => { shown.drawn = String(Number(shown.drawn || 0) + 1); });
  shown.entities = String(data.nodes.length);
  shown.links = String(data.edges.length);
  network.fit({ animation: false });
  new ResizeObserver(() => { if (box.clientWidth && !shown.fitted) { network.fit({ animation: false }); shown.fitted = "1"; } }).observe(box);
})();
