/* Choosing on the map with the pointer: a rectangle, or a lasso drawn by hand. */
"use strict";

class IlpLasso {
  constructor(map, done) {
    this.map = map; this.done = done; this.kind = "move";
    this.box = map.getContainer();
    this.canvas = ilpMake("canvas", { class: "ilpw-lasso", "aria-hidden": "true" });
    this.box.append(this.canvas);
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.go(event));
    this.canvas.addEventListener("pointerup", (event) => this.end(event));
    this.canvas.addEventListener("pointercancel", () => this.drop());
    for (const kind of ["mousedown", "dblclick", "click"]) this.canvas.addEventListener(kind, (event) => event.stopPropagation());
    this.use("move");
  }

  use(kind) {
    this.kind = kind;
    this.canvas.hidden = kind === "move";
    this.drop();
  }

  at(event) {
    const box = this.canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  }

  begin(event) {
    if (event.button !== 0) return;
    const box = this.box.getBoundingClientRect();
    this.canvas.width = box.width; this.canvas.height = box.height;
    this.canvas.setPointerCapture(event.pointerId);
    this.corners = [this.at(event)];
    event.stopPropagation();
    event.preventDefault();
  }

  go(event) {
    if (!this.corners) return;
    if (this.kind === "rectangle") {
      const [x0, y0] = this.corners[0], [x1, y1] = this.at(event);
      this.corners = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    } else {
      this.corners.push(this.at(event));
    }
    const c = this.canvas.getContext("2d");
    c.clearRect(0, 0, this.canvas.width, this.canvas.height);
    c.beginPath();
    this.corners.forEach(([x, y], k) => (k ? c.lineTo(x, y) : c.moveTo(x, y)));
    c.closePath();
    c.fillStyle = "rgba(240,163,10,.18)"; c.fill(); c.strokeStyle = "#7a4b00"; c.lineWidth = 1.5; c.setLineDash([5, 3]); c.stroke();
  }

  end(event) {
    const corners = this.corners;
    this.drop();
    if (!corners || corners.length < 3) return;
    const ring = corners.flatMap(([x, y]) => {
      const at = this.map.containerPointToLatLng([x, y]);
      return [at.lng, at.lat];
    });
    this.done(ring, event);
  }

  drop() {
    this.corners = null;
    this.canvas.getContext("2d").clearRect(0, 0, this.canvas.width, this.canvas.height);
  }
}
