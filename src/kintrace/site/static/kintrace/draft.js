// What was typed in the last second is kept, too, where somebody closes the tab or goes elsewhere. Each sending bears this page's
// name and a number, so that one that was held up on its way takes nothing back.
const form = document.getElementById("interview");
const page = String(Math.random()).slice(2);
form.noValidate = true;  // what is kept as one types may lack what is needed: that is looked at where it is sent off
let typed = 0, sent = 0, kept = 0, turns = 0;
const turn = () => `${page}.${turns += 1}`;
form.addEventListener("input", () => { typed += 1; });
form.addEventListener("htmx:configRequest", (event) => {
  if (event.detail.elt !== form) return;
  sent = typed;
  event.detail.parameters.turn = turn();
});
form.addEventListener("htmx:afterRequest", (event) => { if (event.detail.elt === form && event.detail.successful) kept = sent; });
// Letters that were proposed are kept as what is typed is.
form.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.matches(".two input")) event.target.dispatchEvent(new Event("input", { bubbles: true }));
});
form.addEventListener("submit", (event) => {
  if (!form.reportValidity()) { event.preventDefault(); return; }
  form.elements.turn.value = turn();
  kept = typed;
});
function keep() {
  if (kept === typed) return;
  const all = new FormData(form);
  all.set("turn", turn());
  if (navigator.sendBeacon(form.getAttribute("hx-post"), all)) kept = typed;
}
for (const leaving of ["beforeunload", "pagehide"]) addEventListener(leaving, keep);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); });
