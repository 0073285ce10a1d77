/* What folium's templates expect of jQuery, of Leaflet's marker pictures and of its pin markers: a few lines each. */
"use strict";
(function () {
  window.$ = window.$ || function (what) {
    if (what === document) {
      return { ready: (act) => (document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", act) : act()) };
    }
    const holder = document.createElement("template");
    holder.innerHTML = String(what).trim();
    return [holder.content.firstElementChild];
  };
  window.ilpText = (value) => {
    if (value === null || value === undefined) return "";
    const holder = document.createElement("div");
    holder.textContent = typeof value === "object" ? JSON.stringify(value) : String(value);
    return holder.innerHTML.replace(/\n/g, " ");
  };
  const pictures = JSON.parse(document.getElementById("ilp-data").textContent).pictures;
  L.Map.mergeOptions({ maxZoom: 18 });  /* clusters need to know, and without tiles nobody says */
  delete L.Icon.Default.prototype._getIconUrl;
  L.Icon.Default.mergeOptions({ iconUrl: pictures.icon, iconRetinaUrl: pictures.icon2x, shadowUrl: pictures.shadow });
  const colours = {
    red: "#d63e2a", darkred: "#a13336", lightred: "#ff8e7f", orange: "#f69730", beige: "#ffcb92", green: "#72b026",
    darkgreen: "#728224", lightgreen: "#bbf970", blue: "#2a81cb", darkblue: "#0067a3", cadetblue: "#436978",
    lightblue: "#8adaff", purple: "#d252b9", darkpurple: "#5b396b", pink: "#ff91ea", white: "#fbfbfb", gray: "#575757",
    lightgray: "#a3a3a3", black: "#303030",
  };
  function pin(options) {
    const fill = colours[options.markerColor] || "#2a81cb";
    return L.divIcon({
      className: "ilp-pin", iconSize: [26, 36], iconAnchor: [13, 36], popupAnchor: [0, -32],
      html: '<svg width="26" height="36" viewBox="0 0 26 36" aria-hidden="true"><path d="M13 35C13 35 1.5 20.5 1.5 12.5a11.5 11.5 0 0 1 23 0C24.5 20.5 13 35 13 35z" fill="'
        + fill + '" stroke="#fff" stroke-width="1.5"/><circle cx="13" cy="12.5" r="4.2" fill="#fff"/></svg>',
    });
  }
  L.AwesomeMarkers = { icon: pin, Icon: pin };
})();
