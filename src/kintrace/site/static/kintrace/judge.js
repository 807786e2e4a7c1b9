// Parts of the face judged by keys: 1, 2, 3 and on to the next; arrows go on and back. Only while a part has the focus.
const form = document.getElementById("judging");
const parts = [...form.querySelectorAll("[data-part]")];

function enter(part) {
  const boxes = [...part.querySelectorAll("input")];
  (boxes.find((each) => each.checked) ?? boxes[0]).focus();
}

form.addEventListener("keydown", (event) => {
  const part = event.target.closest("[data-part]");
  if (!part || event.ctrlKey || event.altKey || event.metaKey) return;
  const at = parts.indexOf(part), number = Number(event.key);
  if (number >= 1 && number <= 3) {
    part.querySelectorAll("input")[number - 1].checked = true;
    if (at + 1 < parts.length) enter(parts[at + 1]);
    else part.querySelectorAll("input")[number - 1].focus();
  } else if (event.key === "ArrowDown" || event.key === "Enter") {
    if (at + 1 < parts.length) enter(parts[at + 1]);
    else document.getElementById("reason").focus();
  } else if (event.key === "ArrowUp") {
    if (at > 0) enter(parts[at - 1]);
  } else return;
  event.preventDefault();
});
enter(parts[0]);
window.scrollTo(0, 0);
