// What the server answered takes its place on the page, and whoever stands in it stays where they are.

import { rowOf } from "./claim.js";

// What an answer puts beside the lines has nothing in it for htmx to know of; told of every piece, it would take
// a second over a hundred lines.
document.addEventListener("htmx:oobBeforeSwap", (event) => {
  event.preventDefault();
  const [old, fresh] = [event.target, event.detail.fragment.firstElementChild];
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

document.addEventListener("htmx:beforeSwap", ({ target }) => target.id === "check" && (goOnInFindings = placeIn(target)));
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
