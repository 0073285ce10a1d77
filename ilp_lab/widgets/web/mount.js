/* Loads the widget's script from the kernel, once per page, and hands it what the kernel says. Nothing is kept in the notebook. */
const page = (globalThis.ilpWidgets ??= { modules: new Map(), held: new Map(), stores: new Map() });

/* JupyterLab takes letters, arrows and Enter for its own commands (R makes a raw cell of the one that holds the chart) unless the
   very element with the focus says otherwise. Commands with Ctrl, Alt or Meta stay those of JupyterLab. */
if (!page.keys) {
  page.keys = true;
  window.addEventListener("keydown", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest(".ilpw-host")) return;
    if (event.ctrlKey || event.altKey || event.metaKey) event.target.removeAttribute("data-lm-suppress-shortcuts");
    else event.target.setAttribute("data-lm-suppress-shortcuts", "true");
  }, true);
}

function holderOf(model) {
  const wire = model.get("_wire");
  if (!page.held.has(wire)) page.held.set(wire, { latest: new Map(), views: new Set(), live: true, waiting: [] });
  return page.held.get(wire);
}

function loaded(sha, text) {
  if (!page.modules.has(sha)) {
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    page.modules.set(sha, import(url).finally(() => URL.revokeObjectURL(url)));
  }
  return page.modules.get(sha);
}

function dressed(sha, text) {
  if (document.querySelector(`style[data-ilp="${sha}"]`)) return;
  const sheet = document.createElement("style");
  sheet.dataset.ilp = sha;
  sheet.textContent = text;
  document.head.append(sheet);
}

export default {
  initialize({ model }) {
    const held = holderOf(model);
    const hear = (message, buffers) => {
      if (message.about === "script") {
        held.script = message;
        held.waiting.splice(0).forEach((go) => go(message));
        return;
      }
      held.latest.delete(message.about);
      if (!message.once) held.latest.set(message.about, [message, buffers]);
      held.views.forEach((view) => view.hear(message, buffers));
    };
    const living = () => {
      held.live = false;
      held.views.forEach((view) => view.left());
    };
    model.on("msg:custom", hear);
    model.on("comm_live_update", living);
    const timer = setTimeout(() => { if (!held.script) model.send({ ask: "everything" }); }, 400);
    return () => {
      clearTimeout(timer);
      model.off("msg:custom", hear);
      model.off("comm_live_update", living);
      page.held.delete(model.get("_wire"));
    };
  },

  async render({ model, el, signal }) {
    const held = holderOf(model);
    el.classList.add("ilpw-host");
    const waiting = document.createElement("p");
    waiting.setAttribute("role", "status");
    waiting.textContent = model.get("_waiting");
    el.append(waiting);
    const script = held.script ?? (await new Promise((go) => held.waiting.push(go)));
    if (signal?.aborted) return undefined;
    const module = await loaded(script.sha, script.text);
    if (signal?.aborted) return undefined;
    dressed(script.sha, script.style);
    waiting.remove();
    const view = new module.kinds[script.kind]({
      el, page, words: script.words, language: script.language,
      send: (content, buffers) => { if (held.live) model.send(content, undefined, buffers); },
    });
    for (const [message, buffers] of held.latest.values()) view.hear(message, buffers);
    held.views.add(view);
    if (!held.live) view.left();
    return () => { held.views.delete(view); view.remove(); };
  },
};
