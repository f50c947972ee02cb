// Keys, copy and print. Everything here is a shortcut to a link, a form or a browser command that works without it.

const box = document.querySelector("#q") ?? document.querySelector("#top-q, #searchbar");
if (box?.autofocus) {
  // The browser waits with this until it first paints: what is typed before that would be lost.
  if (!location.hash && document.activeElement === document.body) box.focus();
  box.setSelectionRange(box.value.length, box.value.length); // go on typing where the text ends
}
const rows = () => [...document.querySelectorAll(".row-link")];
const inField = (element) => element.matches("input, textarea, select, [contenteditable]");

// Arrows move real focus: from the box to the first row, from row to row, and from the first row back to the box.
function move(step) {
  const stops = [box, ...rows()];
  const at = stops.indexOf(document.activeElement);
  if (at >= 0) stops[Math.min(Math.max(at + step, 0), stops.length - 1)].focus();
  return at >= 0;
}

// Enter opens the marked row, but only when the rows answer what is in the box now.
function openMarked() {
  const marked = document.querySelector(".row-link.is-on, .hit .btn-ink");
  const answered = document.querySelector("#results")?.dataset.answers;
  if (!marked || answered !== box.value.trim()) return false;
  marked.click();
  return true;
}

function clear() {
  if (!box.value) return box.blur();
  box.value = "";
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

// What the focused row is about, else the page's own code or pair, on the scratchpad.
function toScratchpad() {
  const here = document.activeElement;
  const ofRow = here.closest("li, tr")?.querySelector("[data-scratchpad]");
  const link = ofRow ?? (here.closest(".row-link") ? null : document.querySelector("[data-scratchpad]:not(:is(li, tr) *)"));
  link?.click();
  return Boolean(link);
}

// The code or modifier beside this one; on pages without one, the page of the table.
const neighbor = (rel) => (document.querySelector(`.sidelist a[rel=${rel}]`) ?? document.querySelector(`a[rel=${rel}]`))?.click();
const press = {
  "/": () => (box.focus(), box.select()),
  "[": () => neighbor("prev"),
  "]": () => neighbor("next"),
  s: toScratchpad,
  S: toScratchpad,
  ArrowDown: () => move(1),
  ArrowUp: () => move(-1),
};
const pressInBox = { ArrowDown: press.ArrowDown, ArrowUp: press.ArrowUp, Enter: openMarked, Escape: () => (clear(), true) };

document.addEventListener("keydown", (event) => {
  if (!box || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const keys = event.target === box ? pressInBox : inField(event.target) ? {} : press;
  if (keys[event.key] && keys[event.key]() !== false) event.preventDefault();
});

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy], [data-print]");
  if (!button) return;
  if ("print" in button.dataset) return print();
  await navigator.clipboard.writeText(button.dataset.copy);
  say(`${button.dataset.name ?? button.dataset.copy} copied`);
});

// One live region announces what changed; htmx swaps the rest.
const say = (text) => (document.querySelector("#said").textContent = text);

document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.target.setAttribute("aria-busy", "true"));
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.target.removeAttribute("aria-busy"));
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const said = detail.elt.dataset?.say;
  if (said) say(said);
});

// htmx notes the address, and with it what was typed, where it outlives the page. Back asks the server, not that note.
function leaveNoNote() {
  try {
    sessionStorage.removeItem("htmx-current-path-for-history");
  } catch {
    // Where nothing can be stored, nothing is noted either.
  }
}
leaveNoNote();
for (const noted of ["htmx:pushedIntoHistory", "htmx:replacedInHistory"]) document.addEventListener(noted, leaveNoNote);

// A fragment that did not come is said to be missing; it never looks like an empty answer.
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    const note = document.querySelector("#no-answer").content.cloneNode(true);
    note.querySelector("a").href = detail.pathInfo.finalRequestPath;
    detail.target.replaceChildren(note);
  });
}
