/* Asks, zooms and moves a drawing made of shapes. Text from data only ever becomes textContent. */
"use strict";
(function () {
  const data = JSON.parse(document.getElementById("ilp-data").textContent), told = document.getElementById("ilp-facts");
  const box = document.getElementById("ilp-plate"), svg = document.getElementById("ilp-svg"), shown = document.documentElement.dataset;
  let zoom = 0;
  const whole = () => Math.min((box.clientWidth - 24) / data.width, (box.clientHeight - 24) / data.height);
  const set = (value, x, y) => {
    const before = zoom || value, px = x === undefined ? box.clientWidth / 2 : x, py = y === undefined ? box.clientHeight / 2 : y;
    const left = (box.scrollLeft + px) / before, top = (box.scrollTop + py) / before;
    zoom = Math.max(whole() * 0.5, Math.min(6, value));
    svg.style.width = data.width * zoom + "px"; svg.style.height = data.height * zoom + "px";
    box.scrollLeft = left * zoom - px; box.scrollTop = top * zoom - py;
  };
  const start = () => { set(Math.max(Math.min(whole(), 1.5), Math.min(1, (box.clientWidth - 24) / data.width), 0.55)); box.scrollLeft = 0; box.scrollTop = 0; };
  let chosen = null;
  const tell = (part) => {
    if (chosen) chosen.classList.remove("ilp-chosen");
    chosen = part;
    if (!part) { told.textContent = data.click; return; }
    part.classList.add("ilp-chosen");
    told.textContent = data.facts[Number(part.dataset.part)];
  };
  svg.addEventListener("click", (event) => tell(event.target.closest("[data-part]")));
  svg.addEventListener("focusin", (event) => { const part = event.target.closest("[data-part]"); if (part) tell(part); });
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.altKey) return;
    event.preventDefault();
    const at = box.getBoundingClientRect();
    set(zoom * Math.exp(-event.deltaY * 0.003), event.clientX - at.left, event.clientY - at.top);
  }, { passive: false });
  let held = null;
  box.addEventListener("pointerdown", (event) => { if (event.pointerType === "mouse") held = [event.clientX, event.clientY, box.scrollLeft, box.scrollTop]; });
  window.addEventListener("pointermove", (event) => { if (held) { box.scrollLeft = held[2] - event.clientX + held[0]; box.scrollTop = held[3] - event.clientY + held[1]; } });
  window.addEventListener("pointerup", () => { held = null; });
  box.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") set(zoom * 1.25);
    else if (event.key === "-" || event.key === "−") set(zoom * 0.8);
    else if (event.key === "0") set(whole());
    else if (event.key === "Escape") tell(null);
    else return;
    event.preventDefault();
  });
  document.getElementById("ilp-larger").addEventListener("click", () => set(zoom * 1.25));
  document.getElementById("ilp-smaller").addEventListener("click", () => set(zoom * 0.8));
  document.getElementById("ilp-whole").addEventListener("click", () => set(whole()));
  new ResizeObserver(() => { if (box.clientWidth && !shown.drawn) { start(); shown.drawn = "1"; } }).observe(box);
  shown.parts = String(svg.querySelectorAll("[data-part]").length);
})();
