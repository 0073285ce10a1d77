// A board: its head (what it answers, the controls, what is going on, the button that stops it) and its pages
// (sentences, numbers, pictures, tables, and how it was worked out). Every text is put in as text, never as HTML;
// pages stand in frames that can reach neither notebook nor network.

const WAIT_MS = 4000;
const SILENT_MS = 20000;
const NOTICE_MS = 500;
const WIDE_PX = 1200; // narrower, the controls stand above the answer: then only the first of them are open
const MOST = 8; // columns from which a sentence needs all the width it can get
const MANY = 6; // columns that stand too close for sentences
const NARROW_PX = 704; // narrower, the legend of a page stands below its picture, and the page is higher by so much:
const LEGEND_PX = 340;
const SENTENCE = 36; // signs from which a text is read as a sentence

const FOCUSED = new Set(["button", "input", "select", "summary", "textarea"]);

function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (key === "text") element.textContent = value;
    else if (value === true) element.setAttribute(key, "");
    else element.setAttribute(key, String(value));
  }
  // JupyterLab would take arrows and Enter for itself, unless the element that has the focus says otherwise.
  if (FOCUSED.has(name) || attributes.tabindex) element.dataset.lmSuppressShortcuts = "true";
  element.append(...children);
  return element;
}

let count = 0;
// Each board on a page counts for itself: without a mark of its own a label would lead into another board.
const MARK = Math.random().toString(36).slice(2, 8);
const fresh = (kind) => `ilp-${kind}-${MARK}-${++count}`;

function described(asked) {
  if (!asked.hint) return [{}, []];
  const id = fresh("help");
  return [{ "aria-describedby": id }, [make("p", { id, class: "ilp-help", dir: "auto", text: asked.hint })]];
}

function labelled(asked, control) {
  const id = fresh("ask");
  control.element.id = id;
  const label = make("label", { for: id, dir: "auto", text: asked.label });
  return make("div", { class: `ilp-ask ilp-ask-${asked.kind}`, "data-name": asked.name }, label, control.row || control.element, ...control.help);
}

const KINDS = {
  choice(asked, tell) {
    const [describedBy, help] = described(asked);
    const element = make("select", describedBy);
    asked.options.forEach(([, label], place) => element.append(make("option", { value: place, dir: "auto", text: label })));
    element.addEventListener("change", () => tell(asked.options[Number(element.value)][0]));
    return {
      box: labelled(asked, { element, help }),
      put: (value) => { element.value = String(asked.options.findIndex(([option]) => option === value)); },
    };
  },
  many(asked, tell) {
    const [describedBy, help] = described(asked);
    const box = make("fieldset", { class: "ilp-ask ilp-ask-many", "data-name": asked.name, ...describedBy }, make("legend", { dir: "auto", text: asked.label }));
    const list = make("div", { class: "ilp-many", tabindex: asked.options.length > 8 ? "0" : null, role: asked.options.length > 8 ? "group" : null, "aria-label": asked.options.length > 8 ? asked.label : null });
    const ticks = asked.options.map(([value, label]) => {
      const tick = make("input", { type: "checkbox" });
      tick.addEventListener("change", () => tell(ticks.filter(([one]) => one.checked).map(([, held]) => held)));
      list.append(make("label", { dir: "auto" }, tick, make("span", { text: label })));
      return [tick, value];
    });
    box.append(list, ...help);
    return { box, put: (values) => ticks.forEach(([tick, value]) => { tick.checked = (values || []).includes(value); }) };
  },
  slider(asked, tell) {
    const [describedBy, help] = described(asked);
    const element = make("input", { type: "range", min: asked.low, max: asked.high, step: asked.step, ...describedBy });
    const exact = make("input", { type: "number", min: asked.low, max: asked.high, step: asked.step, "aria-label": asked.label, class: "ilp-exact" });
    const said = () => { element.setAttribute("aria-valuetext", asked.unit ? `${element.value} ${asked.unit}` : element.value); };
    element.addEventListener("input", () => { exact.value = element.value; said(); });
    element.addEventListener("change", () => tell(Number(element.value)));
    exact.addEventListener("change", () => {
      if (exact.value === "" || !exact.checkValidity()) { exact.value = element.value; return; }
      element.value = exact.value; said(); tell(Number(exact.value));
    });
    const row = make("div", { class: "ilp-row" }, element, exact, ...(asked.unit ? [make("span", { class: "ilp-unit", text: asked.unit })] : []));
    return { box: labelled(asked, { element, row, help }), put: (value) => { element.value = value; exact.value = value; said(); } };
  },
  number(asked, tell) {
    const [describedBy, help] = described(asked);
    const element = make("input", { type: "number", min: asked.low, max: asked.high, step: asked.step, ...describedBy });
    let held = null;
    element.addEventListener("change", () => {
      if (element.value === "" || !element.checkValidity()) { element.value = held; return; }
      tell(Number(element.value));
    });
    return { box: labelled(asked, { element, help }), put: (value) => { held = value; element.value = value; } };
  },
  day(asked, tell) {
    const [describedBy, help] = described(asked);
    const element = make("input", { type: "date", min: asked.low, max: asked.high, ...describedBy });
    element.addEventListener("change", () => tell(element.value || null));
    return { box: labelled(asked, { element, help }), put: (value) => { element.value = value || ""; } };
  },
  yes(asked, tell) {
    const [describedBy, help] = described(asked);
    const element = make("input", { type: "checkbox", ...describedBy });
    element.addEventListener("change", () => tell(element.checked));
    return { box: labelled(asked, { element, help }), put: (value) => { element.checked = Boolean(value); } };
  },
  text(asked, tell) {
    const [describedBy, help] = described(asked);
    const element = make(asked.long ? "textarea" : "input", { type: asked.long ? null : "text", rows: asked.long ? 3 : null, dir: "auto", ...describedBy });
    element.addEventListener("change", () => tell(element.value));
    return { box: labelled(asked, { element, help }), put: (value) => { element.value = value || ""; } };
  },
};

// What is shown comes as messages: nothing of it is state that a notebook could keep.
function follow(model, on) {
  const values = {};
  model.on("msg:custom", (message) => {
    if (message.about !== "put") return;
    Object.assign(values, message.values);
    for (const name of Object.keys(on)) if (name in message.values) on[name](values[name]);
  });
  model.send({ ask: "everything" });
  return values;
}

function head({ model, el }) {
  const words = model.get("words");
  const root = make("section", { class: "ilp-board ilp-board-head", lang: model.get("language"), dir: model.get("direction") });
  const heading = make("h2", { dir: "auto" });
  const question = make("p", { class: "ilp-question", dir: "auto" });
  heading.id = fresh("heading");
  root.setAttribute("aria-labelledby", heading.id);
  const origin = make("p", { class: "ilp-origin", dir: "auto" });
  const form = make("div", { class: "ilp-asked", role: "group", "aria-label": words.controls });
  const acts = make("div", { class: "ilp-acts" });
  const status = make("p", { class: "ilp-status", role: "status", "aria-live": "polite" });
  const fault = make("p", { class: "ilp-fault", role: "alert", dir: "auto" });
  const bar = make("progress", { "aria-label": words.progress, max: 1, hidden: true });
  const stop = make("button", { type: "button", class: "ilp-stop", text: words.stop, hidden: true });
  const line = make("div", { class: "ilp-line" }, status, bar, stop);
  root.append(heading, question, origin, line, fault, form, acts);
  status.textContent = words.opening;
  el.append(root);

  let controls = {}, laid = "", askedLast = null, asking = null, ticking = null, began = 0, gone = false;

  const send = (content) => {
    if (gone) { silent(); return; }
    model.send(content);
    clearTimeout(asking);
    asking = setTimeout(() => {
      status.textContent = words.waiting;
      asking = setTimeout(silent, SILENT_MS);
    }, WAIT_MS);
  };
  const heard = () => { clearTimeout(asking); asking = null; };

  function silent() {
    heard(); clearInterval(ticking); bar.hidden = true; stop.hidden = true; status.textContent = "";
    root.dataset.kind = "silent";
    fault.textContent = words.silent;
  }

  function layForm(allAsked) {
    const fresh = JSON.stringify(allAsked);
    if (fresh === laid) return; // a page that opens later asks for everything, and this one keeps its focus
    laid = fresh;
    // The choices changed under somebody's hand: groups stay as they were opened, the focus stays where it was.
    const focused = form.contains(document.activeElement) ? document.activeElement.closest("[data-name]")?.dataset.name : null;
    const opened = new Map([...form.querySelectorAll("details")].map((one) => [one.dataset.group, one.open]));
    form.replaceChildren(); controls = {};
    let group = null, box = form;
    for (const asked of allAsked) {
      if ((asked.group || null) !== group) {
        group = asked.group || null;
        box = form;
        if (group) {
          box = make("div", { class: "ilp-group-fields", role: "group", "aria-label": group });
          const open = opened.get(group) ?? (!form.childElementCount || window.innerWidth >= WIDE_PX);
          form.append(make("details", { class: "ilp-group", "data-group": group, open }, make("summary", { dir: "auto", text: group }), box));
        }
      }
      const control = KINDS[asked.kind](asked, (value) => ask(asked.name, value));
      controls[asked.name] = control;
      box.append(control.box);
    }
    if (held.state) putState(held.state);
    if (focused) [...form.querySelectorAll("[data-name]")].find((one) => one.dataset.name === focused)?.querySelector("input, select, textarea")?.focus();
  }

  function ask(name, value) {
    askedLast = `${heading.id}-${++count}`;
    send({ kind: "asked", name, value, token: askedLast });
  }

  // What Python says of the controls before it has heard what was asked last would undo it under the user's hand.
  function putState(state) {
    if (askedLast !== null && held.heard !== askedLast) return;
    askedLast = null;
    for (const [name, control] of Object.entries(controls)) control.put(state[name]);
  }

  function layActs(buttons) {
    acts.replaceChildren();
    for (const act of buttons) {
      const button = make("button", { type: "button", "data-act": act.name, title: act.hint || null, text: act.label });
      button.addEventListener("click", () => send({ kind: "act", name: act.name }));
      acts.append(button);
    }
    acts.hidden = !acts.childElementCount;
  }

  function layStatus(now) {
    heard();
    root.dataset.kind = now.kind;
    fault.textContent = now.kind === "fault" ? now.text : "";
    const working = now.kind === "working";
    if (!working) {
      clearInterval(ticking); ticking = null;
      status.textContent = now.kind === "fault" ? "" : now.text;
      bar.hidden = true; stop.hidden = true;
      return;
    }
    if (ticking === null) began = performance.now();
    const show = () => {
      const ms = performance.now() - began;
      if (ms < NOTICE_MS) return;
      status.textContent = ms < 3000 ? now.text : `${now.text} ${words.seconds.replace("{seconds}", Math.floor(ms / 1000))}`;
      bar.hidden = false; stop.hidden = false;
      if (typeof now.share === "number") bar.value = now.share; else bar.removeAttribute("value");
    };
    clearInterval(ticking);
    ticking = setInterval(show, 500);
    show();
  }

  stop.addEventListener("click", () => send({ kind: "stop" }));
  root.addEventListener("keydown", (event) => { if (event.key === "Escape" && !stop.hidden) { event.preventDefault(); send({ kind: "stop" }); } });
  const held = follow(model, {
    key: (text) => { root.dataset.board = text; },
    heading: (text) => { heading.textContent = text; },
    question: (text) => { question.textContent = text; },
    origin: (text) => { origin.textContent = text; origin.hidden = !text; },
    asked: layForm, state: putState, acts: layActs, status: layStatus,
  });
  model.on("comm_live_update", () => { gone = model.comm_live === false; if (gone) silent(); });
  model.on("comm:close", () => { gone = true; silent(); });
  return () => { heard(); clearInterval(ticking); };
}

const titled = (block, ...children) =>
  make("section", { class: `ilp-block ilp-block-${block.kind}`, "data-block": block.name || block.kind },
    ...(block.heading ? [make("h3", { dir: "auto", text: block.heading })] : []), ...children);

function sorted(body, column, number, down) {
  const rows = [...body.rows];
  const key = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
  rows.sort((a, b) => {
    const [x, y] = [key(a), key(b)];
    if (x === "" || y === "") return (x === "") - (y === "");
    const order = number ? Number(x) - Number(y) : x.localeCompare(y);
    return down ? -order : order;
  });
  body.append(...rows);
}

const BLOCKS = {
  answer(block) {
    const box = make("div", { class: "ilp-answer" });
    block.lines.forEach((text, place) => box.append(make("p", { class: place ? null : "ilp-first", dir: "auto", text })));
    return titled(block, box);
  },
  facts(block) {
    const list = make("dl", { class: "ilp-facts" });
    for (const fact of block.items) {
      const card = make("div", { "data-fact": fact.name, class: fact.tone ? `ilp-${fact.tone}` : null },
        make("dt", { dir: "auto", text: fact.label }), make("dd", { class: "ilp-value", dir: "auto", text: fact.value }));
      if (fact.note) card.append(make("dd", { class: "ilp-note", dir: "auto", text: fact.note }));
      list.append(card);
    }
    return titled(block, list);
  },
  picture(block) {
    return titled(block, make("img", { src: block.source, alt: block.alternative }));
  },
  page(block) {
    const frame = make("iframe", { title: block.title, sandbox: "allow-scripts", referrerpolicy: "no-referrer", srcdoc: block.html });
    const high = () => { frame.style.height = `${block.height + (frame.clientWidth > 0 && frame.clientWidth <= NARROW_PX ? LEGEND_PX : 0)}px`; };
    high();
    new ResizeObserver(high).observe(frame);
    return titled(block, ...(block.note ? [make("p", { class: "ilp-note", dir: "auto", text: block.note })] : []), frame);
  },
  table(block, words) {
    const head = make("tr");
    const body = make("tbody");
    // A sentence in one of many narrow columns makes a row as tall as the screen.
    const many = block.columns.length >= MANY;
    const kinds = block.columns.map((column, at) =>
      column.number ? "ilp-number" : many && block.rows.some((row) => row[at].length > SENTENCE) ? "ilp-long" : block.values?.[at] ? "ilp-day" : null);
    block.columns.forEach((column, place) => {
      const button = make("button", { type: "button", text: column.label, title: column.hint ? `${column.hint} ${words.sort}` : words.sort });
      const cell = make("th", { scope: "col", class: kinds[place], dir: "auto" }, button);
      button.addEventListener("click", () => {
        const down = cell.getAttribute("aria-sort") === "ascending";
        head.querySelectorAll("th").forEach((one) => one.removeAttribute("aria-sort"));
        cell.setAttribute("aria-sort", down ? "descending" : "ascending");
        sorted(body, place, Boolean(block.values?.[place]), down);
      });
      head.append(cell);
    });
    block.rows.forEach((row, place) => {
      const line = make("tr", { class: block.tones?.[place] ? `ilp-${block.tones[place]}` : null });
      row.forEach((text, at) => {
        const cell = make(at ? "td" : "th", { scope: at ? null : "row", class: kinds[at], dir: "auto", text });
        const value = block.values?.[at]?.[place];
        if (value !== undefined && value !== null) cell.dataset.value = value;
        line.append(cell);
      });
      body.append(line);
    });
    const table = make("table", { class: block.columns.length < MOST ? "ilp-few" : null }, make("caption", { dir: "auto", text: block.note || block.heading }), make("thead", {}, head), body);
    const box = make("div", { class: "ilp-scroll", tabindex: "0", role: "region", "aria-label": block.heading }, table);
    const more = make("p", { class: "ilp-more", text: words.more, hidden: true });
    const wide = () => {
      more.hidden = box.scrollWidth <= box.clientWidth + 1;
      box.classList.toggle("ilp-wide", !more.hidden);
    };
    new ResizeObserver(wide).observe(box);
    const meanings = block.columns.filter((column) => column.hint).map((column) => make("p", { class: "ilp-note", dir: "auto", text: column.hint }));
    return titled(block, more, box, ...meanings);
  },
  notes(block) {
    const list = make("ul");
    block.lines.forEach((text) => list.append(make("li", { dir: "auto", text })));
    return titled(block, list);
  },
  method(block) {
    return make("details", { class: "ilp-block ilp-block-method", "data-block": block.name || "method" }, make("summary", { text: block.heading }), make("pre", { dir: "auto", tabindex: "0", text: block.text }));
  },
};

function pages({ model, el }) {
  const words = model.get("words");
  const root = make("div", { class: "ilp-board ilp-board-pages", lang: model.get("language"), dir: model.get("direction") });
  const heard = make("p", { class: "ilp-unseen", "aria-live": "polite" });
  const laid = make("div");
  root.append(heard, laid);
  el.append(root);
  let shown = [];

  function lay(blocks) {
    const told = blocks.map((block) => JSON.stringify(block));
    const old = [...laid.children];
    // What has not changed stays, so that a map does not blink and a table keeps its order.
    const next = blocks.map((block, place) => shown[place] === told[place] && old[place] ? old[place] : BLOCKS[block.kind](block, words));
    next.forEach((element, place) => { if (laid.children[place] !== element) laid.insertBefore(element, laid.children[place] || null); });
    while (laid.children.length > next.length) laid.lastChild.remove();
    shown = told;
    const answer = blocks.find((block) => block.kind === "answer");
    if (answer && heard.textContent !== answer.lines[0]) heard.textContent = answer.lines[0];
  }
  follow(model, { blocks: lay, busy: (busy) => laid.setAttribute("aria-busy", String(busy)) });
}

export default { render: (context) => (context.model.get("part") === "head" ? head(context) : pages(context)) };
