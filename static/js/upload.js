// Sends the files of the upload form and says how far it is. Without it the browser sends the form itself.

const form = () => document.querySelector("#upload");
const part = (selector) => form().querySelector(selector);
const say = (text) => (document.querySelector("#said").textContent = text);
const megabytes = (bytes) => `${(bytes / 1e6).toLocaleString("en-US", { maximumFractionDigits: 1 })} MB`;

// How many files and how large; what the site would turn away is not sent at all.
function choose() {
  const field = part('[type="file"]');
  const bytes = [...field.files].reduce((sum, file) => sum + file.size, 0);
  const most = Number(form().dataset.most);
  const count = `${field.files.length} file${field.files.length === 1 ? "" : "s"}, ${megabytes(bytes)}`;
  part("#chosen").textContent = field.files.length ? count : "";
  field.setCustomValidity(bytes > most ? `These are ${megabytes(bytes)} together. At most ${megabytes(most)} are taken.` : "");
  field.reportValidity();
}

function send() {
  const request = new XMLHttpRequest();
  const [sending, bar, sent, button] = ["#sending", "progress", "#sent", ".btn-ink"].map(part);
  const ended = (words) => {
    sent.textContent = words;
    say(words);
    bar.hidden = true;
    button.disabled = false;
    part("#sending button").hidden = true;
  };
  request.upload.onprogress = ({ loaded, total }) => {
    bar.value = loaded / total;
    sent.textContent = loaded < total ? `${megabytes(loaded)} of ${megabytes(total)} sent` : "Sent. The files are looked at.";
  };
  request.onload = () => answered(request, ended);
  request.onerror = () => ended("The connection broke off, and nothing was kept. Try again.");
  request.onabort = () => ended("Stopped. Nothing was kept.");
  request.open("POST", form().action);
  request.send(new FormData(form()));
  part("#sending button").onclick = () => request.abort();
  part("#sending button").hidden = bar.hidden = sending.hidden = false;
  button.disabled = true;
  say("Sending the files");
}

// Taken: on to the page of the import. Turned away: the form again, with the reasons.
function answered(request, ended) {
  if (request.responseURL !== form().action) return location.assign(request.responseURL);
  const again = new DOMParser().parseFromString(request.responseText, "text/html").querySelector("#upload");
  if (!again) return ended(`The site did not take the files (${request.status}). Load this page again and try once more.`);
  form().replaceWith(again);
  say(part(".errorlist")?.textContent ?? "");
  part('[type="file"]').focus();
}

document.addEventListener("change", ({ target }) => target.matches('#upload [type="file"]') && choose());
document.addEventListener("submit", (event) => {
  if (event.target !== form()) return;
  event.preventDefault();
  send();
});
