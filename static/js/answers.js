// What the server answered takes its place on the page, and whoever stands in it stays where they are.

import { cells, rowOf, rows } from "./claim.js";

// What an answer puts beside the lines has nothing in it for htmx to know of; told of every piece, it would take
// a second over a hundred lines.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  event.preventDefault();
  const [old, fresh] = [event.target, event.detail.fragment.firstElementChild];
  old.removeAttribute("aria-busy");
  const goOn = placeIn(old);
  goOn(patch(old, fresh));
});

// Only what differs is replaced: of the ten thousand cells of a large matrix most stay as they are.
function patch(old, fresh) {
  if (old.isEqualNode(fresh)) return old;
  const [before, after] = [[...old.childNodes], [...fresh.childNodes]];
  if (!after.length || before.length !== after.length || !old.cloneNode().isEqualNode(fresh.cloneNode())) {
    old.replaceWith(fresh);
    return fresh;
  }
  before.forEach((child, at) => patch(child, after[at]));
  return old;
}

let goOnInFindings = () => {};

document.addEventListener("htmx:beforeSwap", ({ target }) => {
  if (target.id !== "check") return;
  const goOn = placeIn(target);
  const open = [...target.querySelectorAll("details[open]")].map((details) => details.closest("[id]").id);
  goOnInFindings = (fresh) => {
    for (const details of fresh.querySelectorAll("details")) details.open = open.includes(details.closest("[id]").id);
    goOn(fresh);
  };
});
document.addEventListener("htmx:afterSwap", ({ target }) => target.id === "check" && goOnInFindings(target));

// Whoever stands in a part of the page goes on from the same link or button in what replaces it, else from the one
// in its place, else from the row.
function placeIn(part) {
  const stops = (within) => [...within.querySelectorAll("a[href], button, summary, [tabindex]")];
  const isSame = (stop) => stop.getAttribute("href") === here.getAttribute("href") && stop.textContent === here.textContent;
  const here = document.activeElement;
  const at = stops(part).indexOf(here);
  if (at < 0) return () => {};
  return (fresh) => {
    if (here.isConnected) return;
    const next = stops(fresh);
    const instead = next[Math.min(at, next.length - 1)] ?? rowOf(fresh)?.querySelector("[name=units]");
    (instead && isSame(instead) ? instead : (next.find(isSame) ?? instead))?.focus({ preventScroll: true });
  };
}

// A link within the page brings the focus along, and is no step that Back takes back.
document.addEventListener("click", (event) => {
  const link = event.target.closest('#pad a[href^="#"]');
  const there = link && document.getElementById(link.hash.slice(1));
  if (!there || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (there.tabIndex < 0) there.tabIndex = -1;
  const { state } = history;
  location.replace(link.hash);
  history.replaceState(state, "");
  there.focus({ preventScroll: true });
});

// What stands beside a line is said of the code that was in it.
export function forget(row) {
  const what = row.querySelector(".what");
  what.replaceChildren();
  delete what.dataset.invalid;
  row.querySelector(".signs").replaceChildren();
}

// A wrong field is described by what stands beside the code and by the signs, as scratchpad/views/markup.py does it.
export function markWrong() {
  for (const row of rows()) {
    const [what, signs] = [row.querySelector(".what"), row.querySelector(".signs")];
    const wrong = (what.dataset.invalid ?? "").split(" ");
    for (const field of cells(row)) {
      const marks = { "aria-invalid": "true" };
      if (field.name !== "code") marks["aria-describedby"] = `${what.id} ${signs.id}`;
      for (const [name, value] of Object.entries(marks)) {
        if (wrong.includes(field.name)) field.setAttribute(name, value);
        else field.removeAttribute(name);
      }
    }
  }
}
