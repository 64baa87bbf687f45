"use strict";
const setup = JSON.parse(document.getElementById("setup").textContent);
const $ = (id) => document.getElementById(id);
const byKey = Object.fromEntries(Object.entries(setup.keys).map(([name, key]) => [key, name]));
let list = [];        // a line on each SESSION
let session = null;   // the one that is open
let place = 0;        // its turn in hand, from 0
let queue = Promise.resolve();

function make(tag, attributes = {}, ...children) {
  const one = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "class") one.className = value; else one.setAttribute(name, value);
  }
  one.append(...children.filter((child) => child !== null && child !== undefined));
  return one;
}

async function call(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-Exemplar-Key": setup.key },
  };
  let answer;
  try {
    answer = await fetch(path, options);
  } catch {
    throw new Error("The server does not answer: start `exemplar sessions review` again. The last change may not be written.");
  }
  const content = await answer.json();
  if (!answer.ok) throw Object.assign(new Error(content.problem || "Something went wrong."), { status: answer.status });
  return content;
}

function complain(says) {
  $("problem").textContent = says;
  $("problem").hidden = !says;
}

const settled = (turn) => turn.labels !== null && turn.labels.by !== "model";
const sureness = (turn) => (turn.labels === null ? 0 : turn.labels.confidence);
const plain = (name) => name.replaceAll("_", " ");
const percent = (share) => `${Math.round(100 * share)} %`;

// -- showing ---------------------------------------------------------------------------------------

function showList() {
  const words = $("find").value.trim().toLowerCase();
  $("list").replaceChildren(...list.filter((one) => one.id.includes(words)).map((one) => {
    const state = one.problem ? make("span", { class: "todo", title: one.problem }, "broken")
      : one.open ? make("span", { class: "todo" }, String(one.open), make("span", { class: "hidden" }, " unconfirmed"))
        : make("span", { class: "done" }, "✓", make("span", { class: "hidden" }, " all confirmed"));
    const button = make("button", { type: "button", "data-id": one.id }, make("span", {}, one.id), state);
    if (session && session.id === one.id) button.setAttribute("aria-current", "true");
    button.addEventListener("click", () => { button.blur(); open(one.id); });
    return make("li", {}, button);
  }));
  const open_ = list.reduce((sum, one) => sum + one.open, 0);
  $("progress").textContent = open_
    ? `${open_} turns in ${list.filter((one) => one.open).length} SESSIONS are not confirmed`
    : `All turns of ${list.length} SESSIONS are confirmed`;
}

function labelsOf(turn) {
  const labels = turn.labels;
  if (labels === null) return [make("span", { class: "guess" }, "no labels yet")];
  const parts = turn.speaker === "customer"
    ? [make("span", { class: `feeling-chip f-${labels.emotion}` }, labels.emotion), (labels.frustration ?? 0).toFixed(2),
      labels.intent ? make("span", { class: "soft" }, plain(labels.intent)) : null]
    : [...labels.moves.map((name) => make("span", { class: `move-chip m-${setup.kinds[name]}` }, name)),
      ...labels.anti_moves.map((name) => make("span", { class: "move-chip m-anti" }, `✕ ${plain(name)}`))];
  parts.push(settled(turn)
    ? make("span", { class: "kept" }, labels.by === "person" ? "✓ confirmed" : "✓ author")
    : make("span", { class: "guess" }, `model, ${percent(labels.confidence)} sure`));
  return parts;
}

function showTalk() {
  $("title").textContent = session.id;
  $("about").textContent = `${session.stage} the purchase · ${session.channel} · ${session.agent}`
    + `${session.apart ? " · set apart" : ""} · ${session.open ? `${session.open} of ${session.turns} turns not confirmed` : "all confirmed"}`;
  $("talk").replaceChildren(...session.said.map((turn, number) => {
    const item = make("li", { class: `turn ${turn.speaker}${settled(turn) ? "" : " unsettled"}`, "data-number": number, tabindex: "-1" },
      make("p", { class: "who" }, `${number + 1} ${turn.speaker}`),
      make("p", { class: "text" }, turn.text),
      make("p", { class: "labels" }, ...labelsOf(turn)));
    item.addEventListener("click", () => go(number));
    return item;
  }));
}

function showPanel() {
  const turn = session.said[place];
  const labels = turn.labels;
  for (const item of $("talk").children) { item.removeAttribute("aria-current"); item.tabIndex = -1; }
  const item = $("talk").children[place];
  item.setAttribute("aria-current", "true");
  item.tabIndex = 0;
  // Who reads by ear hears the turn; who is among the labels stays there.
  if (document.activeElement === document.body || $("talk").contains(document.activeElement)) {
    item.focus({ preventScroll: true });
  }
  item.scrollIntoView({ block: "nearest" });
  $("panel").hidden = false;
  $("panel-title").textContent = `Turn ${place + 1}, ${turn.speaker}`;
  $("by").textContent = labels === null ? "No labels yet: choose."
    : labels.by === "model" ? `The model suggests this; it is ${percent(labels.confidence)} sure.`
      : labels.by === "person" ? "Confirmed by a person." : "Labelled by the author.";
  const agent = turn.speaker === "agent";
  $("agent").hidden = !agent;
  $("customer").hidden = agent;
  if (agent) {
    const moves = labels ? labels.moves : [], anti = labels ? labels.anti_moves : [];
    for (const button of document.querySelectorAll("[data-move]")) {
      const order = moves.indexOf(button.dataset.move);
      button.setAttribute("aria-pressed", String(order >= 0));
      button.querySelector("b").textContent = order >= 0 && moves.length > 1 ? `${order + 1}.` : "";
    }
    for (const button of document.querySelectorAll("[data-anti]")) {
      button.setAttribute("aria-pressed", String(anti.includes(button.dataset.anti)));
    }
    const facts = Object.entries(labels ? labels.facts : {}).map(([name, value]) => `${plain(name)}: ${plain(value)}`);
    $("facts").textContent = facts.length ? `Facts, kept as they are: ${facts.join(", ")}` : "";
  } else {
    const emotion = labels ? labels.emotion : null;
    document.querySelectorAll("[data-emotion]").forEach((button, number) => {
      const chosen = button.dataset.emotion === emotion;
      button.setAttribute("aria-checked", String(chosen));
      button.tabIndex = chosen || (emotion === null && number === 0) ? 0 : -1;
    });
    const level = labels ? labels.frustration ?? 0 : 0;
    $("frustration").value = level;
    $("level").textContent = level.toFixed(2);
    const intent = labels && labels.intent ? labels.intent : "";
    if (intent && ![...$("intent").options].some((option) => option.value === intent)) {
      $("intent").append(make("option", { value: intent }, plain(intent)));
    }
    $("intent").value = intent;
  }
}

function show() {
  showTalk();
  showPanel();
  const line = list.find((one) => one.id === session.id);
  if (line) Object.assign(line, { open: session.open, least: session.least });
  showList();
}

// -- moving ----------------------------------------------------------------------------------------

function go(number) {
  place = Math.max(0, Math.min(session.said.length - 1, number));
  showPanel();
}

/** The unconfirmed turn of which the model is least sure, or -1. */
function leastSure() {
  let found = -1;
  session.said.forEach((turn, number) => {
    if (!settled(turn) && (found < 0 || sureness(turn) < sureness(session.said[found]))) found = number;
  });
  return found;
}

async function open(id, number) {
  try {
    session = await call(`sessions/${encodeURIComponent(id)}`);
  } catch (error) {
    complain(error.message);
    return;
  }
  complain("");
  const first = leastSure();
  place = number ?? (first < 0 ? 0 : first);
  show();
}

async function onward() {
  const here = session ? leastSure() : -1;
  if (here >= 0) { go(here); return; }
  list = await call("sessions");
  const next = list.find((one) => one.open);
  if (next) await open(next.id); else { showList(); if (session) go(place + 1); }
}

// -- labelling -------------------------------------------------------------------------------------

function chosen(turn) {
  const labels = turn.labels ?? { moves: [], anti_moves: [], emotion: "neutral", frustration: 0, intent: null };
  return turn.speaker === "agent"
    ? { moves: [...labels.moves], anti_moves: [...labels.anti_moves] }
    : { emotion: labels.emotion, frustration: labels.frustration ?? 0, intent: labels.intent };
}

/** Writes one change after the other, each with the digest that the one before left. */
function write(change, then) {
  const id = session.id, number = place;
  queue = queue.then(async () => {
    if (!session || session.id !== id) return;
    const labels = chosen(session.said[number]);
    change(labels);
    try {
      session = await call(`sessions/${encodeURIComponent(id)}/turns/${number}`, { digest: session.digest, labels });
      complain("");
      show();
      if (then) await then();
    } catch (error) {
      if (error.status === 409) await open(id, number);
      complain(error.message);
    }
  });
  return queue;
}

const toggled = (names, name) => (names.includes(name) ? names.filter((one) => one !== name) : [...names, name]);
const isAgent = () => session.said[place].speaker === "agent";
const toggle = (name) => write((labels) => {
  const key = setup.moves.includes(name) ? "moves" : "anti_moves";
  labels[key] = toggled(labels[key], name);
});
const feel = (name) => write((labels) => { labels.emotion = name; });
const stepFeeling = (by) => write((labels) => {
  const count = setup.emotions.length;
  labels.emotion = setup.emotions[(setup.emotions.indexOf(labels.emotion) + by + count) % count];
});
const stepLevel = (by) => write((labels) => {
  labels.frustration = Math.max(0, Math.min(1, Math.round(20 * (labels.frustration + by)) / 20));
});
const confirmTurn = () => write(() => {}, onward);

function undo() {
  queue = queue.then(async () => {
    try {
      const before = await call("undo", {});
      session = before;
      place = before.turn;
      complain("");
      show();
    } catch (error) {
      if (error.status === 409 && session) await open(session.id, place);
      complain(error.message);
    }
  });
}

/** After a click by hand, Enter confirms the turn rather than clicking again. */
function leave(event, button) {
  if (event.detail > 0) button.blur();
}

for (const button of document.querySelectorAll("[data-move], [data-anti]")) {
  button.addEventListener("click", (event) => { leave(event, button); toggle(button.dataset.move ?? button.dataset.anti); });
}
for (const button of document.querySelectorAll("[data-emotion]")) {
  button.addEventListener("click", (event) => { leave(event, button); feel(button.dataset.emotion); });
}
$("frustration").addEventListener("input", () => { $("level").textContent = Number($("frustration").value).toFixed(2); });
$("frustration").addEventListener("change", () => {
  const level = Number($("frustration").value);
  write((labels) => { labels.frustration = level; });
});
$("intent").addEventListener("change", () => {
  const intent = $("intent").value || null;
  write((labels) => { labels.intent = intent; });
});
$("confirm").addEventListener("click", confirmTurn);
$("undo").addEventListener("click", undo);
$("find").addEventListener("input", showList);
$("help-button").addEventListener("click", () => $("help").showModal());
$("letters").checked = localStorage.getItem("letters") !== "off";
$("letters").addEventListener("change", () => localStorage.setItem("letters", $("letters").checked ? "on" : "off"));

const letters = {
  j: () => go(place + 1), k: () => go(place - 1), u: undo, n: onward,
};
const customerKeys = {
  e: () => stepFeeling(1), E: () => stepFeeling(-1), f: () => stepLevel(0.1), F: () => stepLevel(-0.1),
};

document.addEventListener("keydown", (event) => {
  if ($("help").open || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const at = event.target;
  if (at.matches("input[type=search], select")) return;
  const lettersWork = $("letters").checked;
  let act = null;
  if (event.key === "?" && lettersWork) act = () => $("help").showModal();
  else if (!session) { if (event.key === "n" && lettersWork) act = onward; }
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const by = event.key === "ArrowDown" ? 1 : -1;
    if (at.matches("[role=radio]")) act = () => stepFeeling(by).then(() => document.querySelector("[aria-checked=true]").focus());
    else if (!at.matches("input[type=range]")) act = () => go(place + by);
  } else if ((event.key === "ArrowRight" || event.key === "ArrowLeft") && at.matches("[role=radio]")) {
    const by = event.key === "ArrowRight" ? 1 : -1;
    act = () => stepFeeling(by).then(() => document.querySelector("[aria-checked=true]").focus());
  } else if (event.key === "Enter" && !at.matches("button, summary, a")) act = confirmTurn;
  else if (lettersWork) {
    if (letters[event.key]) act = letters[event.key];
    else if (isAgent()) { if (byKey[event.key]) act = () => toggle(byKey[event.key]); }
    else if (customerKeys[event.key]) act = customerKeys[event.key];
    else if (/^[1-9]$/.test(event.key)) act = () => feel(setup.emotions[Number(event.key) - 1]);
  }
  if (act) { event.preventDefault(); act(); }
});

(async () => {
  try {
    list = await call("sessions");
    showList();
    const wanted = decodeURIComponent(location.hash.slice(1));
    const first = list.find((one) => one.id === wanted) ?? list.find((one) => one.open) ?? list.find((one) => !one.problem);
    if (first) await open(first.id);
  } catch (error) { complain(error.message); }
})();
