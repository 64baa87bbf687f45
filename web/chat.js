// The chat: deep-chat shows it, socket.io carries it. What is said is kept by the server; the browser
// keeps only the token that opens its conversation.
import { io } from "/assets/socket.io.js";

const TOKEN = "exemplar.visitor";
const UNSENT = "exemplar.unsent";
const LONGEST = 20000;
const CALM = document.getElementById("chat-status").textContent;

const panel = document.getElementById("chat");
const help = document.getElementById("help");
const status = document.getElementById("chat-status");
const back = document.getElementById("chat-back");
const COMPANY = "Marlow Lane";

let socket = null;
let chat = null;
let signals = null;
let shown = 0;
let speaker = "assistant"; // who spoke last, to say when that changes
let heard = new Set(); // what was shown, by id: the server may send a thing twice
let lost = false;
let ready = false;
let sending = false;
const unsent = JSON.parse(stored(UNSENT) ?? "[]");
let standing = {};

help.addEventListener("click", () => toggle(panel.hidden));
document.getElementById("chat-close").addEventListener("click", () => toggle(false));
back.addEventListener("click", () => {
  add({ role: "user", text: "Back to the assistant" });
  send("Back to the assistant", false);
});
panel.addEventListener("keydown", (event) => event.key === "Escape" && toggle(false));
if (location.hash.startsWith("#help") || remembered()) toggle(true);

function toggle(open) {
  panel.hidden = !open;
  help.setAttribute("aria-expanded", String(open));
  if (open) {
    socket ??= connect();
    focus();
  } else {
    help.focus();
  }
}

function connect() {
  const connection = io();
  connection.on("connect", () =>
    connection.emit("session_request", { token: remembered(), customer: customer() }),
  );
  connection.on("disconnect", () => {
    lost = true;
    ready = false;
    stand();
  });
  connection.on("standing", (now) => stand(now));
  connection.on("session_confirm", ({ token, history, standing: now }) => {
    remember(token);
    lost = false;
    stand(now);
    // After a break, only what came meanwhile makes the conversation anew.
    const known = new Set(history.map(({ id }) => id));
    const waiting = unsent.filter(({ id }) => !known.has(id)).length;
    if (!chat || history.length + waiting > shown) show(history);
    ready = true;
    drain();
  });
  connection.on("user_uttered", ({ text, id }) => {
    if (heard.has(id)) return;
    heard.add(id);
    add({ role: "user", text });
  });
  connection.on("bot_uttered", (said) => {
    if (said.id && heard.has(said.id)) return;
    heard.add(said.id);
    shown += 1;
    for (const one of asShown(said)) signals.onResponse(one);
    if (said.buttons?.length) offer(said.buttons);
  });
  connection.on("failed", () =>
    add({ error: "That did not get an answer: a fault on our side. Please send it once more." }),
  );
  return connection;
}

// Who signed in, as the shop's server vouches for it: it writes the token into its page. For trying, it
// may stand behind the address, where no server sees it.
function customer() {
  const written = document.querySelector("meta[name=exemplar-customer]")?.content;
  return written || new URLSearchParams(location.hash.slice(1)).get("customer");
}

function show(history) {
  chat = document.createElement("deep-chat");
  const known = new Set(history.map(({ id }) => id));
  history = [...history, ...unsent.filter(({ id }) => !known.has(id)).map((one) => ({ role: "user", ...one }))];
  shown = history.length;
  speaker = "assistant";
  heard = new Set(history.map(({ id }) => id));
  chat.history = history.flatMap((one) => (one.role === "user" ? [{ role: "user", text: one.text }] : asShown(one)));
  chat.connect = {
    websocket: true,
    handler: (_, given) => {
      signals = given;
      signals.onOpen();
      signals.newUserMessage.listener = ({ messages }) => send(messages.at(-1).text);
    },
  };
  chat.textInput = {
    placeholder: { text: "Write a message" },
    characterLimit: LONGEST,
    styles: { container: { borderRadius: "20px", border: "1px solid #8a958f", boxShadow: "none" } },
  };
  chat.messageStyles = {
    default: {
      shared: { bubble: { fontSize: "15px", lineHeight: "1.45", maxWidth: "84%" } },
      user: { bubble: { backgroundColor: "#1f5f4f" } },
      ai: { bubble: { backgroundColor: "#f1ece4", color: "#22302c" } },
      person: { bubble: { backgroundColor: "#e2eee8", color: "#22302c", border: "1px solid #b9d2c8" } },
    },
    html: {
      line: {
        outerContainer: { width: "100%" },
        innerContainer: { width: "100%", justifyContent: "center" },
        bubble: { backgroundColor: "transparent", color: "#5d6b66", fontSize: "13px", maxWidth: "100%", width: "100%", padding: "0 1rem", textAlign: "center" },
      },
    },
  };
  chat.chatStyle = { border: "0", width: "100%", height: "100%", fontFamily: "inherit" };
  chat.htmlClassUtilities = {};
  chat.auxiliaryStyle = `
    #text-input:focus-visible { outline: 3px solid #c9793c; outline-offset: 3px; border-radius: 14px; }
    .deep-chat-suggestion-button { font-size: 14px; color: #1f5f4f; border-color: #1f5f4f; background: #fff; }
    .deep-chat-suggestion-button:focus-visible { outline: 3px solid #c9793c; outline-offset: 2px; }`;
  chat.addEventListener("render", () => name(chat.shadowRoot), { once: true });
  chat.addEventListener("render", () => arrive(history.at(-1)), { once: true });
  document.getElementById("chat-body").replaceChildren(chat);
}

// What deep-chat does not say to a screen reader. It makes its parts anew at times, hence the observer.
function name(inside) {
  const label = () => {
    const log = inside.getElementById("messages");
    if (log && log.getAttribute("role") !== "log") {
      log.setAttribute("role", "log");
      log.setAttribute("aria-label", "Conversation");
      log.tabIndex = 0;
    }
    inside.getElementById("text-input")?.setAttribute("aria-label", "Write a message");
    const button = inside.querySelector(".input-button, .submit-button, #submit-icon")?.closest("[role=button], button");
    button?.setAttribute("aria-label", "Send");
  };
  label();
  new MutationObserver(label).observe(inside, { childList: true, subtree: true });
}

function arrive(last) {
  if (last?.buttons?.length) offer(last.buttons);
  if (!panel.hidden) focus();
}

// deep-chat makes its input anew while it settles, and focus given before is lost.
function focus(tries = 40) {
  const input = chat?.shadowRoot?.getElementById("text-input");
  if (panel.hidden || tries === 0 || (input && chat.shadowRoot.activeElement === input)) return;
  input?.focus();
  setTimeout(() => focus(tries - 1), 50);
}

// An utterance as deep-chat takes it: with a line that says who speaks, where that changes.
function asShown({ text, kind, name }) {
  if (kind === "claimed") {
    speaker = name;
    return [line(text)];
  }
  const now = kind === "agent" ? name : "assistant";
  const change = now === speaker ? [] : [line(now === "assistant" ? "AI assistant" : `${now} from ${COMPANY}`)];
  speaker = now;
  return [...change, kind === "agent" ? { role: "person", text } : { role: "ai", text }];
}

function line(words) {
  const element = document.createElement("div");
  element.className = "line";
  element.textContent = words;
  return { role: "line", html: element.outerHTML };
}

// Who the customer speaks with, and how long that takes.
function stand(now = standing) {
  standing = now ?? {};
  const { state, name, ahead, wait, urgent } = standing;
  const hidden = !(state === "with_person" || (state === "waiting" && !urgent));
  if (back.hidden !== hidden) {
    back.hidden = hidden;
    setTimeout(() => chat?.scrollToBottom?.(), 60); // what was said last stays in sight
  }
  if (lost) say("Connection lost. Trying again; what you write is sent then.");
  else if (state === "with_person") say(`${name} from ${COMPANY} is with you: a person`);
  else if (state === "waiting" && urgent) say("A person has been asked to come");
  else if (state === "waiting") {
    const place = ahead ? `${ahead} before you` : "you are next";
    say(`Waiting for a person · ${place}${wait ? ` · lately ${wait}` : ""}`);
  } else if (state === "requested") say("AI assistant · a person gets in touch with you");
  else say(CALM);
}

// What the server has not acknowledged stands here, and in the browser's storage: it goes out one after the
// other, and again until it is acknowledged. The server knows by its id what comes twice.
function send(text, counted = true) {
  if (counted) shown += 1;
  const id = crypto.randomUUID?.() ?? String(Math.random()).slice(2);
  heard.add(id);
  unsent.push({ text, id });
  store(UNSENT, JSON.stringify(unsent));
  drain();
}

function drain() {
  if (sending || !ready || !unsent.length) return;
  sending = true;
  socket.timeout(10000).emit("user_uttered", unsent[0], (error, answer) => {
    sending = false;
    if (error) return setTimeout(drain, 500);
    unsent.shift();
    store(UNSENT, unsent.length ? JSON.stringify(unsent) : null);
    if (answer.error) add({ error: `Your message could not be sent: ${answer.error}.` });
    drain();
  });
}

function add(message) {
  if (!message.error) shown += 1;
  if (message.role === "user") chat.addMessage(message);
  else signals.onResponse(message);
}

function offer(titles) {
  const row = document.createElement("div");
  row.className = "deep-chat-temporary-message";
  for (const title of titles) {
    const button = document.createElement("button");
    button.className = "deep-chat-button deep-chat-suggestion-button";
    button.style.margin = "3px 5px 3px 0";
    button.textContent = title;
    row.append(button);
  }
  signals.onResponse({ html: row.outerHTML });
}

function say(words) {
  if (status.textContent !== words) status.textContent = words;
}

function remembered() {
  return stored(TOKEN);
}

function remember(token) {
  store(TOKEN, token);
}

function stored(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // a browser that keeps nothing: the conversation lasts as long as the page
  }
}

function store(key, value) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // see stored()
  }
}
