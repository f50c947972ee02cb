// The grid of a claim grows, moves and forgets its lines here; what the loaded edits say of them the server answers.
// Without this file every field and button works, too: the form is sent and the page comes back.

import { forget, markWrong } from "./answers.js";
import {
  MOST_LINES, address, cell, cells, claim, desk, form, grow, halfDay, isBlank, isWhole, pattern, rowOf, rows, typed,
} from "./claim.js";
import { notice, tooLong, undated, warn } from "./notes.js";

const PATIENCE = 15_000; // ms until an answer counts as failed
const MOST_SENT = 100_000; // characters, each of up to nine bytes, in the million bytes that the server takes
const say = (...parts) => document.querySelector("#step").replaceChildren(...parts);

// --- The address ---

let shown = location.search; // of the claim in the grid

function write(query) {
  history.replaceState({ htmx: true }, "", address(query));
  shown = location.search;
}

document.addEventListener("htmx:replacedInHistory", () => (shown = location.search));
document.addEventListener("htmx:pushedIntoHistory", () => (shown = location.search));

// htmx reloads for the steps it knows of; no other may leave another claim in the address than in the grid.
addEventListener("popstate", ({ state }) => !state?.htmx && location.search !== shown && location.reload());

// What is copied, downloaded or shown in other settings is the claim as it is now, answered or not.
function lead(query) {
  document.querySelector("#share").hidden = Boolean(halfDay()) || rows().every(isBlank);
  document.querySelector("#views").hidden = Boolean(halfDay());
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

const isHalfTyped = (field) => pattern(field.name) && typed(field) && !isWhole(field);

// Not while a code or date is half typed or a paste is under way, and never the same twice.
document.addEventListener("htmx:confirm", (event) => {
  const { elt, triggeringEvent: cause } = event.detail;
  if (elt !== form()) return;
  const isOnTheWay = cause?.type === "input" && isHalfTyped(cause.target);
  if (isOnTheWay || isUndated() || desk().inert || (claim() === asked && !hasFailed)) event.preventDefault();
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
    write(claim()); // what Back returns to
    lock();
  } else {
    asked = claim();
    hasFailed = false;
  }
});

// Verdicts of another claim than the one in the grid are seen to be.
function outdate(isOutdated = claim() !== asked) {
  for (const part of document.querySelectorAll("#check, #matrix")) part.setAttribute("aria-busy", isOutdated);
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => detail.elt === form() && outdate(true));

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
  if (target.id === "check") {
    markWrong();
    outdate();
    if (claim() !== asked) (write(claim()), lead(claim())); // typed meanwhile
  }
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
    write(asked);
    lead(asked);
    takeAway(notice("#check-failed", ask));
    markWrong();
  } else if (elt.matches(".pastebox form")) {
    warn(elt, notice("#no-answer", () => elt.requestSubmit()));
    unlock();
    ask();
  } else return;
  event.stopPropagation();
}

// Instead of everything that was said of the claim before.
function takeAway(note) {
  document.querySelector("#matrix").replaceChildren();
  document.querySelector("#loaded").replaceChildren();
  document.querySelector("#check").replaceChildren(note);
  rows().forEach(forget);
  outdate(false);
}

// Without whole dates there is nothing to ask: that is said beside the field, and no finding of before stays.
function isUndated() {
  const field = halfDay();
  const day = form().elements.date;
  day.removeAttribute("aria-invalid");
  if (!field) return false;
  const row = rowOf(field);
  const words = row ? `Half a date ${row.dataset.line ? `on line ${row.dataset.line}` : "on an empty line"}` : "No date of service";
  if (document.querySelector("#h-undated")?.textContent !== `${words}: nothing was checked`) {
    htmx.trigger(form(), "htmx:abort");
    asked = "";
    takeAway(undated(field, words));
  }
  if (row) {
    const what = row.querySelector(".what");
    what.dataset.invalid = field.name;
    what.innerHTML = '<span class="wrong"><b>Half a date.</b> Give all of it, or clear it.</span>';
  } else {
    day.setAttribute("aria-invalid", "true");
    day.setAttribute("aria-describedby", "loaded");
    document.querySelector("#loaded").innerHTML = '<li class="off">No date of service: nothing was checked</li>';
  }
  markWrong();
  return true;
}

// --- Lines ---

// The page is new: as it came, after a paste, or out of the browser's memory.
function begin() {
  form().noValidate = true; // what is wrong with a date is said by the page
  grow();
  markWrong();
  asked = claim();
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
  write(before);
  history.pushState({ htmx: true }, "", address(claim()));
  shown = location.search;
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
  if (!isHalfTyped(field)) write(query); // a reload keeps it, answered or not
  if (!isUndated()) outdate();
  lead(query);
  const isInserted = event.inputType?.startsWith("insert") && !event.isComposing;
  if (isInserted && /^mod/.test(field.name) && field.value.length === 2) goTo(row, cells(row)[cells(row).indexOf(field) + 1].name);
});

// A date of which a part is typed into an empty field is no input yet.
document.addEventListener("keyup", ({ target }) => {
  if (target.type !== "date" || target.form !== form() || isUndated() || claim() === asked) return;
  lead(claim());
  ask();
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
document.addEventListener("change", ({ target }) => asked && target.matches?.("#claim [name=setting]") && remember(asked), true);

// Columns in which something stands are not hidden: it is part of the claim.
document.addEventListener(
  "change",
  ({ target }) => {
    if (target.id !== "more" || target.checked) return;
    const row = rows().find((each) => ["from", "to", "provider"].some((name) => typed(cell(each, name))));
    if (!row) return;
    target.checked = true;
    say(`Line ${row.dataset.line} has its own date or provider. Clear it to hide the columns.`);
  },
  true,
);

document.addEventListener("submit", ({ target }) => {
  const back = target.matches(".theme") && target.elements.next;
  if (back) back.value = address(claim());
});

document.addEventListener("submit", (event) => {
  if (event.target !== form() || event.submitter?.name) return;
  event.preventDefault();
  ask();
  document.querySelector("#check").scrollIntoView();
});

if (form()) begin();
