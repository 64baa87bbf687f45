"use strict";
const form = document.getElementById("filters");
const cards = [...document.querySelectorAll(".card")];

function filter() {
  const wanted = Object.fromEntries(new FormData(form));
  const words = wanted.words.trim().toLowerCase();
  let shown = 0;
  for (const card of cards) {
    const data = card.dataset;
    const fits = (!wanted.feeling || data.feelings.split(" ").includes(wanted.feeling))
      && (!wanted.channel || data.channel === wanted.channel)
      && (!wanted.agent || data.agent === wanted.agent)
      && (!wanted.solved || data.solved === wanted.solved)
      && (!words || card.textContent.toLowerCase().includes(words));
    card.hidden = !fits;
    shown += fits;
  }
  for (const stage of document.querySelectorAll(".stage")) {
    const left = stage.querySelectorAll(".card:not([hidden])").length;
    stage.hidden = !left;
    stage.querySelector(".stage-count").textContent = left;
  }
  document.getElementById("count").textContent = `${shown} shown`;
  document.getElementById("none").hidden = shown > 0;
}
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
filter();

const all = document.getElementById("open-all");
all.addEventListener("click", () => {
  const open = all.getAttribute("aria-pressed") !== "true";
  all.setAttribute("aria-pressed", String(open));
  all.textContent = open ? "Close all" : "Open all";
  for (const card of cards) card.querySelector("details").open = open && !card.hidden;
});

// A link to a turn opens its conversation, whatever is filtered.
function follow() {
  const turn = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const card = turn && turn.closest(".card");
  if (!card) return;
  if (card.hidden) { form.reset(); filter(); }
  card.querySelector("details").open = true;
  turn.scrollIntoView({ block: "center" });
  turn.tabIndex = -1;
  turn.focus({ preventScroll: true });
}
addEventListener("hashchange", follow);
follow();

const doubts = document.getElementById("doubt-filter");
if (doubts) {
  const list = document.querySelector(".doubts");
  const more = document.getElementById("more-doubts");
  if (more) {
    list.classList.add("folded");
    more.addEventListener("click", () => { list.classList.remove("folded"); more.remove(); });
  }
  doubts.addEventListener("submit", (event) => event.preventDefault());
  doubts.addEventListener("input", () => {
    const kind = doubts.elements.kind.value;
    list.classList.remove("folded");
    if (more) more.remove();
    let left = 0;
    for (const one of list.children) {
      one.hidden = kind !== "" && !one.dataset.kinds.split(" ").includes(kind);
      left += !one.hidden;
    }
    document.getElementById("doubt-count").textContent = `${left} listed`;
  });
}
