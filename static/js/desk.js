// What unfolds over a page of the desk, the filters of a list and the account, folds again on Escape and on a click beside it.

// htmx, where it was loaded, keeps previews up while somebody types: they need no button then.
document.documentElement.classList.toggle("has-htmx", "htmx" in window);

const unfolded = () => document.querySelectorAll(":is(details.choice, details.account)[open]");

document.addEventListener("click", (event) => {
  for (const details of unfolded()) if (!details.contains(event.target)) details.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const details of unfolded()) {
    if (details.contains(document.activeElement)) details.querySelector("summary").focus();
    details.open = false;
  }
});
