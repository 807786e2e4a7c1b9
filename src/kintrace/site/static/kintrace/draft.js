// What was typed in the last second is kept, too, where somebody closes the tab or goes elsewhere.
const form = document.getElementById("interview");
let changed = false;
form.addEventListener("input", () => { changed = true; });
form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt === form && event.detail.successful) changed = false; });
form.addEventListener("submit", () => { changed = false; });
function keep() {
  if (changed) navigator.sendBeacon(form.getAttribute("hx-post"), new FormData(form));
  changed = false;
}
addEventListener("pagehide", keep);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
