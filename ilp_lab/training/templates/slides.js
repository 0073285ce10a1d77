"use strict";
(function () {
  var slides = Array.prototype.slice.call(document.querySelectorAll("section"));
  var said = document.getElementById("said");
  var at = 0;
  function show(next) {
    at = Math.max(0, Math.min(slides.length - 1, next));
    slides.forEach(function (slide, place) { slide.hidden = place !== at; });
    document.getElementById("number").textContent = (at + 1) + " / " + slides.length;
    said.textContent = slides[at].querySelector("h1,h2").textContent;
    if (history.replaceState) { history.replaceState(null, "", "#" + (at + 1)); }
  }
  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey) { return; }
    var steps = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, Enter: 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Backspace: -1 };
    if (event.key in steps) { event.preventDefault(); show(at + steps[event.key]); }
    if (event.key === "Home") { show(0); }
    if (event.key === "End") { show(slides.length - 1); }
  });
  document.getElementById("back").addEventListener("click", function () { show(at - 1); });
  document.getElementById("next").addEventListener("click", function () { show(at + 1); });
  document.body.classList.add("one");
  show((parseInt(location.hash.slice(1), 10) || 1) - 1);
}());
