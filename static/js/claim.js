// The grid as it stands, and the claim that it is as an address.

export const MOST_LINES = 100;
const WHOLE = {
  // What a cell holds once it is typed to its end. Anything else is sent as it stands, for the server to understand.
  code: /^([0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})$/,
  mod: /^([0-9A-Z]{2})?$/,
  units: /^([1-9][0-9]{0,8})?$/,
  from: /^([0-9]{4}-[0-9]{2}-[0-9]{2})?$/,
  to: /^([0-9]{4}-[0-9]{2}-[0-9]{2})?$/,
  provider: /^[A-Z]?$/,
};

export const form = () => document.querySelector("#claim");
export const desk = () => form().closest(".desk"); // all that a paste replaces and somebody could be typing in
export const rows = () => [...document.querySelectorAll("#claim tr[data-line]")];
export const rowOf = (element) => element?.closest?.("#claim tr[data-line]");
export const cells = (row) => [...row.querySelectorAll("input")];
export const cell = (row, name) => row.querySelector(`input[name=${name}]`);
export const typed = (field) => field.value.trim().toUpperCase();
export const pattern = (name) => WHOLE[name.replace(/[1-4]$/, "")];
export const isWhole = (field) => pattern(field.name).test(typed(field));
export const isBlank = (row) => cells(row).every((field) => ["", field.name === "units" ? "1" : ""].includes(typed(field)));
const filled = () => rows().filter((row) => !isBlank(row));

// A date that is being typed is no date yet, and neither is one of the year 0002, on the way to 2026.
const FIRST_YEAR = "1966"; // scratchpad/forms.py
const isHalfDay = ({ name, type, validity, value }) =>
  validity.badInput || (type === "date" && (value ? value < FIRST_YEAR : name === "date"));
export const halfDay = () => [...form().querySelectorAll("[name=date], [name=from], [name=to]")].find(isHalfDay);

// CODE[-MM…][xUNITS][@DATE[..DATE]][~P], as scratchpad/claim_text.py writes it; empty for a row it cannot say plainly.
function lineOf(row) {
  const { code, mod1, mod2, mod3, mod4, units, from, to, provider } = Object.fromEntries(
    cells(row).map((field) => [field.name, typed(field)]),
  );
  if (!cells(row).every(isWhole) || (to && !from)) return "";
  const modifiers = [mod1, mod2, mod3, mod4].map((modifier) => modifier && `-${modifier}`).join("");
  const days = from && `@${from}${to && to !== from ? `..${to}` : ""}`;
  return code + modifiers + (units && units !== "1" ? `x${units}` : "") + days + (provider && `~${provider}`);
}

// The parameters of the claim: a line for each row, or, when one of them cannot be said so, the cells of all.
export function claim() {
  const isOfAll = (name) => !pattern(name) && (name !== "date" || !isHalfDay(form().elements.date));
  const sent = new URLSearchParams([...new FormData(form())].filter(([name]) => isOfAll(name)));
  const lines = filled();
  if (lines.every(lineOf)) {
    for (const row of lines) sent.append("line", lineOf(row));
  } else {
    const used = cells(lines[0]).filter(({ name }) => name === "code" || lines.some((row) => typed(cell(row, name))));
    for (const row of lines) for (const { name } of used) sent.append(name, cell(row, name).value);
  }
  return sent.toString();
}

export const address = (query) => `${new URL(form().action).pathname}?${query}`;

// The last row is always one to type into.
export function grow() {
  const last = rows().at(-1);
  if (!isBlank(last) && rows().length < MOST_LINES) {
    last.after(document.querySelector("#blank-line").content.cloneNode(true));
  } else if (isBlank(last) && rows().length > MOST_LINES) last.remove();
  // Two stops less on the way to the next code: Alt and the arrows move a line, too.
  for (const button of form().querySelectorAll(".step")) button.tabIndex = -1;
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
