// A lesson by keys, or by the trainer's remote, which sends Page Up and Page Down. Without this file its links and
// scrolling do the same.

const slides = [...document.querySelectorAll(".slide")];
const bar = document.querySelector(".slidebar");
const whole = document.querySelector("#whole");
const end = document.querySelector("#end");
const root = document.documentElement;

const named = () => slides.findIndex((slide) => `#${slide.id}` === location.hash);
let at = Math.max(named(), 0);

// The address names the slide, so that reloading stays there, and Back leaves the lesson.
function mark(place) {
  at = place;
  if (location.hash.slice(1) !== slides[at].id) history.replaceState(null, "", `#${slides[at].id}`);
  for (const link of bar.querySelectorAll("nav a")) {
    const isHere = document.querySelector(link.hash)?.dataset.part === slides[at].dataset.part;
    if (isHere) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

// The heading takes the focus, and so a screen reader reads it.
const focusHeading = () => slides[at].querySelector("h2").focus({ preventScroll: true });

function show(place) {
  root.classList.remove("stirred");
  mark(Math.min(Math.max(place, 0), slides.length - 1));
  slides[at].scrollIntoView({ behavior: "instant", block: "start" });
  focusHeading();
}

// A slide taller than the screen, as on a phone, is read to its end first.
const isReadThrough = () => slides[at].getBoundingClientRect().bottom <= innerHeight + 1;
const isAtItsTop = () => slides[at].getBoundingClientRect().top >= bar.offsetHeight - 1;
const forth = (event) => (event.key === "ArrowRight" || isReadThrough() ? show(at + 1) : false);
const back = (event) => (event.key === "ArrowLeft" || isAtItsTop() ? show(at - 1) : false);

function toggleWhole() {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen?.();
}

const press = {
  ArrowRight: forth,
  PageDown: forth,
  " ": (event) => (event.shiftKey ? back(event) : forth(event)),
  ArrowLeft: back,
  PageUp: back,
  Home: () => show(0),
  End: () => show(slides.length - 1),
  Escape: () => end.click(),
  f: toggleWhole,
  F: toggleWhole,
};

// 4 goes to slide 4, and 1 followed at once by 4 to slide 14.
let digits = "";
let typedAt = 0;
function jump(event) {
  digits = event.timeStamp - typedAt < 1000 ? digits + event.key : event.key;
  typedAt = event.timeStamp;
  const place = slides.findIndex((slide) => slide.id === `s${Number(digits)}`);
  return place < 0 ? false : show(place);
}

// In a field keys type. A remote still turns the slides, and Esc leaves the field before it ends the lesson.
const pressInField = { PageDown: forth, PageUp: back, Escape: focusHeading };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === " " && event.target.matches("button, summary")) return;
  const isTyped = event.target.matches("input");
  const key = isTyped ? pressInField[event.key] : /^[0-9]$/.test(event.key) ? jump : press[event.key];
  if (!key) root.classList.add("stirred");
  if (key && key(event) !== false) event.preventDefault();
});

// In full screen the bar is there from a move of the mouse, or a key that turns no slide, to the next slide.
addEventListener("mousemove", ({ movementX, movementY }) => {
  if (movementX || movementY) root.classList.add("stirred");
});
document.addEventListener("fullscreenchange", () => root.classList.remove("stirred"));

// What a code taken apart comes to is read out.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.elt.dataset.say) document.querySelector("#said").textContent = detail.elt.dataset.say;
});

document.addEventListener("click", (event) => {
  const place = slides.findIndex((slide) => `#${slide.id}` === event.target.closest("a")?.hash);
  if (place < 0) return;
  event.preventDefault();
  show(place);
});

addEventListener("hashchange", () => named() >= 0 && show(named()));

// Another screen, not only the bars of a phone's browser that come and go.
let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth !== width) slides[at].scrollIntoView({ behavior: "instant", block: "start" });
  width = innerWidth;
});

// Who scrolls by wheel or finger takes the address along. What was seen may be gone when it is told: a link that was
// followed meanwhile says where we are.
const isInTheMiddle = (slide) => {
  const { top, bottom } = slide.getBoundingClientRect();
  return top <= innerHeight / 2 + 1 && bottom >= innerHeight / 2 - 1;
};
const seen = new IntersectionObserver(
  (entries) => {
    const entry = entries.findLast(({ isIntersecting, target }) => isIntersecting && isInTheMiddle(target));
    if (entry) mark(slides.indexOf(entry.target));
  },
  { rootMargin: "-50% 0px -50% 0px" },
);
for (const slide of slides) seen.observe(slide);

if (document.fullscreenEnabled) {
  whole.hidden = false;
  whole.addEventListener("click", toggleWhole);
}
mark(at);
if (location.hash) show(at);
