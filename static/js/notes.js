// What is said where there is no answer. The words are those of templates on the page.

const MOST_READ = 20_000; // characters of a pasted text, scratchpad/paste.py; the rest is left out, and said to be

export function notice(template, again) {
  const note = document.querySelector(template).content.cloneNode(true);
  note.querySelector("a").addEventListener("click", (event) => (event.preventDefault(), again()));
  return note;
}

export function warn(pasted, note) {
  pasted.closest("details").open = true;
  pasted.prepend(note);
}

export function tooLong() {
  const note = document.createElement("p");
  note.role = "alert";
  note.className = "note note-strong";
  note.textContent =
    `The text is too long. At most ${MOST_READ.toLocaleString("en-US")} characters are read at once. ` +
    "Nothing was read; keep only the lines of this claim.";
  return note;
}

export function undated(field, words) {
  const note = notice("#no-date", () => {
    field.value = ""; // what is half typed, too
    field.value = field.name === "date" ? new Date().toLocaleDateString("en-CA") : "";
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  note.querySelector("h2").textContent = `${words}: nothing was checked`;
  note.querySelector("a").textContent = field.name === "date" ? "Set it to today" : "Clear it";
  return note;
}
