// The desk's page. The server keeps everything; the page shows it, and holds what a person types, and what
// could not be sent yet, in the browser's storage, so that neither a reload nor a server that is down loses
// a word.

const START = JSON.parse(document.getElementById("start").dataset.start);
let me = START.me;
const $ = (id) => document.getElementById(id);

const open = new Map(); // the open handovers, by number
let tab = "open";
let shown = null; // the number of the conversation that is shown
let detail = null; // what the server said of it
let cursor = null; // where the keyboard stands in the list
let sound = stored("sound") !== "off";
let audio = null;

// -- the server ---------------------------------------------------------------------------------------

class Refusal extends Error {}

async function call(path, body) {
  const answer = await fetch(`/desk/api/${path}`, body === undefined ? {} : {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Desk-Token": me.token },
    body: JSON.stringify(body),
  });
  if (answer.status === 401) location.reload();
  if (answer.status >= 500) throw new Error("the server does not answer");
  const said = await answer.json();
  if (!answer.ok) throw new Refusal(said.error ?? "That did not work.");
  return said;
}

function listen() {
  const events = new EventSource("/desk/api/events");
  events.addEventListener("open", () => { say(""); refresh(); });
  events.addEventListener("error", () => say("Connection lost, trying again. What you write is kept."));
  events.addEventListener("signed-out", () => location.reload());
  events.addEventListener("changed", ({ data }) => JSON.parse(data).forEach(take));
}

async function refresh() {
  try {
    const found = await call("handovers");
    open.clear();
    found.forEach((one) => open.set(one.number, one));
    list();
    if (shown) await show(shown);
    flush();
  } catch (error) {
    say(error instanceof Refusal ? error.message : "The server does not answer, trying again.");
    if (!(error instanceof Refusal)) setTimeout(refresh, 2000);
  }
}

// Something changed in a handover.
function take(one) {
  const before = open.get(one.number);
  if (one.state === "closed") open.delete(one.number);
  else open.set(one.number, one);
  const isNew = !before && one.state === "waiting";
  const wrote = one.unread > (before?.unread ?? 0) && (one.mine || one.state !== "with_person");
  if (isNew || one.urgent > (before?.urgent ?? false)) ring(one.urgent ? 3 : 2);
  else if (wrote && !(one.number === shown && document.hasFocus())) ring(1);
  list();
  if (one.number === shown) update(one);
}

// -- the list -----------------------------------------------------------------------------------------

function line() {
  return [...open.values()].sort((a, b) =>
    b.urgent - a.urgent || b.mine - a.mine || (a.state === "with_person") - (b.state === "with_person") ||
    a.requested.localeCompare(b.requested));
}

function list() {
  const waiting = [...open.values()].filter((one) => one.state === "waiting").length;
  const unread = [...open.values()].filter((one) => one.mine).reduce((sum, one) => sum + one.unread, 0);
  document.title = `${waiting + unread ? `(${waiting + unread}) ` : ""}Desk · ${START.company}`;
  $("count").textContent = open.size || "";
  if (tab !== "open") return;
  const rows = line();
  $("nobody").hidden = rows.length > 0;
  const focused = $("list").contains(document.activeElement) && document.activeElement.dataset.number;
  $("list").replaceChildren(...rows.map(row));
  if (focused) $("list").querySelector(`[data-number="${focused}"]`)?.focus();
}

function row(one) {
  const button = make("button", { type: "button", "data-number": one.number });
  button.classList.add(one.state);
  if (one.mine) button.classList.add("mine");
  if (one.urgent) button.classList.add("urgent");
  if (one.number === (cursor ?? shown)) button.setAttribute("aria-current", "true");
  const title = make("span", {}, make("strong", {}, one.number), ` ${one.customer || ""}`);
  const since = one.state === "with_person" ? (one.mine ? "yours" : `with ${one.claimed_name}`)
    : one.state === "requested" ? "get in touch" : `waits ${ago(one.requested)}`;
  button.append(title, make("span", { class: "when" }, since),
    make("span", { class: "line" }, `${one.reason} · ${one.channel}`));
  button.append(one.unread ? make("span", { class: "unread", "aria-label": `${one.unread} unread` }, String(one.unread)) : make("span"));
  if (one.last_text) button.append(make("span", { class: "words" }, one.last_text));
  button.addEventListener("click", () => { cursor = one.number; show(one.number, true); });
  return make("li", {}, button);
}

async function choose(name) {
  tab = name;
  for (const one of ["open", "closed", "complaints"]) $(`tab-${one}`).setAttribute("aria-selected", String(one === name));
  $("list").replaceChildren();
  $("nobody").hidden = true;
  if (name === "open") return list();
  try {
    if (name === "closed") {
      const found = await call("closed");
      if (tab === name) $("list").replaceChildren(...found.map((one) => row({ ...one, unread: 0, last_text: one.note })));
    } else {
      const { complaints, trouble } = await call("complaints");
      const items = complaints.map((one) => make("li", { class: "plain" }, make("strong", {}, one.number),
        ` answer by ${one.answer_by}${one.order ? ` · ${one.order}` : ""}`, make("div", { class: "text" }, one.text)));
      if (tab === name) $("list").replaceChildren(...(items.length ? items : [make("li", { class: "plain soft" }, trouble || "No complaints to be answered.")]));
    }
  } catch (error) { say(error.message); }
}

// -- one conversation ---------------------------------------------------------------------------------

async function show(number, byHand = false) {
  try {
    const found = await call(`handovers/${number}`);
    if (byHand || shown === null || shown === number) {
      const another = shown !== number;
      shown = number;
      detail = found;
      document.body.classList.add("talking");
      $("empty").hidden = true;
      $("talk").hidden = false;
      if (another) { $("text").value = stored(`draft.${number}`) ?? ""; problem(""); }
      brief();
      log();
      head();
      seen();
      list();
      if (byHand && another) { $("brief").open = innerWidth > 700; }
    }
  } catch (error) {
    if (error instanceof Refusal && byHand) say(error.message);
    else if (error instanceof Refusal && number === shown) leave();
  }
}

// What came since, instead of all of it again.
async function update(one) {
  if (!detail) return;
  const number = one.number;
  Object.assign(detail, one);
  if (!one.readable) return leave();
  const known = detail.entries.at(-1)?.seq ?? 0;
  const waiting = detail.entries.findIndex((entry) => entry.kind === "agent" && !entry.delivered);
  const after = waiting < 0 ? known : Math.min(known, detail.entries[waiting].seq - 1);
  try {
    const found = await call(`handovers/${number}/entries?after=${after}`);
    if (number !== shown) return;
    const bySeq = new Map(detail.entries.map((entry) => [entry.seq, entry]));
    found.forEach((entry) => bySeq.set(entry.seq, entry));
    detail.entries = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
    log();
    head();
    seen();
  } catch { /* the next change, or the next connection, brings it */ }
}

function leave() {
  document.body.classList.remove("talking");
  const number = shown;
  shown = detail = null;
  $("talk").hidden = true;
  $("empty").hidden = false;
  list();
  $("list").querySelector(`[data-number="${number}"]`)?.focus();
}

function head() {
  $("number").textContent = detail.number;
  $("customer").textContent = detail.customer;
  $("reason").textContent = detail.reason;
  const standing = {
    requested: `Nobody waits in the chat: get in touch by email or phone. Asked ${ago(detail.requested)} ago`,
    waiting: `Waiting ${ago(detail.requested)}${detail.give_up_at ? `; the assistant returns ${until(detail.give_up_at)}` : ""}`,
    with_person: detail.mine ? "You have this conversation" : `${detail.claimed_name} has this conversation`,
    closed: `Closed${detail.note ? `: ${detail.note}` : ""}`,
  }[detail.state];
  $("standing").textContent = `${standing} · ${detail.channel}`;
  const isOpen = detail.state !== "closed";
  const free = isOpen && detail.state !== "with_person";
  $("claim").hidden = !free;
  $("take").hidden = !(isOpen && detail.state === "with_person" && !detail.mine && me.role === "supervisor");
  $("return").hidden = $("close").hidden = !(isOpen && (detail.mine || free || me.role === "supervisor"));
  $("compose").hidden = !isOpen || (detail.state === "with_person" && !detail.mine);
}

function brief() {
  const { brief: said } = detail;
  const parts = [["Why", detail.reason], ["Summary", said.summary]];
  const items = (values) => make("ul", {}, ...values.map((value) => make("li", {}, value)));
  if (said.before) parts.push(["Before", said.before]);
  const mood = said.curve ? drawn(said) : make("span", { class: "soft" }, "not read: the customer does not want it");
  parts.push(["Mood over time", mood]);
  if (said.facts.length) parts.push(["Known", items(said.facts.map(([name, value]) => `${name}: ${value}`))]);
  parts.push(["Tried and said", said.tried.length ? items(said.tried) : "nothing yet"]);
  if (said.suggestions.length) parts.push(["Suggested next", items(said.suggestions)]);
  if (said.last_words) parts.push(["Last words", said.last_words]);
  $("brief-body").replaceChildren(make("dl", {}, ...parts.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])));
}

function drawn(said) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 160 36");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `Frustration after each message, from 0 to 1: ${said.mood.join(", ")}`);
  const points = document.createElementNS(space, "polyline");
  points.setAttribute("points", said.curve);
  svg.append(points);
  return svg;
}

const HAPPENED = {
  asked: () => "A person was asked for",
  urgent: () => "Urgent: the customer may be in danger",
  claimed: (entry) => `${entry.name} has taken the conversation`,
  unanswered: () => "Nobody came in time; the assistant is back, and the customer waits for word from us",
  closed: (entry) => `${entry.name || "The customer"} ended it${entry.text ? `: ${entry.text}` : ""}`,
};

function log() {
  const box = $("log");
  const atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 80 || box.dataset.of !== detail.number;
  box.dataset.of = detail.number;
  const before = detail.transcript.map((one) => bubble(one.who === "desk" ? "note" : one.who, one.text,
    { customer: "Customer", assistant: "Assistant", person: one.name, desk: "" }[one.who]));
  const since = detail.entries.map((entry) => {
    if (entry.kind in HAPPENED) return make("div", { class: `happened ${entry.kind}` }, `${HAPPENED[entry.kind](entry)} · ${clock(entry.at)}`);
    const by = { customer: "Customer", assistant: "Assistant", agent: entry.mine ? "You" : entry.name, note: `Note of ${entry.mine ? "yours" : entry.name}` }[entry.kind];
    const state = entry.kind === "agent" ? (entry.delivered ? " · delivered" : " · on its way") : "";
    return bubble(entry.kind, entry.text, `${by} · ${clock(entry.at)}${state}`);
  });
  const unsent = outgoing().filter((one) => one.number === detail.number).map((one) => bubble(`${one.kind} waiting`, one.text, "Not sent yet, trying again"));
  box.replaceChildren(...before, ...since, ...unsent);
  if (atEnd) box.scrollTop = box.scrollHeight;
}

function bubble(kind, text, by) {
  const box = make("div", { class: `said ${kind}` }, make("span", { class: "by" }, by));
  box.append(text);
  return box;
}

function seen() {
  if (document.hidden || !detail) return;
  const seq = detail.entries.at(-1)?.seq ?? 0;
  const one = open.get(detail.number);
  if (seq && seq !== detail.read) {
    detail.read = seq;
    call(`handovers/${detail.number}/read`, { seq }).catch(() => { if (detail) detail.read = 0; });
  }
  if (one?.unread) { one.unread = 0; list(); }
}

// -- what a person does -------------------------------------------------------------------------------

async function act(path, body = {}) {
  problem("");
  try {
    Object.assign(detail, await call(`handovers/${shown}/${path}`, body));
    await show(shown);
    return true;
  } catch (error) {
    problem(error instanceof Refusal ? error.message : "The server does not answer. Try again.");
    if (error instanceof Refusal) show(shown);
    return false;
  }
}

// What is to be sent stands in the storage first, and goes when the server has it. The key lets the server
// know a message that comes twice.
function outgoing() {
  return JSON.parse(stored("outgoing") ?? "[]");
}

function write(kind) {
  const text = $("text").value.trim();
  if (!text || !shown) return;
  store("outgoing", JSON.stringify([...outgoing(), { kind, number: shown, text, key: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, by: me.login }]));
  $("text").value = "";
  store(`draft.${shown}`, null);
  log();
  flush();
}

let flushing = false;
async function flush() {
  if (flushing) return;
  flushing = true;
  try {
    for (let one; (one = outgoing().find((waiting) => waiting.by === me.login)); ) {
      try {
        await call(`handovers/${one.number}/${one.kind === "note" ? "notes" : "messages"}`, { key: one.key, text: one.text });
      } catch (error) {
        if (!(error instanceof Refusal)) { setTimeout(flush, 2000); return; }
        problem(`Not sent: ${error.message}`);
        // Refused for good: back to where it can be copied.
        if (one.number === shown) $("text").value = [one.text, $("text").value].filter(Boolean).join("\n");
        store(`draft.${one.number}`, one.text);
      }
      store("outgoing", JSON.stringify(outgoing().filter((waiting) => waiting.key !== one.key)));
      if (one.number === shown && detail) await update(detail);
    }
  } finally { flushing = false; }
}

function end(how) {
  const dialog = $("ending");
  $("ending-title").textContent = how === "close" ? `Close ${shown}` : `Give ${shown} back to the assistant`;
  $("ending-yes").textContent = how === "close" ? "Close" : "Give back";
  $("ending-note").value = "";
  dialog.returnValue = "no";
  dialog.onclose = async () => {
    if (dialog.returnValue === "yes" && (await act(how, { note: $("ending-note").value.trim() }))) choose("open");
  };
  dialog.showModal();
  $("ending-note").focus();
}

async function people() {
  $("my-name").value = me.name;
  $("people-problem").textContent = "";
  $("others").hidden = me.role !== "supervisor";
  if (!$("people").open) $("people").showModal();
  if (me.role !== "supervisor") return;
  const found = await call("agents");
  $("agents").replaceChildren(...found.map((one) => {
    const item = make("li", {}, make("span", {}, `${one.name} (${one.login}), ${one.role}`));
    if (one.login !== me.login) {
      const button = make("button", { type: "button" }, "Remove");
      button.addEventListener("click", () => manage(`agents/${encodeURIComponent(one.login)}/remove`, {}));
      item.append(button);
    }
    return item;
  }));
}

async function manage(path, body) {
  try {
    const said = await call(path, body);
    $("people-problem").textContent = "";
    return said;
  } catch (error) {
    $("people-problem").textContent = error.message;
    return null;
  } finally { if (me.role === "supervisor" && path !== "me/name") people(); }
}

// -- small things -------------------------------------------------------------------------------------

function make(name, attributes = {}, ...inside) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...inside);
  return element;
}

function ago(moment) {
  const minutes = Math.max(0, Math.floor((Date.now() - Date.parse(moment)) / 60000));
  if (minutes < 60) return `${minutes} min`;
  return minutes < 60 * 24 ? `${Math.floor(minutes / 60)} h ${minutes % 60} min` : `${Math.floor(minutes / 60 / 24)} d`;
}

function until(moment) {
  const minutes = Math.ceil((Date.parse(moment) - Date.now()) / 60000);
  return minutes > 0 ? `in ${minutes} min` : "now";
}

function clock(moment) {
  return new Date(moment).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
}

function say(words) { if ($("link").textContent !== words) $("link").textContent = words; }
function problem(words) { $("problem").textContent = words; }

function ring(times) {
  if (!sound) return;
  try {
    audio ??= new AudioContext();
    for (let count = 0; count < times; count += 1) {
      const tone = audio.createOscillator(), loudness = audio.createGain();
      const begin = audio.currentTime + count * 0.22;
      tone.frequency.value = 660 + 110 * (count % 2);
      loudness.gain.setValueAtTime(0.12, begin);
      loudness.gain.exponentialRampToValueAtTime(0.001, begin + 0.2);
      tone.connect(loudness).connect(audio.destination);
      tone.start(begin);
      tone.stop(begin + 0.2);
    }
  } catch { /* a browser without sound */ }
}

function stored(key) {
  try { return localStorage.getItem(`exemplar.desk.${key}`); } catch { return null; }
}

function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(`exemplar.desk.${key}`);
    else localStorage.setItem(`exemplar.desk.${key}`, value);
  } catch { /* a browser that keeps nothing */ }
}

function showMe() {
  $("who").textContent = me.name;
  $("sound").textContent = sound ? "Sound on" : "Sound off";
  $("sound").setAttribute("aria-pressed", String(sound));
}

function move(step) {
  const buttons = [...$("list").querySelectorAll("button")];
  if (!buttons.length) return;
  const at = buttons.findIndex((one) => one.dataset.number === (cursor ?? shown));
  const next = buttons[Math.min(Math.max(at + step, 0), buttons.length - 1)];
  cursor = next.dataset.number;
  for (const one of buttons) one.removeAttribute("aria-current");
  next.setAttribute("aria-current", "true");
  next.focus();
}

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
  c: () => !$("talk").hidden && !$("claim").hidden && $("claim").click(),
  r: () => !$("compose").hidden && $("text").focus(),
  b: () => !$("talk").hidden && !$("return").hidden && end("return"),
  x: () => !$("talk").hidden && !$("close").hidden && end("close"),
  "?": () => $("help").showModal(),
  Escape: () => shown && leave(),
};

document.addEventListener("keydown", (event) => {
  if (document.querySelector("dialog[open]")) return;
  const typing = event.target.closest("input, textarea, select");
  if (typing) {
    if (event.key === "Escape") { typing.blur(); $("log").focus(); }
    if (event.target.id === "text" && event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); write("agent"); }
    if (event.target.id === "text" && event.key === "Enter" && event.altKey) { event.preventDefault(); write("note"); }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in KEYS)) return;
  if (event.key.startsWith("Arrow") && !event.target.closest("#side")) return;
  event.preventDefault();
  KEYS[event.key]();
});

for (const one of ["open", "closed", "complaints"]) $(`tab-${one}`).addEventListener("click", () => choose(one));
$("back").addEventListener("click", leave);
$("claim").addEventListener("click", async () => (await act("claim")) && $("text").focus());
$("take").addEventListener("click", () => act("claim", { take_over: true }));
$("return").addEventListener("click", () => end("return"));
$("close").addEventListener("click", () => end("close"));
$("note").addEventListener("click", () => write("note"));
$("compose").addEventListener("submit", (event) => { event.preventDefault(); write("agent"); });
$("text").addEventListener("input", () => shown && store(`draft.${shown}`, $("text").value || null));
$("keys").addEventListener("click", () => $("help").showModal());
$("who").addEventListener("click", people);
$("sound").addEventListener("click", () => { sound = !sound; store("sound", sound ? "on" : "off"); showMe(); if (sound) ring(1); });
$("rename").addEventListener("submit", async (event) => {
  event.preventDefault();
  const renamed = await manage("me/name", { name: $("my-name").value });
  if (renamed) { me = renamed; showMe(); $("people").close(); }
});
$("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = Object.fromEntries(["login", "name", "role", "password"].map((name) => [name, $(`add-${name}`).value]));
  if (await manage("agents/add", body)) $("add").reset();
});
for (const { title, text } of START.canned) $("canned").append(make("option", { value: text }, title));
$("canned").addEventListener("change", () => {
  const text = $("canned").value.replaceAll("{name}", me.name);
  if (text) $("text").value = [$("text").value.trim(), text].filter(Boolean).join(" ");
  $("canned").value = "";
  $("text").dispatchEvent(new Event("input"));
  $("text").focus();
});
document.addEventListener("visibilitychange", seen);
setInterval(() => { list(); if (detail) head(); }, 20000);
showMe();
listen();
