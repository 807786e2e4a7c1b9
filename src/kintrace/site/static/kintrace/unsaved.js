// Where a text was written and not sent off, the browser asks before the page goes. A card's form is kept as it is typed: not there.
const written = new Set();
const long = "form[method=post]:not([hx-post]) textarea";
document.addEventListener("input", (event) => {
  if (!event.target.matches(long)) return;
  if (event.target.value === event.target.defaultValue) written.delete(event.target);
  else written.add(event.target);
});
document.addEventListener("submit", (event) => {
  for (const each of event.target.elements) written.delete(each);
});
addEventListener("beforeunload", (event) => {
  if ([...written].some((each) => each.isConnected)) event.preventDefault();
});
