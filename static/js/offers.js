// The list below a code cell while somebody types in it: the codes that begin so, or that the words describe.
// A combobox as in the ARIA Authoring Practices; without it the code is typed to its end.

const PAUSE = 150; // ms without another letter
const CODE = /^([0-9]{4}[0-9A-Z]|[A-Z][0-9]{4})/;

let asking = new AbortController();
let pause = 0;

const isCodeCell = (element) => element.matches("#claim [name=code]");
const options = () => [...document.querySelectorAll("#offers [role=option]")];
const marked = () => document.querySelector("#offers [aria-selected=true]");

// What can be opened is said before it is.
function dress(field) {
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false" })) {
    field.setAttribute(name, value);
  }
}

function close() {
  asking.abort();
  clearTimeout(pause);
  const field = document.querySelector("#offers")?.parentElement.querySelector("[name=code]");
  document.querySelector("#offers")?.remove();
  if (!field) return;
  dress(field);
  field.removeAttribute("aria-controls");
  field.removeAttribute("aria-activedescendant");
}

function look(field) {
  close();
  const text = field.value.trim();
  if (text && !CODE.test(text.toUpperCase())) pause = setTimeout(() => ask(field, text), PAUSE);
}

async function ask(field, text) {
  asking = new AbortController();
  const address = new URL("suggest/", field.form.action);
  address.searchParams.set("q", text);
  try {
    const response = await fetch(address, { signal: asking.signal });
    if (response.ok) show(field, await response.text());
  } catch {
    // Given up for the next letter, or out of reach: nothing is offered.
  }
}

function show(field, list) {
  if (document.activeElement !== field) return;
  field.insertAdjacentHTML("afterend", list);
  document.querySelector("#said").textContent = document.querySelector("#offers")?.dataset.say ?? "";
  if (!options().length) return;
  field.setAttribute("aria-expanded", "true");
  field.setAttribute("aria-controls", "offers");
}

function mark(field, option) {
  marked()?.setAttribute("aria-selected", "false");
  option.setAttribute("aria-selected", "true");
  option.scrollIntoView({ block: "nearest" });
  field.setAttribute("aria-activedescendant", option.id);
}

function take(field, option) {
  field.value = option.dataset.code;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("focusin", ({ target }) => isCodeCell(target) && dress(target));
document.addEventListener("focusout", ({ target }) => isCodeCell(target) && close());
document.addEventListener("input", ({ target }) => isCodeCell(target) && look(target));

// Before anything else hears of the key: what the list takes is not the grid's any more.
document.addEventListener(
  "keydown",
  (event) => {
    const field = event.target;
    if (!isCodeCell(field) || event.altKey || event.isComposing) return;
    const all = options();
    const at = all.indexOf(marked());
    if (event.key === "ArrowDown" && all.length) mark(field, all[(at + 1) % all.length]);
    else if (event.key === "ArrowUp" && all.length) mark(field, all.at(Math.max(at, 0) - 1));
    else if (event.key === "Enter" && marked()) take(field, marked());
    else if (event.key === "Tab" && marked()) return take(field, marked());
    else if (event.key === "Escape") close(); // one that is yet to come, too
    else return;
    event.preventDefault();
  },
  true,
);

// The field keeps the focus when the list is pressed; a press beside the options does nothing.
document.addEventListener("mousedown", (event) => event.target.closest("#offers") && event.preventDefault());
document.addEventListener("click", ({ target }) => {
  const option = target.closest("#offers [role=option]");
  if (option) take(option.closest("td").querySelector("[name=code]"), option);
});
