// The grid of a claim grows, moves and forgets its lines here; what the loaded edits say of them the server answers.
// Without this file every field and button works, too: the form is sent and the page comes back.

import "./answers.js";
import { address, cell, cells, claim, desk, form, isBlank, isWhole, pattern, rowOf, rows, typed } from "./claim.js";

const MOST_LINES = 100;
const PATIENCE = 15_000; // ms until an answer counts as failed
const MOST_READ = 20_000; // characters of a pasted text, scratchpad/paste.py; the rest is left out, and said to be
const MOST_SENT = 100_000; // characters, each of up to nine bytes, in the million bytes that the server takes
const say = (...parts) => document.querySelector("#step").replaceChildren(...parts);

// What is copied, downloaded or shown in other settings is the claim as it is now, answered or not.
function lead(query) {
  document.querySelector("#share [data-copy]").dataset.copy = new URL(address(query), location.href);
  for (const link of document.querySelectorAll("#share a, #views a")) {
    const [view] = /&(_export|view)=\w+$/.exec(link.href) ?? [""];
    link.setAttribute("href", address(query) + view);
  }
}

// --- Asking ---

let asked = ""; // the claim that the findings on the page are about, or are about to be
let hasFailed = false;

const ask = () => form().dispatchEvent(new Event("change"));

// Not while a code is half typed or a paste is under way, and never the same twice.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, triggeringEvent: cause } = event.detail;
  if (elt !== form()) return;
  const isHalfTyped = cause?.type === "input" && pattern(cause.target.name) && typed(cause.target) && !isWhole(cause.target);
  if (isHalfTyped || desk().inert || (claim() === asked && !hasFailed)) event.preventDefault();
});

document.addEventListener("htmx:configRequest", (event) => {
  const { detail } = event;
  const isPaste = detail.elt.matches(".pastebox form");
  if (detail.elt !== form() && !isPaste) return;
  if (isPaste) detail.elt.querySelector("[role=alert]")?.remove();
  if (isPaste && detail.parameters.paste.length > MOST_SENT) {
    event.preventDefault();
    warn(detail.elt, tooLong());
    return;
  }
  const sent = new FormData();
  for (const name of isPaste ? ["csrfmiddlewaretoken", "paste"] : []) sent.append(name, detail.parameters[name]);
  for (const [name, value] of new URLSearchParams(claim())) sent.append(name, value);
  detail.parameters = sent;
  detail.timeout = PATIENCE;
  if (isPaste) {
    htmx.trigger(form(), "htmx:abort");
    history.replaceState({ htmx: true }, "", address(claim())); // what Back returns to
    lock();
  } else {
    asked = claim();
    hasFailed = false;
  }
});

// Of a check that was given up there are no findings; one that takes its place is noted right after this.
document.addEventListener("htmx:sendAbort", ({ detail }) => detail.elt === form() && (asked = ""));

// What is typed while a paste is read would be lost with the grid that its answer replaces.
let unlock = () => {};

function lock() {
  const [locked, here] = [desk(), document.activeElement];
  locked.inert = true;
  unlock = () => {
    locked.inert = false;
    here.focus({ preventScroll: true });
    unlock = () => {};
  };
}

document.addEventListener("htmx:afterRequest", ({ detail }) => detail.elt.matches(".pastebox form") && unlock());

// --- Answers ---

document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id === "check") markWrong();
  if (target.id === "pad") {
    begin();
    goTo(rows().find(isBlank));
    document.querySelector("#report")?.scrollIntoView({ block: "nearest" });
  }
});

// Findings of another claim never stand beside this one, and what was typed or pasted stays where it is.
for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, failed, true);
}

function failed(event) {
  const { elt } = event.detail;
  if (elt === form()) {
    hasFailed = true;
    history.replaceState({ htmx: true }, "", address(asked));
    lead(asked);
    document.querySelector("#matrix").replaceChildren();
    document.querySelector("#loaded").replaceChildren();
    rows().forEach(forget);
    markWrong();
    document.querySelector("#check").replaceChildren(notice("#check-failed", ask));
  } else if (elt.matches(".pastebox form")) {
    warn(elt, notice("#no-answer", () => elt.requestSubmit()));
    unlock();
    ask();
  } else return;
  event.stopPropagation();
}

function notice(template, again) {
  const note = document.querySelector(template).content.cloneNode(true);
  note.querySelector("a").addEventListener("click", (event) => (event.preventDefault(), again()));
  return note;
}

function warn(pasted, note) {
  pasted.closest("details").open = true;
  pasted.prepend(note);
}

function tooLong() {
  const note = document.createElement("p");
  note.role = "alert";
  note.className = "note note-strong";
  note.textContent =
    `The text is too long. At most ${MOST_READ.toLocaleString("en-US")} characters are read at once. ` +
    "Nothing was read; keep only the lines of this claim.";
  return note;
}

// What stands beside a line is said of the code that was in it.
function forget(row) {
  const what = row.querySelector(".what");
  what.replaceChildren();
  delete what.dataset.invalid;
  row.querySelector(".signs").replaceChildren();
}

// A wrong field is described by what stands beside the code and by the signs, as scratchpad/views/markup.py does it.
function markWrong() {
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

// --- Lines ---

// The page is new: as it came, after a paste, or out of the browser's memory.
function begin() {
  grow();
  markWrong();
  asked = claim();
}

// The last row is always one to type into.
function grow() {
  const last = rows().at(-1);
  if (!isBlank(last) && rows().length < MOST_LINES) {
    last.after(document.querySelector("#blank-line").content.cloneNode(true));
  } else if (isBlank(last) && rows().length > MOST_LINES) last.remove();
  number();
}

// Rows are counted as the server counts lines: without those between others that nothing stands in.
function number() {
  const all = rows();
  const last = all.findLastIndex((row) => !isBlank(row));
  let line = 0;
  all.forEach((row, at) => name(row, isBlank(row) && at < last ? "" : String(++line), at));
}

function name(row, line, at) {
  if (row.dataset.line === line) return;
  row.dataset.line = row.cells[0].textContent = line;
  for (const part of row.querySelectorAll(":is(td, input)[id]")) part.id = part.id[0] + (line || `-${at}`);
  cell(row, "code").setAttribute("aria-describedby", row.querySelector(".what").id);
  for (const named of row.querySelectorAll(":is(input, button)[aria-label]")) {
    const label = named.getAttribute("aria-label").replace(/empty line|line \w+/i, line ? `line ${line}` : "empty line");
    named.setAttribute("aria-label", label[0].toUpperCase() + label.slice(1));
    if (named.matches("button")) named.value = line;
  }
}

// A step that Back takes back: the claim before it stays in the history, with all that was typed.
function step(change) {
  const before = claim();
  change();
  grow();
  markWrong();
  if (claim() === before) return;
  remember(before);
  ask();
}

function remember(before) {
  history.replaceState({ htmx: true }, "", address(before));
  history.pushState({ htmx: true }, "", address(claim()));
  lead(claim());
}

const removed = []; // rows, each with the place it had

function remove(row) {
  const { line } = row.dataset;
  const next = row.nextElementSibling ?? row.previousElementSibling;
  if (!next) return;
  if (!isBlank(row)) {
    removed.push([row, rows().indexOf(row)]);
    const back = document.createElement("button");
    back.append("Bring it back");
    back.className = "btn";
    back.name = "back";
    say(`Line ${line} removed. Press Ctrl+Z to bring it back. `, back);
  }
  step(() => row.remove());
  cell(next, "code").focus();
}

function bringBack() {
  const [row, at] = removed.pop();
  step(() => (rows()[at] ?? rows().at(-1)).before(row));
  cell(row, "code").focus();
  say(`Line ${row.dataset.line} is back.`);
}

function move(row, up) {
  const other = up ? row.previousElementSibling : row.nextElementSibling;
  if (isBlank(row) || !other || (isBlank(other) && !other.nextElementSibling)) return;
  const { line } = row.dataset;
  step(() => (up ? row.after(other) : row.before(other))); // the other row goes, so that focus stays in this one
  say(`Line ${line} moved ${up ? "up" : "down"}.`);
}

function add() {
  const last = rows().at(-1);
  if (isBlank(last)) goTo(last);
  else say(`A claim has at most ${MOST_LINES} lines here.`);
}

function goTo(row, name = "code") {
  const field = row && cell(row, name);
  field?.focus();
  field?.select();
}

// --- What people do ---

let entered = ""; // what stood in the field when it was entered

document.addEventListener("focusin", ({ target }) => (entered = target.value));

document.addEventListener("input", (event) => {
  const field = event.target;
  if (field.form !== form()) return;
  const row = rowOf(field);
  if (field.name === "code") forget(row);
  if (row) grow();
  const query = claim();
  document.querySelector("#check").setAttribute("aria-busy", query !== asked);
  lead(query);
  const isInserted = event.inputType?.startsWith("insert") && !event.isComposing;
  if (isInserted && /^mod/.test(field.name) && field.value.length === 2) goTo(row, cells(row)[cells(row).indexOf(field) + 1].name);
});

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!form() || desk().inert || event.defaultPrevented || event.isComposing) return;
  const row = rowOf(target);
  const isPlain = !(event.ctrlKey || event.metaKey || event.altKey || event.shiftKey);
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && key.toLowerCase() === "z") {
    const hasItsOwn = target.matches("input, textarea") && target.value !== entered;
    if (hasItsOwn || !removed.length) return;
    bringBack();
  } else if (row && event.altKey && ["ArrowUp", "ArrowDown"].includes(key) && target.type !== "date") {
    move(row, key === "ArrowUp");
  } else if (isPlain && key === "Enter" && target.form === form() && target.matches("input")) {
    if (row) goTo(row.nextElementSibling);
    else ask();
  } else return;
  event.preventDefault();
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("#claim button[name]");
  if (!button) return;
  const row = rowOf(button);
  const press = {
    add,
    back: bringBack,
    remove: () => remove(row),
    up: () => move(row, true),
    down: () => move(row, false),
  };
  if (!press[button.name]) return;
  event.preventDefault();
  press[button.name]();
});

// More than one code is a text for the server to read; the report says what it made of it.
document.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain").trim();
  if (!event.target.matches("#claim [name=code]") || !/\d{4}/.test(text) || !/[\s,;|]/.test(text)) return;
  event.preventDefault();
  document.querySelector("#paste").value = text;
  document.querySelector(".pastebox form").requestSubmit();
});

// Before htmx asks, so that the claim in the other setting is still known.
document.addEventListener("change", ({ target }) => target.matches?.("#claim [name=setting]") && remember(asked), true);

document.addEventListener("submit", (event) => {
  if (event.target !== form() || event.submitter?.name) return;
  event.preventDefault();
  ask();
  document.querySelector("#check").scrollIntoView();
});

if (form()) begin();
