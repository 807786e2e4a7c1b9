// Text typed and not sent is not lost by a slip: the browser asks, in its own words, before the page is left. Nothing is kept here.
// A form that keeps itself as it is typed (hx-post) needs no asking, nor does one with a password.
const TYPED = "textarea, input:not([type]), input:is([type=text], [type=search], [type=email], [type=tel], [type=url], [type=number], [type=date])";
let sending = null;

function holds(form) {
  if (form.getAttribute("method") !== "post" || form.hasAttribute("hx-post") || form.querySelector("[type=password]")) return false;
  return [...form.elements].some((each) => each.matches(TYPED) && each.value !== each.defaultValue && each.value.trim());
}

addEventListener("submit", (event) => { if (!event.defaultPrevented) sending = event.target; });
addEventListener("input", (event) => { if (event.target.form === sending) sending = null; });
addEventListener("sent", (event) => {  // by a script, which stays on the page
  for (const each of event.target.elements) if (each.matches(TYPED)) each.defaultValue = each.value;
});
addEventListener("beforeunload", (event) => {
  const left = [...document.forms].some((form) => form !== sending && holds(form));
  sending = null;
  if (!left) return;
  event.preventDefault();
  event.returnValue = true;  // browsers of some years ago ask only so
});
