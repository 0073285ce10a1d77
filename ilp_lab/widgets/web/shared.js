/* What the widgets share: building elements, arrays from messages, words, and the choice of rows. Text is only ever textContent. */
"use strict";

function ilpMake(tag, options = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name === "on") Object.entries(value).forEach(([kind, call]) => element.addEventListener(kind, call));
    else if (name === "class") element.className = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

const ILP_ARRAYS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array, u2: Uint16Array };

/* JSON in which {"$": number, kind} stands for an array; copies only where bytes are not aligned. */
function ilpUnpack(content, buffers) {
  if (Array.isArray(content)) return content.map((part) => ilpUnpack(part, buffers));
  if (content === null || typeof content !== "object") return content;
  if ("$" in content) {
    const view = buffers[content.$], Kind = ILP_ARRAYS[content.kind], size = view.byteLength / Kind.BYTES_PER_ELEMENT;
    return view.byteOffset % Kind.BYTES_PER_ELEMENT === 0
      ? new Kind(view.buffer, view.byteOffset, size)
      : new Kind(view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
  }
  return Object.fromEntries(Object.entries(content).map(([name, part]) => [name, ilpUnpack(part, buffers)]));
}

function ilpSay(words, name, values = {}) {
  return Object.entries(values).reduce(
    (text, [key, value]) => text.replaceAll(`{${key}}`, () => (typeof value === "number" ? ilpNumber(value, words) : value)),
    words[name] ?? name,
  );
}

function ilpNumber(value, words) {
  return new Intl.NumberFormat(words?._language ?? "en", { maximumFractionDigits: 1 }).format(value);
}

/* The choice of rows of one table: one per selection and page, so that widgets follow each other without the kernel. */
class IlpChoice {
  constructor(size) {
    this.size = size; this.flags = new Uint8Array(size); this.count = 0; this.token = ""; this.mode = "new";
    this.followers = new Set();
  }

  static of(page, key, size) {
    if (!page.stores.has(key)) page.stores.set(key, new IlpChoice(size));
    return page.stores.get(key);
  }

  /* flags: one byte per row. mode: new, add or within. Returns whether anything changed hands. */
  apply(flags, mode, author) {
    const how = mode ?? this.mode;
    let count = 0;
    const next = new Uint8Array(this.size);
    for (let i = 0; i < this.size; i++) {
      const on = how === "add" ? flags[i] | this.flags[i] : how === "within" && this.count ? flags[i] & this.flags[i] : flags[i];
      next[i] = on; count += on;
    }
    this.flags = next; this.count = count;
    this.token = `page-${Math.random().toString(36).slice(2)}`;
    this.followers.forEach((follower) => follower.choiceChanged(author));
  }

  /* How the next choice meets this one, in every widget that shares it. */
  meet(mode) {
    this.mode = mode;
    this.followers.forEach((follower) => { if (follower.modes) follower.modes.value = mode; });
  }

  clear(author) { this.apply(new Uint8Array(this.size), "new", author); }

  receive(token, bits) {
    if (token === this.token && token !== "") return;
    this.token = token;
    const next = new Uint8Array(this.size);
    let count = 0;
    if (bits) for (let i = 0; i < this.size; i++) count += (next[i] = (bits[i >> 3] >> (i & 7)) & 1);
    this.flags = next; this.count = count;
    this.followers.forEach((follower) => follower.choiceChanged(null));
  }

  bits() {
    const bits = new Uint8Array(Math.ceil(this.size / 8));
    for (let i = 0; i < this.size; i++) if (this.flags[i]) bits[i >> 3] |= 1 << (i & 7);
    return bits;
  }
}

/* A widget in the page: head, tools, body, status line. Kinds of widgets extend it. */
class IlpWidget {
  constructor(host) {
    this.host = host;
    this.words = { ...host.words, _language: host.language };
    this.root = ilpMake("section", { class: "ilpw", lang: host.language });
    this.handling = ilpMake("div", { class: "ilpw-handling", role: "note", hidden: true });
    this.heading = ilpMake("div", { class: "ilpw-title", role: "heading", "aria-level": "2", dir: "auto" });
    this.tools = ilpMake("div", { class: "ilpw-tools", role: "toolbar" });
    this.body = ilpMake("div", { class: "ilpw-body" });
    this.status = ilpMake("div", { class: "ilpw-status", role: "status", "aria-live": "polite" });
    this.alarm = ilpMake("div", { class: "ilpw-alarm", role: "alert" });
    this.root.append(this.handling, this.heading, this.tools, this.body, this.status, this.alarm);
    host.el.append(this.root);
    this.root.addEventListener("keydown", (event) => this.key(event));
    this.resizing = new ResizeObserver(() => this.resized());
    this.resizing.observe(this.root);
  }

  say(name, values) { return ilpSay(this.words, name, values); }
  number(value) { return ilpNumber(value, this.words); }

  hear(message, buffers) {
    const content = ilpUnpack(message, buffers);
    if (message.about === "said") {
      const line = message.alarm ? this.alarm : this.status;
      line.textContent = message.sentence;
      if (!message.alarm) this.alarm.textContent = "";
      return;
    }
    if (message.about === "selected") {
      this.choice?.receive(message.token, buffers.length ? new Uint8Array(buffers[0].buffer, buffers[0].byteOffset, buffers[0].byteLength) : null);
      return;
    }
    this[`hear_${message.about}`]?.(content);
  }

  /* Head of every widget: title, handling code, and the choice it shares. */
  head(content) {
    this.heading.textContent = content.title;
    this.heading.hidden = !content.title;
    this.root.setAttribute("aria-label", content.label);
    this.handling.textContent = content.handling ?? "";
    this.handling.hidden = !content.handling;
    if (content.choice && !this.choice) {
      this.choice = IlpChoice.of(this.host.page, content.choice.key, content.choice.size);
      this.choice.followers.add(this);
    }
  }

  button(word, does, options = {}) {
    return ilpMake("button", { type: "button", text: this.say(word), on: { click: does }, ...options });
  }

  /* How a new choice meets the one before, and a way to drop it. */
  choosing() {
    const list = ilpMake("select", { "aria-label": this.say("mode"), class: "ilpw-mode", on: { change: () => this.choice.meet(list.value) } },
      ...["new", "add", "within"].map((mode) => ilpMake("option", { value: mode, text: this.say(`mode_${mode}`) })));
    list.value = this.choice.mode;
    this.modes = list;
    return [
      ilpMake("label", { class: "ilpw-label" }, `${this.say("mode")} `, list),
      this.button("clear", () => this.choose(new Uint8Array(this.choice.size), "new"), { class: "ilpw-clear" }),
    ];
  }

  /* Printing passes the release gate of a case; the form asks what the gate asks. */
  printing(forms, print) {
    const field = (word) => ilpMake("input", { type: "text", class: `ilpw-${word}`, dir: "auto" });
    const authority = field("authority"), reason = field("reason");
    const go = (form) => {
      if (!this.prints) { this.alarm.textContent = this.say("no_case"); return; }
      print({ ask: "print", form, authority: authority.value, reason: reason.value });
    };
    return ilpMake("details", { class: "ilpw-print" }, ilpMake("summary", { text: this.say("print") }), ilpMake("div", { class: "ilpw-form" },
      ilpMake("label", { class: "ilpw-label" }, `${this.say("authority")} `, authority), ilpMake("label", { class: "ilpw-label" }, `${this.say("reason")} `, reason),
      ...forms.map((form) => this.button(`print_${form}`, () => go(form), { class: `ilpw-${form}` }))));
  }

  /* Shift adds, Ctrl or Alt keeps what is in both; otherwise what the list says. */
  modeOf(event) { return event?.shiftKey ? "add" : event?.ctrlKey || event?.altKey ? "within" : undefined; }

  choose(flags, mode, telling = true) {
    this.choice.apply(flags, mode, this);
    if (telling) this.tellChoice();
  }

  tellChoice() {
    const bits = this.choice.bits();
    this.host.send({ ask: "select", token: this.choice.token }, this.choice.count ? [bits.buffer] : []);
  }

  choiceChanged() { this.sayChoice(); this.draw?.(); }

  sayChoice() {
    const { count, size } = this.choice;
    this.root.dataset.chosen = String(count);
    this.status.textContent = this.say(count ? "chosen" : "none_chosen", { n: count, total: size });
  }

  key(event) {
    if (event.key === "Escape" && this.choice?.count) this.choose(new Uint8Array(this.choice.size), "new");
  }

  resized() { this.draw?.(); }
  left() { this.alarm.textContent = this.say("kernel_gone"); this.root.dataset.left = "yes"; }

  remove() {
    this.resizing.disconnect();
    this.choice?.followers.delete(this);
    this.root.remove();
  }
}
