// Keys of a round: 1 to 9 choose an answer, Enter gives it and then goes on. The buttons and links do all of it too.

const inText = (element) => element.matches("input:not([type=radio]), textarea, select, [contenteditable]");
const pressed = (element) => element.matches("a[href], button, summary"); // what Enter presses anyway

function choose(number) {
  const answer = document.querySelector(`#quiz #a${number}:not(:disabled)`);
  if (!answer) return false;
  answer.checked = true;
  answer.focus();
  return true;
}

function goOn() {
  const next = document.querySelector("#quiz #next");
  if (next) return next.click(), true;
  const form = document.querySelector("#quiz form");
  form?.requestSubmit();
  return Boolean(form);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || inText(event.target)) return;
  if (event.key === "Enter") {
    // A key held down gives one answer; it does not run on through the questions.
    if (event.repeat && document.querySelector("#quiz form")) event.preventDefault();
    else if (!pressed(event.target) && goOn()) event.preventDefault();
  } else if (/^[1-9]$/.test(event.key) && choose(event.key)) event.preventDefault();
});
