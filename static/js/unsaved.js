// What was typed into a form of the desk and is not saved is not lost without a word: who leaves the page is asked first.

const forms = () => document.querySelectorAll('main form[method="post"]:not(#login-form)');
let sent = null; // the form that the page is left by

// Which rows are ticked, and what is to be done with them, is no text; files are chosen again in a moment.
const isText = (field) => field.name && !field.disabled && !field.matches('[type="hidden"], [type="file"], [type="password"], button, .action-select, [name="action"]');

function isChanged(field) {
  if (field.matches('[type="checkbox"], [type="radio"]')) return field.checked !== field.defaultChecked;
  if (!field.options) return field.value !== field.defaultValue;
  const chosen = [...field.options].map((option) => option.defaultSelected);
  if (!field.multiple && !chosen.includes(true)) return field.selectedIndex > 0;
  return [...field.options].some((option, at) => option.selected !== chosen[at]);
}

// A form that came back, refused or for a preview, holds what is not saved although nothing was changed since.
const isUnsaved = (form) => form.hasAttribute("data-unsaved") || [...form.elements].filter(isText).some(isChanged);

addEventListener("beforeunload", (event) => {
  if ([...forms()].some((form) => form !== sent && isUnsaved(form))) event.preventDefault();
});

document.addEventListener("submit", (event) => (sent = event.target));
document.addEventListener("click", ({ target }) => target.closest("[data-gives-up]") && (sent = target.closest("form")));
for (const typed of ["input", "pageshow"]) addEventListener(typed, () => (sent = null)); // sending it came to nothing, or one came back
