"use strict";
// The page that explores the specification. What it shows comes from an engine as JSON (internal/explorer), or, in a page that was made of a
// trace, stands in the page. Text becomes part of the page as text only: nothing here makes markup of it.
(() => {

const $ = id => document.getElementById(id);

// el makes an element. Of its properties, on… are listeners, and those with a dash or role are attributes.
function el(tag, props, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(props || {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) e.addEventListener(name.slice(2), value);
    else if (name === "class") e.className = value;
    else if (name.startsWith("--")) e.style.setProperty(name, value);
    else if (name.includes("-") || name === "role" || name === "for") e.setAttribute(name, value === true ? "" : value);
    else e[name] = value;
  }
  e.append(...children.flat(Infinity).filter(c => c !== null && c !== undefined && c !== false && c !== ""));
  return e;
}

const plural = (n, noun) => n === 1 ? "1 " + noun : n.toLocaleString("en") + " " + noun + "s";

// clip is the beginning of a text that somebody else wrote.
const clip = (text, most) => text.length > most ? text.slice(0, most) + "…" : text;

// Engines: both answer questions one after the other, and can be stopped at any time, since they keep nothing in between.

class Unanswered extends Error {}

class ServedEngine {
  async ask(question, progress, signal) {
    const response = await fetch("ask", {method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(question), signal});
    if (!response.ok || !response.body) throw new Error("cabi serve answers " + response.status + ": is it still running?");
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const {done, value} = await reader.read();
      if (value) rest += value;
      for (let end; (end = rest.indexOf("\n")) >= 0; rest = rest.slice(end + 1)) {
        const answer = JSON.parse(rest.slice(0, end));
        if (answer.error !== undefined) throw new Error(answer.error);
        if (answer.answer !== undefined) return answer.answer;
        progress(answer.progress);
      }
      if (done) throw new Error("cabi serve stopped before it had answered");
    }
  }
}

class WorkerEngine {
  start() {
    this.asked = []; // what has no answer yet, in its order
    this.worker = new Worker("worker.js");
    this.worker.onmessage = ({data}) => {
      if (data.progress !== undefined) return this.asked[0]?.progress(data.progress);
      if (data.ended) this.worker = null; // the next question starts another
      for (const asked of this.asked.splice(0, data.ended ? this.asked.length : 1)) asked.end(data);
    };
    this.worker.onerror = () => this.worker.onmessage({data: {error: "the engine could not be started", ended: true}});
  }
  // ask asks. What is aborted is let go on for a moment, since to start the engine again takes longer than most answers.
  ask(question, progress, signal) {
    if (!this.worker) this.start();
    return new Promise((resolve, reject) => {
      const mine = {question, progress, end: data => data.error !== undefined ? reject(new Error(data.error)) : resolve(data.answer)};
      signal.addEventListener("abort", () => {
        mine.progress = mine.end = () => {};
        mine.dropped = true;
        reject(new Unanswered());
        setTimeout(() => { if (this.worker && this.asked[0] === mine) this.restart(); }, 400);
      });
      this.post(mine);
    });
  }
  post(asked) {
    this.asked.push(asked);
    this.worker.postMessage(JSON.stringify(asked.question));
  }
  restart() {
    const rest = this.asked.filter(a => !a.dropped);
    this.worker.terminate();
    this.start();
    rest.forEach(a => this.post(a));
  }
}

const engine = {http: () => new ServedEngine(), worker: () => new WorkerEngine(), none: () => null}[document.body.dataset.engine]();

// ask asks the engine. After a moment it says that the engine is at work, and how far it came, with a button to stop it.
let asking = null;
async function ask(question, what) {
  if (asking) asking.abort();
  const mine = asking = new AbortController();
  const said = el("span", {}, what || "The engine is at work…");
  const shown = setTimeout(() => {
    $("busy").replaceChildren(said, el("button", {type: "button", onclick: () => mine.abort()}, "Stop"));
    $("busy").hidden = false;
  }, 350);
  try {
    const answer = await engine.ask(question, p => {
      said.textContent = p.of ? `${what}: ${p.done} of ${p.of}` : `${what || "Exploring"}: ${plural(p.states, "state")}, ${plural(p.transitions, "transition")}, depth ${p.depth}, ${p.frontier.toLocaleString("en")} to expand`;
    }, mine.signal);
    return asking === mine ? answer : Promise.reject(new Unanswered());
  } catch (error) {
    throw mine.signal.aborted ? new Unanswered() : error;
  } finally {
    clearTimeout(shown);
    if (asking === mine) { asking = null; $("busy").hidden = true; }
  }
}

// attempt runs what may fail, and shows the error.
function attempt(f) {
  return async (...args) => {
    try { notice(""); await f(...args); } catch (error) {
      if (!(error instanceof Unanswered)) notice(String(error && error.message || error));
    }
  };
}

function notice(text, mild) {
  $("notice").hidden = !text;
  $("notice").className = mild ? "mild" : "";
  $("notice").replaceChildren(el("span", {}, clip(text, 2000)), el("button", {type: "button", onclick: () => notice("")}, "Dismiss"));
}

// The session.

let hello = null;      // what there is to begin with; null: there is no engine
let panes = [];        // one, or two side by side
let now = 0;           // the moment that is shown
let says = [];         // a sentence for each moment; empty: there is none
let menu = null, any = false, branches = [], title = "", origin = "", originID = "";
let outcomes = null;   // of the litmus file that is open; null: none is
let report = null;     // of two versions, in a page that was made of one; null: there is none
let parts = -1;        // the first moment at which two panes do not show the same; -1: there is none

// does says what an action does, by its name.
const does = op => hello && Object.hasOwn(hello.actions, op) ? hello.actions[op] : undefined;

const laneColour = i => `var(--lane${i === 0 ? 0 : 1 + (i - 1) % 4})`;

class Pane {
  constructor(play, label) {
    this.play = play;
    this.label = label;
    this.last = play.moments.length - 1;
  }

  instances(i) {
    const m = this.play.moments[i];
    return m ? this.play.scenes[m.scene].instances.map(n => this.play.instances[n]) : [];
  }

  scene(i) { return this.play.scenes[this.play.moments[Math.min(i, this.last)].scene]; }

  lane(actor) { return Math.max(0, this.actors.indexOf(actor)); }

  drawHappened() {
    const used = new Set(panes.flatMap(p => p.play.moments.flatMap(m => m.lines.map(l => l.actor)))); // two panes have the same lanes
    this.actors = this.play.actors.filter((a, i) => used.has(a) || i > 0 && this.play.actors.length <= 4);
    const n = this.actors.length;
    this.options = this.play.moments.map((m, i) => this.drawMoment(m, i));
    this.list = el("ol", {class: "steps" + (this.last > 200 ? " many" : ""), role: "listbox", tabIndex: 0, "aria-label": "What happened" + (this.label ? ", " + this.label : "")}, this.options);
    const wide = this.actors.map(a => a === "host" && n > 1 ? 0.55 : 1), total = wide.reduce((a, b) => a + b, 0);
    const from = k => wide.slice(0, k).reduce((a, b) => a + b, 0) / total;
    const lifelines = this.actors.map((a, k) => `linear-gradient(color-mix(in srgb, ${laneColour(this.play.actors.indexOf(a))} 50%, var(--panel)) 0 0) calc(37px + (100% - 45px) * ${from(k)} + 3px) 0 / 2px 100% no-repeat`);
    return el("section", {class: "happened" + (n > 8 ? " crowded" : ""), "aria-label": "What happened", "--lanes": wide.map(w => `minmax(0, ${w}fr)`).join(" "), "--lifelines": lifelines.join(", ")},
      el("div", {class: "lanes", "aria-hidden": "true"}, el("span"), this.actors.map(a => el("span", {"--colour": laneColour(this.play.actors.indexOf(a))}, a))),
      this.list);
  }

  drawMoment(m, i) {
    const rows = [];
    if (i === parts) rows.push(el("div", {class: "parting"}, "From here on they differ"));
    for (const l of m.lines) rows.push(...this.drawLine(l));
    if (i === 0 && !m.lines.length) rows.push(el("div", {class: "line", "--lane": 2, "--colour": laneColour(0)}, "the beginning"));
    (m.choices || []).forEach((c, k) => {
      if (c.candidates < 2) return;
      const ways = engine && panes.length < 2 ? Array.from({length: Math.min(c.candidates, 12)}, (_, way) =>
        el("button", {type: "button", "aria-pressed": String(way === c.chosen), "aria-label": `have ${c.site} choose ${way}`, onclick: attempt(async e => {
          e.stopPropagation();
          keepBranch();
          adopt(await ask({do: "choose", trace: this.play.trace, at: i, choice: k + 1, way}), i);
        })}, String(way))) : ` took ${c.chosen} of 0 to ${c.candidates - 1}`;
      rows.push(el("div", {class: "chose"}, "The specification chooses (", el("code", {}, c.site), "):", ways));
    });
    for (const v of m.violated || []) {
      const [property, how] = cut(v, ": ");
      rows.push(el("div", {class: "across"}, "violates ", this.explains(property), how ? ": " + how : ""));
    }
    if (i === this.last && this.play.refused) rows.push(el("div", {class: "across mild"}, "Here the trace ends: " + this.play.refused + "."));
    return el("li", {class: "step" + (i === parts ? " parts" : ""), role: "option", id: `p${panes.indexOf(this)}m${i}`, "aria-selected": "false", onclick: () => show(i)},
      el("span", {class: "number"}, String(i)), rows);
  }

  explains(name) {
    if (!engine) return el("b", {}, name);
    return el("button", {type: "button", class: "plain", onclick: e => { e.stopPropagation(); explain(name); }}, name);
  }

  drawLine(l) {
    if (l.kind === "stop") {
      const [head, how] = cut(l.text, " ");
      return [el("div", {class: "across"}, el("b", {}, head.replace("-", " "), " at "), this.explains(how), l.results ? ": " + l.results : "")];
    }
    const lane = this.lane(l.actor), from = l.from ? this.lane(l.from) : lane;
    const parts = [];
    if ((l.kind === "enter" || l.kind === "done") && from !== lane) {
      const [a, b] = [Math.min(from, lane), Math.max(from, lane)];
      const right = lane > from;
      parts.push(el("div", {class: "arrow " + (right ? "right" : "left") + (l.kind === "done" ? " back" : ""), "--span": `${a + 2} / ${b + 2}`, "aria-hidden": "true"}));
    }
    const [op, rest] = cut(l.text, " ");
    const body = [el("span", {class: "who"}, l.actor)];
    if (l.kind === "action") body.push(el("span", {class: "op", title: does(op)}, op), rest ? " " + rest : "");
    else body.push(l.kind === "enter" ? "enter " : "back from ", l.kind === "done" ? l.text.replace(/^(call|invoke) /, "") : l.text);
    if (l.results || l.means) {
      body.push(l.results ? " → " : " ");
      if (l.means) body.push(el("span", {class: "means"}, (l.results ? "" : "= ") + l.means), l.results ? el("span", {class: "raw"}, ` (${l.results})`) : "");
      else body.push(l.results);
    }
    for (const note of l.notes || []) {
      const [where, what] = cut(note, "=");
      body.push(el("span", {class: "note"}, where.replace(".handles", "") + (what === "free" ? " is free" : " = " + what)));
    }
    parts.push(el("div", {class: "line " + l.kind, "--lane": lane + 2, "--colour": laneColour(this.play.actors.indexOf(l.actor))}, body));
    return parts;
  }

  drawScene() {
    this.sceneAt = el("section", {class: "scene", tabIndex: 0, "aria-label": "What there is" + (this.label ? ", " + this.label : "")});
    return this.sceneAt;
  }

  // show shows a moment. What is not as it was before the last action is marked.
  show(i) {
    i = Math.min(i, this.last);
    if (this.selected) this.selected.setAttribute("aria-selected", "false");
    this.selected = this.options[i];
    this.selected.setAttribute("aria-selected", "true");
    this.list.setAttribute("aria-activedescendant", this.selected.id);
    const view = this.list.parentElement, row = this.selected;
    const {top, bottom} = row.getBoundingClientRect(), seen = view.getBoundingClientRect(), head = view.firstChild.offsetHeight;
    const below = i === parts ? 48 : 12; // what comes of it is in sight, too
    if (bottom > seen.bottom - below) view.scrollTop += bottom - seen.bottom + below;
    if (top < seen.top + head + 12) view.scrollTop -= seen.top + head + 12 - top;
    const scene = this.scene(i), old = i > 0 ? this.instances(i - 1) : null, before = i > 0 ? this.scene(i - 1) : null;
    const cards = this.instances(i).map((inst, k) => this.drawInstance(inst, old && old[k], scene, before));
    const stack = scene.stack && scene.stack.length ? [el("p", {class: "stack"}, "Core code that has not returned: ", scene.stack.map((s, n) => [n ? ", " : "", el("code", {}, s)]))] : [];
    const ended = this.play.stopped && i === this.last ? [el("p", {class: "stack"}, "The specification stopped the run here.")] : [];
    this.sceneAt.replaceChildren(...stack, ...ended, ...cards);
    this.sceneAt.scrollTop = 0;
  }

  // reveal scrolls what there is so that the marked parts of it are in sight, the first one if not all can be.
  reveal(selector) {
    const marked = [...this.sceneAt.querySelectorAll(selector)];
    for (const e of [marked.at(-1), marked[0]]) {
      if (!e) continue;
      const {top, bottom} = e.getBoundingClientRect(), seen = this.sceneAt.getBoundingClientRect();
      if (bottom > seen.bottom - 12) this.sceneAt.scrollTop += bottom - seen.bottom + 12;
      if (top < seen.top + 12) this.sceneAt.scrollTop -= seen.top + 12 - top;
    }
  }

  drawInstance(inst, old, scene, before) {
    const tags = (inst.state || []).map(s => el("span", {class: "tag" + (old && !(old.state || []).includes(s) ? " changed" : "")}, s));
    const card = el("article", {class: "card", "aria-label": "instance " + inst.name, "--colour": laneColour(this.play.actors.indexOf(inst.name))}, el("header", {}, el("b", {}, inst.name), tags));
    for (const table of inst.tables) {
      if (table.name === "threads") continue;
      card.append(drawTable(table, old && old.tables.find(t => t.name === table.name), !!old, inst.tables.filter(t => t.name !== "threads").length > 1));
    }
    if (inst.tables.every(t => t.name === "threads")) card.append(el("p", {class: "empty"}, "No handles yet."));
    const tasks = scene.tasks.map((t, n) => [t, n]).filter(([t]) => t.instance === inst.name);
    if (tasks.length) card.append(el("p", {class: "sub-head"}, "Tasks"));
    for (const [task, n] of tasks) card.append(drawTask(task, scene.threads.filter(t => t.of === n), before));
    const idle = scene.threads.filter(t => t.instance === inst.name && t.of < 0);
    if (idle.length) card.append(drawTask({func: "threads of no task", state: ""}, idle, before));
    if (inst.memory) card.append(drawMemory(inst.memory, old && old.memory || [], !!old));
    return card;
  }
}

function cut(text, at) {
  const i = text.indexOf(at);
  return i < 0 ? [text, ""] : [text.slice(0, i), text.slice(i + at.length)];
}

function drawTable(table, old, compare, several) {
  const was = new Map((old && old.slots || []).map(s => [s.place, JSON.stringify(s)]));
  const live = new Map((table.slots || []).map(s => [s.place, s]));
  const free = table.free || [];
  const rows = el("tbody");
  for (let place = 1; place < table.length; place++) {
    const slot = live.get(place);
    if (slot) {
      rows.append(el("tr", {class: compare && was.get(place) !== JSON.stringify(slot) ? "changed" : ""}, el("th", {scope: "row"}, String(slot.index)), el("td", {}, slot.what, tagsOf(slot))));
      continue;
    }
    const order = free.length - free.indexOf(place);
    rows.append(el("tr", {class: "free" + (compare && was.has(place) ? " changed" : "")}, el("th", {scope: "row"}, String(place)),
      el("td", {}, "free", free.includes(place) ? (order === 1 ? ", taken next" : `, number ${order} of the free list`) : "")));
  }
  if (!rows.children.length) return el("p", {class: "empty"}, several ? table.name + ": empty" : "The handle table is empty.");
  return el("table", {class: "table"}, el("caption", {}, table.name), rows);
}

function tagsOf(s) {
  const tags = [];
  const tag = (text, kind) => tags.push(el("span", {class: "tag " + (kind || "")}, text));
  if (s.state) tag(s.state, "state");
  if (s.event) tag("event " + s.event, "live");
  if (s.set) tag("in set " + s.set);
  if (s.peer) tag(s.peer === "dropped" ? "other end dropped" : "other end: " + s.peer, s.peer === "dropped" ? "bad" : "");
  if (s.pending) tag(s.pending);
  if (s.lent) tag("lent " + (s.lent === 1 ? "once" : s.lent + " times"));
  if (s.note) tag(s.note);
  return tags;
}

function drawTask(task, threads, before) {
  const was = before && before.tasks.some(t => t.func === task.func && t.instance === task.instance && t.caller === task.caller && t.state === task.state);
  const known = before && new Set(before.threads.map(t => JSON.stringify({...t, of: 0})));
  const note = [];
  if (task.caller) note.push(el("span", {class: "tag"}, "for subtask " + task.caller));
  if (task.borrows) note.push(el("span", {class: "tag"}, plural(task.borrows, "borrow")));
  return el("div", {class: "task"}, el("span", {class: "name"}, task.func),
    task.state && el("span", {class: "tag state" + (before && !was ? " changed" : "")}, task.state), " ", note,
    el("ul", {}, threads.map(t => el("li", {class: t.is + (known && !known.has(JSON.stringify({...t, of: 0})) ? " changed" : "")},
      `thread ${t.index || "(not in the table yet)"}: ${t.where}${t.is !== "runs" && t.cancellable ? ", cancellably" : ""}${t.holds ? "; holds the lock" : ""}`))));
}

function drawMemory(rows, old, compare) {
  const was = new Map(old.map(r => [r.address, r.bytes]));
  return el("div", {}, el("p", {class: "sub-head"}, "Memory that is not zero"), el("div", {class: "memory"}, rows.map(r => {
    const before = was.get(r.address) || "0".repeat(r.bytes.length);
    const cells = [];
    for (let i = 0; i < r.bytes.length; i += 2) {
      const byte = r.bytes.slice(i, i + 2);
      cells.push(el("i", {class: (byte === "00" ? "zero " : "") + (compare && before.slice(i, i + 2) !== byte ? "changed" : "")}, byte), i % 8 === 6 ? "  " : " ");
    }
    return el("code", {}, el("span", {class: "at"}, String(r.address).padStart(5) + "  "), cells);
  })));
}

// partsAt is the first moment at which what happens in two panes is not the same; -1: it is the same throughout. Changes of tables are left out,
// since variants name tables in different ways.
function partsAt([a, b]) {
  if (!b) return -1;
  const told = (p, i) => i <= p.last && JSON.stringify([p.play.moments[i].lines.map(l => ({...l, notes: null})), p.play.moments[i].violated]);
  for (let i = 0; i <= Math.max(a.last, b.last); i++) if (told(a, i) !== told(b, i)) return i;
  return -1;
}

// adopt makes a session the one that is shown, at a moment.
function adopt(play, at, options = {}) {
  const focused = document.activeElement !== document.body;
  panes = [new Pane(play, options.label || "")];
  if (options.beside) panes.push(new Pane(options.beside, options.besideLabel || ""));
  parts = partsAt(panes);
  if (options.fresh) { says = play.says || []; branches = []; title = play.title || options.title || ""; origin = options.origin || ""; originID = play.id; }
  menu = null;
  draw();
  if (play.note || options.beside && options.beside.note) notice(play.note || options.beside.note, true);
  show(at === undefined ? play.moments.length - 1 : at);
  if (focused && document.activeElement === document.body) panes[0].list.focus({preventScroll: true}); // what was chosen is gone
}

function keepBranch() {
  const trace = panes[0].play.trace;
  if (now < panes[0].last && !branches.some(b => b.trace === trace)) branches.push({trace, from: now, actions: panes[0].last});
  says = says.slice(0, now + 1);
}

function draw() {
  const play = panes[0].play, two = panes.length > 1;
  const main = el("div", {class: "session" + (two ? " two" : engine ? "" : " still")});
  if (open !== null) main.append(drawFound());
  else if (says.length) main.append(el("section", {class: "says", "aria-live": "polite"}, el("p", {id: "says"}), el("span", {class: "count", id: "says-count"}),
    engine ? el("div", {class: "row", id: "says-then", hidden: true}, el("button", {type: "button", onclick: attempt(goHome)}, "Another story"),
      panes.length === 1 ? el("span", {class: "sub"}, "or go back, and take another of the actions that may happen") : "") : ""));
  else if (play.comments && play.comments.length) main.append(el("section", {class: "comments"}, play.comments.slice(0, 50).map(c => el("p", {}, clip(c, 2000)))));
  else main.append(el("div", {class: "filler"}));
  panes.forEach((p, i) => {
    const parts = [two && el("div", {class: "pane-head"}, p.label), p.drawHappened(), p.drawScene()].filter(Boolean);
    if (two) parts.forEach(e => e.style.setProperty("grid-column", i + 1));
    main.append(...parts);
  });
  if (engine && !two) main.append(el("section", {class: "next", id: "next", "aria-label": "What may happen next"}));
  $("main").replaceChildren(main);
  $("place").replaceChildren(el("h1", {}, title || "world " + play.world), el("span", {class: "sub"}, (title ? `world ${play.world}` : "") + (two ? "" : (title ? ", " : "") + play.variant)));
  document.title = (title || "world " + play.world) + ": the Canonical ABI";
  drawTools();
  $("transport").hidden = false;
  drawTransport();
}

function drawTools() {
  const tools = [];
  const button = (text, f, props) => tools.push(el("button", {type: "button", onclick: attempt(f), ...props}, text));
  if (outcomes && panes.length) button("All outcomes", () => showOutcomes());
  if (report && panes.length) button("The report", () => showReport());
  if (engine && panes.length) {
    const play = panes[0].play;
    if (panes.length === 1) {
      const select = (label, f) => el("select", {class: "wide", "aria-label": "the same trace under another variant, beside this one", onchange: attempt(async e => { const v = e.target.value; e.target.value = ""; await f(v); })},
        el("option", {value: ""}, label), hello.variants.filter(v => v.name !== play.variant).map(v => el("option", {value: v.name, title: v.says}, v.name)));
      tools.push(select("Beside…", async v => beside(v)));
    } else button("One column", () => adopt(panes[0].play, now));
    button("Check", () => checkBox());
    button("Save", () => save(), {class: "wide"});
    button("Copy link", () => copyLink(), {class: "wide"});
  } else if (panes.length) {
    button("Save trace", () => save());
  }
  if (engine) button("Open…", () => $("file").click());
  if (engine && panes.length + (outcomes ? 1 : 0)) button("Gallery", goHome);
  button("Theme", () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    document.documentElement.dataset.theme = dark ? "light" : "dark";
  }, {"aria-label": "Theme: dark or light", class: "wide"});
  $("tools").replaceChildren(...tools);
}

function drawTransport() {
  const last = Math.max(...panes.map(p => p.last));
  $("transport").replaceChildren(
    el("button", {type: "button", id: "first", "aria-label": "to the beginning", onclick: () => show(0)}, "⇤"),
    el("button", {type: "button", id: "back", onclick: () => show(now - 1)}, "← Back"),
    el("button", {type: "button", id: "on", class: "primary", onclick: () => show(now + 1)}, "Next →"),
    el("button", {type: "button", id: "end", "aria-label": "to the end", onclick: () => show(last)}, "⇥"),
    el("input", {type: "range", id: "scrub", min: 0, max: last, value: now, "aria-label": "the action after which it is shown", oninput: e => show(+e.target.value)}),
    el("span", {class: "where", id: "where"}),
    parts >= 0 ? el("button", {type: "button", id: "parting", onclick: () => show(parts)}, "Where they part") : "",
    branches.length ? el("span", {class: "branches"}, branches.map((b, i) => el("button", {type: "button", onclick: attempt(async () => {
      keepBranch();
      branches = branches.filter(x => x !== b);
      adopt(await ask({do: "open", trace: b.trace}), b.from);
    })}, `Branch ${i + 1}: after ${b.from}`))) : "",
    el("span", {class: "hint"}, el("kbd", {}, "← →"), engine ? " step, " : " step", engine ? el("kbd", {}, "1–9") : "", engine ? " act" : ""));
}

// look draws the moment that is shown.
function look() {
  panes.forEach(p => p.show(now));
  if (panes.length === 2) {
    markDiffering();
    const top = p => p.selected.getBoundingClientRect().top - p.list.parentElement.getBoundingClientRect().top;
    const level = Math.min(...panes.map(top));
    for (const p of panes) p.list.parentElement.scrollTop += top(p) - level; // both at one height
  }
  panes.forEach(p => p.reveal(p.sceneAt.querySelector(".only") ? ".only" : ".changed"));
}

// show shows a moment in each pane.
function show(i) {
  const last = Math.max(...panes.map(p => p.last));
  now = Math.max(0, Math.min(last, i));
  $("where").textContent = `after ${now.toLocaleString("en")} of ${plural(last, "action")}`;
  $("scrub").value = now;
  $("back").disabled = $("first").disabled = now === 0;
  $("on").disabled = $("end").disabled = now === last;
  if (says.length) {
    $("says").textContent = says[now] || "From here on the way is your own.";
    $("says-count").textContent = `${now} / ${last}`;
    if (engine) $("says-then").hidden = now !== last || now !== says.length - 1;
  }
  look();
  if (engine && panes.length === 1) askMenu();
  if (engine) noteHash();
}

// markDiffering marks what there is in one of two panes and not in the other.
function markDiffering() {
  const rows = card => [...card.querySelectorAll("header > .tag, tr, .task > .tag, .task li, .memory code")];
  const text = e => (e.closest(".task") ? e.closest(".task").firstChild.textContent : "") + e.textContent;
  const cards = panes.map(p => new Map([...p.sceneAt.querySelectorAll(".card")].map(c => [c.getAttribute("aria-label"), c])));
  cards.forEach((mine, i) => {
    for (const [name, card] of mine) {
      const other = cards[1 - i].get(name), known = new Set(other ? rows(other).map(text) : []);
      const only = rows(card).filter(r => !known.has(text(r)));
      for (const r of only) { r.classList.add("only"); r.title = "not so on the other side"; }
    }
  });
}

let menuTimer = 0;
function askMenu() {
  clearTimeout(menuTimer);
  const pane = panes[0], at = now;
  const next = $("next");
  if (pane.play.stopped && at === pane.last) {
    menu = null;
    next.replaceChildren(el("h2", {}, "The run is stopped"), el("p", {class: "ended"}, "Step back to go on in another way."),
      el("button", {type: "button", class: "plain", onclick: () => explain(pane.play.site)}, "Why: " + pane.play.site));
    return;
  }
  menuTimer = setTimeout(attempt(async () => {
    const answer = await ask({do: "menu", trace: pane.play.trace, at, any}, "Trying all that may happen");
    if (panes[0] !== pane || now !== at) return;
    menu = answer;
    drawMenu();
  }), menu ? 120 : 0);
  if (menu) next.setAttribute("aria-busy", "true");
}

const mostOptions = 300;

function drawMenu() {
  const next = $("next");
  next.setAttribute("aria-busy", "false");
  if (!menu.acts) {
    next.replaceChildren(el("h2", {}, "The run has ended"), el("p", {class: "ended"}, "Nobody can do anything any more."));
    return;
  }
  const groups = new Map();
  menu.options.slice(0, mostOptions).forEach((o, i) => {
    const op = o.action.split(" ")[0], group = op.includes(".") ? op.slice(0, op.indexOf(".")) : op;
    if (!groups.has(group)) groups.set(group, []);
    groups.get(group).push([o, i]);
  });
  const parts = [el("h2", {}, menu.acts === "host" ? "The host may" : menu.acts + " may")], told = new Set();
  for (const [group, options] of groups) {
    if (options.length > 1 && groups.size > 1) parts.push(el("h3", {}, group));
    for (const [o, i] of options) {
      parts.push(el("button", {type: "button", class: "option" + (o.stops ? " stops" : o.broken ? " breaks" : ""), onclick: attempt(() => take(o.action))},
        el("kbd", {"aria-hidden": "true"}, i < 9 ? String(i + 1) : ""), el("span", {}, o.action)));
      const op = o.action.split(" ")[0];
      parts.at(-1).title = does(op) || "";
      if (menu.acts === "host" && !told.has(op)) parts.push(el("p", {class: "does"}, does(op)));
      told.add(op);
      const name = o.stops || o.broken && cut(o.broken, ":")[0];
      if (name) parts.push(el("button", {type: "button", class: "plain why", title: o.how || o.broken, "aria-label": `${o.action}: why it ${o.stops ? "stops at" : "violates"} ${name}`, onclick: () => explain(name, o.how || o.broken)}, (o.stops ? "stops at " : "violates ") + name));
    }
  }
  if (menu.options.length > mostOptions) parts.push(el("p", {class: "ended"}, `and ${menu.options.length - mostOptions} more, which are not shown`));
  if (!menu.options.length) parts.push(el("p", {class: "ended"}, "nothing that this world has on its menus."));
  parts.push(el("label", {}, el("input", {type: "checkbox", checked: any, onchange: e => { any = e.target.checked; askMenu(); }}), "indices of any class"));
  next.replaceChildren(...parts);
}

async function take(action) {
  const pane = panes[0], next = pane.play.moments[now + 1];
  if (next && next.action === action) return show(now + 1);
  const play = await ask({do: "take", trace: pane.play.trace, at: now, action});
  keepBranch();
  adopt(play, now + 1);
}

async function beside(variant) {
  const play = panes[0].play;
  const other = await ask({do: "under", trace: play.trace, variant});
  adopt(play, now, {label: play.variant, beside: other, besideLabel: other.variant});
}

async function explain(name, how) {
  await attempt(async () => {
    const e = await ask({do: "explain", name});
    const here = (how || "").replace(/^(trap|assertion failed) at \S+: /, "");
    const fact = (what, text) => text ? [el("dt", {}, what), el("dd", {}, text)] : [];
    box(e.name, [
      el("p", {}, {trap: "Traps if ", assert: "An assert of the specification: ", property: "Promises that ", crash: ""}[e.kind], e.sentence),
      here && here !== e.sentence ? el("p", {}, "Here: ", here) : "",
      el("dl", {class: "facts"}, fact("Kind", {trap: "trap: a guest's fault", assert: "assert: one that fails is a defect of the specification", property: "property", crash: "crash: a defect of the specification"}[e.kind]),
        fact("Python", e.url ? el("a", {href: e.url, rel: "noreferrer noopener", target: "_blank"}, e.python) : e.python), fact("Go", e.go), fact("Origin", e.origin)),
      e.code ? el("div", {class: "code", tabIndex: 0, role: "region", "aria-label": "the Go twin"}, el("pre", {}, e.code.map(l => el("code", {class: l.here ? "here" : ""}, el("span", {class: "n"}, String(l.number)), l.text || " ")))) : "",
    ]);
  })();
}

function box(heading, parts) {
  $("dialog").replaceChildren(el("div", {class: "box"}, el("header", {}, el("h1", {id: "dialog-title"}, heading),
    el("button", {type: "button", onclick: () => $("dialog").close()}, "Close")), parts));
  if (!$("dialog").open) $("dialog").showModal();
}

// Check explores the world of the session within a bound.
function checkBox() {
  const play = panes[0].play;
  const steps = el("input", {type: "number", min: 1, max: 1000, placeholder: "default", title: "How many actions a run has at most; empty: as many as the world says", "aria-label": "actions at most"});
  const property = el("select", {}, el("option", {value: ""}, "every promise"), hello.promises.map(p => el("option", {value: p.name, title: p.says}, p.name)));
  const variant = el("select", {}, hello.variants.map(v => el("option", {value: v.name, title: v.says, selected: v.name === play.variant}, v.name)));
  const result = el("div", {class: "result", role: "status"});
  const stop = el("button", {type: "button", hidden: true, onclick: () => asking && asking.abort()}, "Stop");
  $("dialog").addEventListener("close", () => stop.hidden || stop.click(), {once: true}); // nobody would see what it finds
  const go = el("button", {type: "button", class: "primary", onclick: async () => {
    go.disabled = true; stop.hidden = false;
    result.replaceChildren(el("p", {}, "Exploring…"));
    if (asking) asking.abort();
    const controller = asking = new AbortController();
    try {
      const c = await engine.ask({do: "check", trace: play.trace, variant: variant.value, property: property.value, steps: +steps.value || 0}, p => {
        result.replaceChildren(el("p", {}, `${plural(p.states, "state")}, ${plural(p.transitions, "transition")}, depth ${p.depth}, ${p.frontier.toLocaleString("en")} to expand`));
      }, controller.signal);
      result.replaceChildren(...checkedParts(c));
    } catch (error) {
      result.replaceChildren(el("p", {class: "verdict"}, error instanceof Unanswered || error.name === "AbortError" ? "Stopped: nothing was shown." : String(error.message)));
    }
    go.disabled = false; stop.hidden = true;
    if (asking === controller) asking = null;
  }}, "Explore");
  box("Check the world " + play.world, [
    el("p", {}, clip(play.doc || "", 2000)),
    el("div", {class: "form"}, el("label", {}, "Property", property), el("label", {}, "Variant", variant), el("label", {}, "Actions at most", steps), go, stop),
    result,
  ]);
}

function checkedParts(c) {
  const parts = [];
  for (const v of c.violations) {
    parts.push(el("p", {class: "verdict bad"}, `${v.property} is violated after ${plural(v.actions, "action")}`), el("p", {}, v.message),
      el("div", {}, el("button", {type: "button", class: "primary", onclick: attempt(async () => {
        $("dialog").close();
        adopt(await ask({do: "open", trace: v.trace}), 0, {fresh: true, title: `${v.property} is violated`});
      })}, "Step through the counterexample")));
  }
  const shown = c.holds.length ? `${c.holds.length} ${c.holds.length === 1 ? "property holds" : "properties hold"}` : "nothing was shown";
  if (!c.violations.length) parts.push(el("p", {class: "verdict" + (c.exhausted && c.holds.length ? " good" : "")}, c.exhausted ? shown + " within the bound" : c.random ? "nothing was found in random walks, which prove nothing" : "not exhausted: nothing was found so far, and nothing is shown"));
  parts.push(el("p", {class: "sub"}, `${plural(c.states, "state")}, ${plural(c.transitions, "transition")}, depth ${c.depth}. Bound: ${c.bound || "none"}.` +
    (c.vacuous.length && !c.violations.length ? ` Nothing was shown about ${plural(c.vacuous.length, "property").replace("propertys", "properties")} whose subject never came up.` : "")));
  return parts;
}

// Litmus files.

async function openLitmus(id, text) {
  const b = await ask(id ? {do: "litmus", id} : {do: "litmus", trace: text}, "Exploring the litmus file");
  outcomes = b;
  showOutcomes();
}

function showOutcomes() {
  const b = outcomes;
  leaveSession();
  $("place").replaceChildren(el("h1", {}, b.title || "A litmus file"), el("span", {class: "sub"}, "world " + b.world));
  const claims = b.claims.length ? [el("h2", {}, "Claims"), el("div", {}, b.claims.map(c => el("div", {class: "claim"}, el("b", {class: c.verdict.replaceAll(" ", "-")}, c.verdict), el("code", {}, `line ${c.line}: ${c.text}`, c.why ? `, ${c.why}` : ""))))] : [];
  $("main").replaceChildren(el("div", {class: "outcomes"}, el("div", {class: "inner"},
    b.comments && b.comments.length ? b.comments.slice(0, 50).map(c => el("p", {}, clip(c, 2000))) : b.sentence && el("p", {}, b.sentence),
    (b.doubts || []).map(d => el("p", {class: "verdict bad"}, d)),
    el("h2", {}, b.summary || `${plural(b.outcomes.length, "outcome")}, ${b.ways}, ${plural(b.states, "state")}${b.partial ? "; there are more ways than were tried" : ""}`),
    el("div", {class: "rows", id: "outcomes"}, b.outcomes.map((o, i) => el("button", {type: "button", onclick: attempt(async () => {
      adopt(o.play || await ask({do: "open", trace: o.trace}), 0, {fresh: true, title: `${b.title || "Outcome"}: ${o.how}`});
    })}, el("span", {}, `${i + 1}. ${o.how}`), el("span", {}, [o.ways, ...o.details].join("; "))))),
    b.leftOut ? el("p", {}, `${b.leftOut} more outcomes are left out of this page.`) : "",
    claims,
    el("h2", {}, "The file"), el("pre", {class: "code", tabIndex: 0, role: "region", "aria-label": "the file"}, b.file.replace(/\n$/, "").split("\n").map((l, i) => el("code", {}, el("span", {class: "n"}, String(i + 1)), l || " "))))));
  drawTools();
}

// A report of two versions, as cabi diff makes it: what it says, and each trace of it on both, side by side.

let open = null; // which of found() is shown; null: none

// found is all of the report that has traces, in its order.
function found() {
  const all = [];
  for (const s of report.sections) {
    for (const item of s.items) for (const i of [item, ...item.below || []]) if (i.shown) all.push({item: i, of: i === item ? null : item, section: s.title});
  }
  return all;
}

function showReport() {
  leaveSession();
  const back = open;
  open = null;
  $("place").replaceChildren(el("h1", {}, `${report.new} against ${report.old}`));
  const all = found(), button = item => {
    const k = all.findIndex(f => f.item === item), sides = sidesOf(item).map(([name, play]) => [name, new Pane(play, "")]);
    const at = partsAt(sides.map(([, pane]) => pane)), [name, {last}] = sides[0];
    return el("button", {type: "button", id: "found" + k, onclick: () => openFound(k)}, el("span", {}, item.text),
      el("span", {}, sides.length === 1 ? `${plural(last, "action")}, on ${name} alone` : at < 0 ? `${plural(last, "action")}, the same on both` : at === 0 ? "They part at the start" : `They part at action ${at}`));
  };
  const line = item => item.shown ? button(item) : el("p", {class: "plain"}, item.text);
  $("main").replaceChildren(el("div", {class: "outcomes report"}, el("div", {class: "inner"},
    el("p", {class: "lead"}, report.summary),
    all.length ? el("p", {class: "about"}, "Each box opens a trace on both versions, side by side, at the place where they part.") : "",
    report.sections.map(s => el("section", {}, s.title ? el("h2", {}, s.title) : "", s.items.map(item => el("div", {class: "item"}, line(item), item.below ? el("div", {class: "below"}, item.below.map(line)) : "")))))));
  drawTools();
  if (back !== null) { const again = $("found" + back); again.focus(); again.scrollIntoView({block: "center"}); }
}

// sidesOf are the versions that take the trace of an item, with the trace.
function sidesOf({shown}) { return [[report.old, shown.old], [report.new, shown.new]].filter(([, play]) => play); }

function openFound(k) {
  open = k;
  const [[label, play], [besideLabel, beside] = []] = sidesOf(found()[k].item);
  adopt(play, 0, {fresh: true, title: `${report.new} against ${report.old}`, label, beside, besideLabel});
  show(parts < 0 ? 0 : parts);
}

// drawFound says above the panes what they show.
function drawFound() {
  const all = found(), {item, of, section} = all[open];
  const to = (k, text) => el("button", {type: "button", disabled: !all[k], onclick: () => openFound(k)}, text);
  return el("section", {class: "says found", "aria-live": "polite"},
    el("div", {}, el("p", {class: "sub"}, section), of ? el("p", {class: "sub"}, of.text) : "", el("p", {}, item.text),
      item.below ? el("details", {}, el("summary", {}, "More of it"), item.below.map(b => el("p", {class: "sub"}, b.text))) : ""),
    el("div", {class: "row"}, to(open - 1, "Previous"), el("span", {class: "count"}, `${open + 1} of ${all.length}`), to(open + 1, "Following")));
}

function leaveSession() {
  clearTimeout(menuTimer);
  panes = [];
  $("transport").hidden = true;
  document.title = "The Canonical ABI, one action at a time";
}

// The gallery.

function goHome() {
  if (!engine) return report ? showReport() : outcomes ? showOutcomes() : show(0);
  leaveSession();
  outcomes = null;
  notice("");
  history.replaceState(null, "", location.pathname);
  $("place").replaceChildren(el("span", {class: "sub"}, `definitions.py of component-model ${hello.checkout}`));
  const entries = g => hello.gallery.filter(e => e.group === g);
  const row = e => el("button", {type: "button", onclick: attempt(() => openEntry(e))}, el("span", {}, e.title), el("span", {}, e.sentence));
  const list = (g, about) => {
    const all = entries(g), rows = el("div", {class: "rows"}, all.slice(0, 12).map(row));
    const search = all.length > 20 ? el("input", {type: "search", placeholder: `Search ${all.length}`, "aria-label": `Search: ${g}`, oninput: e => {
      const words = e.target.value.toLowerCase().split(/\s+/);
      fill(all.filter(x => words.every(w => (x.title + " " + x.sentence).toLowerCase().includes(w))));
    }}) : "";
    const fill = found => {
      rows.replaceChildren(...found.slice(0, 12).map(row));
      if (found.length > 12) rows.append(el("button", {type: "button", onclick: () => rows.replaceChildren(...found.map(row))}, el("span", {}, `${found.length - 12} more`), el("span", {})));
    };
    fill(all);
    return el("section", {class: "group"}, el("div", {class: "head"}, el("h2", {}, g), search), about ? el("p", {class: "about"}, about) : "", rows);
  };
  const told = hello.gallery.filter(e => e.told);
  const worlds = el("select", {id: "world"}, hello.worlds.map(w => el("option", {value: w.name, title: w.says}, w.name)));
  const variants = el("select", {id: "variant"}, hello.variants.map(v => el("option", {value: v.name, title: v.says}, v.name)));
  const about = el("p", {class: "about"});
  const tell = () => { about.textContent = hello.worlds.find(w => w.name === worlds.value).says; };
  worlds.addEventListener("change", tell);
  worlds.value = "futures";
  tell();
  $("main").replaceChildren(el("div", {class: "home"},
    el("section", {class: "lead"}, el("h1", {}, "The Canonical ABI, one action at a time"),
      el("p", {}, "The specification of the WebAssembly Component Model’s ABI runs in this page: upstream’s definitions.py, ported line by line. You choose what components and the host do next. The page shows each handle, task and thread as it changes, all that may happen, and where it would trap.")),
    el("section", {}, el("h2", {}, "Stories: click one, and step through it"), el("div", {class: "told"}, told.map((e, i) => el("button", {type: "button", class: i === 0 ? "first" : "", onclick: attempt(() => openEntry(e))},
      i === 0 ? el("em", {}, "Begin here, five minutes") : "", el("strong", {}, e.title), el("span", {}, e.sentence))))),
    el("section", {class: "group"}, el("div", {class: "head"}, el("h2", {}, "Play: choose each action yourself")), about,
      el("div", {class: "form"}, el("label", {}, "World", worlds), el("label", {}, "How handles are numbered", variants), el("button", {type: "button", class: "primary", onclick: attempt(async () => adopt(await ask({do: "start", world: worlds.value, variant: variants.value}), 0, {fresh: true}))}, "Start"),
        el("button", {type: "button", onclick: () => ownBox()}, "Write your own…"))),
    list("Findings", "What guests that keep all the rules can bring definitions.py to, each by the fewest actions."),
    list("Questions that people asked", "Litmus files show every outcome that a few lines allow; traces show one run."),
    list("Reference traces", "For each trap, each outcome of a built-in and each step of the state machines, one of the shortest runs that shows it.")));
  $("main").scrollTop = 0;
  drawTools();
}

async function openEntry(e) {
  outcomes = null;
  if (e.litmus) return openLitmus(e.id);
  const play = await ask({do: "open", id: e.id});
  const options = {fresh: true, title: e.title, origin: e.id};
  if (e.beside) {
    options.beside = await ask({do: "under", trace: play.trace, variant: e.beside});
    options.label = play.variant;
    options.besideLabel = e.beside;
    options.beside.note = "";
  }
  adopt(play, 0, options);
}

function ownBox() {
  const text = el("textarea", {"aria-label": "a world, a trace or a litmus file", spellcheck: false, value:
    "world mine\ninstance A  memory 64\ninstance B  memory 64\nresource R of B\nfunc async B.work(own<R>)\nfunc async A.run()  stackful\nimport A  B.work async\nstart A.run\n"});
  box("A world, a trace or a litmus file", [text, el("div", {class: "row"}, el("button", {type: "button", class: "primary", onclick: attempt(async () => {
    $("dialog").close();
    await openText(text.value);
  })}, "Open"), el("button", {type: "button", onclick: () => $("file").click()}, "From a file…"))]);
}

const mostText = 1 << 20; // as long as the engine takes
const tooLong = what => `${what} is too long: at most 1 MB can be opened here`;

// openText opens the text of a trace, a world or a litmus file, whichever it is.
async function openText(text) {
  if (text.length > mostText) throw new Error(tooLong("the text"));
  outcomes = null;
  if (/^in \S+/m.test(text) || /^(allowed|forbidden|always) /m.test(text)) return openLitmus("", text);
  const isTrace = /^\S+: /m.test(text) || /^world \S+ {2}\S/m.test(text) || text.trimStart().startsWith("{");
  adopt(isTrace ? await ask({do: "open", trace: text}) : await ask({do: "start", world: text}), 0, {fresh: true});
}

async function openFile(file) {
  if ($("dialog").open) $("dialog").close();
  if (file.size > mostText) throw new Error(tooLong(file.name));
  await openText(await file.text());
}

$("file").addEventListener("change", attempt(async e => {
  const file = e.target.files[0];
  e.target.value = "";
  if (file) await openFile(file);
}));
if (engine) {
  document.addEventListener("dragover", e => e.preventDefault());
  document.addEventListener("drop", attempt(async e => {
    e.preventDefault();
    if (e.dataTransfer.files[0]) await openFile(e.dataTransfer.files[0]);
  }));
}

function save() {
  const play = panes[0].play, url = URL.createObjectURL(new Blob([play.trace], {type: "text/plain"}));
  el("a", {href: url, download: play.world.replace(/[^A-Za-z0-9_-]/g, "_") + ".cabi"}).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// Links. The part of the address behind # is the whole trace, compressed, and the moment; no server sees it.

async function squeeze(stream, text) {
  const out = new Blob([text]).stream().pipeThrough(stream);
  return new Uint8Array(await new Response(out).arrayBuffer());
}

async function linkOf() {
  if (origin && panes[0].play.id === originID) return "#open=" + encodeURIComponent(origin) + "&at=" + now;
  const bytes = await squeeze(new CompressionStream("deflate-raw"), panes[0].play.trace);
  let s = "";
  for (const b of bytes) s += String.fromCharCode(b);
  return "#trace=" + btoa(s).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "") + "&at=" + now;
}

let hashTimer = 0;
function noteHash() {
  clearTimeout(hashTimer);
  hashTimer = setTimeout(async () => {
    if (panes.length) { const link = await linkOf(); if (panes.length) history.replaceState(null, "", link); }
  }, 300);
}

async function copyLink() {
  const url = location.origin + location.pathname + await linkOf();
  try { await navigator.clipboard.writeText(url); notice("The link is copied. It holds the whole trace.", true); } catch { box("A link to this", [el("p", {}, el("code", {}, url))]); }
}

// inflate reads what a link holds, but no more than a trace may have.
async function inflate(text) {
  const bytes = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), c => c.charCodeAt(0));
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const parts = [];
  let size = 0;
  for (;;) {
    const {done, value} = await reader.read();
    if (done) break;
    size += value.length;
    if (size > mostText) { reader.cancel(); throw new Error("the link holds more than a trace may have"); }
    parts.push(value);
  }
  return new TextDecoder().decode(await new Blob(parts).arrayBuffer());
}

const mostLink = 400_000; // characters: what is behind the #

async function openHash() {
  const size = location.hash.length;
  if (size > mostLink) {
    history.replaceState(null, "", location.pathname); // each step would copy it
    throw new Error(`the link is too long: ${size.toLocaleString("en")} characters, of ${mostLink.toLocaleString("en")} that are possible`);
  }
  const params = new URLSearchParams(location.hash.slice(1));
  const at = Math.max(0, parseInt(params.get("at"), 10) || 0);
  if (params.has("open")) {
    const entry = hello.gallery.find(e => e.id === params.get("open"));
    if (!entry) throw new Error("the gallery has no such entry");
    await openEntry(entry);
    if (panes.length) show(at);
  } else if (params.has("trace")) {
    let text;
    try { text = await inflate(params.get("trace")); } catch (error) { throw new Error("the link is broken: " + error.message); }
    adopt(await ask({do: "open", trace: text}), at, {fresh: true});
  } else return false;
  return true;
}

let resized = 0;
addEventListener("resize", () => {
  cancelAnimationFrame(resized);
  resized = requestAnimationFrame(look);
});

document.addEventListener("keydown", e => {
  if (!panes.length || $("dialog").open || e.ctrlKey || e.metaKey || e.altKey) return;
  if (/^(input|select|textarea)$/i.test(e.target.tagName) && e.target.type !== "checkbox" && e.target.type !== "range") return;
  const last = Math.max(...panes.map(p => p.last));
  const inScene = e.target.closest && e.target.closest(".scene, .next");
  const to = {ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last, ...(inScene ? {} : {ArrowUp: now - 1, ArrowDown: now + 1, PageUp: now - 10, PageDown: now + 10})}[e.key];
  if (to !== undefined) { e.preventDefault(); return show(to); }
  const n = "123456789".indexOf(e.key);
  if (n >= 0 && menu && menu.at === now && menu.options[n] && panes.length === 1) { e.preventDefault(); attempt(take)(menu.options[n].action); }
});

$("home").addEventListener("click", attempt(goHome));

attempt(async () => {
  const data = $("data");
  if (data) {
    const given = JSON.parse(data.textContent);
    if (given.diff) { report = given.diff; return showReport(); }
    if (given.outcomes) { outcomes = given.outcomes; return showOutcomes(); }
    return adopt(given.play, 0, {fresh: true, label: given.label, beside: given.beside, besideLabel: given.besideLabel});
  }
  hello = await ask({do: "hello"}, "Loading the specification");
  window.addEventListener("hashchange", attempt(openHash));
  let opened = false;
  try { opened = await openHash(); } finally { if (!opened) goHome(); }
})();
})();
