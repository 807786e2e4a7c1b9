// A pasted name goes where its letters belong: Latin ones into the one field, those of another script into the one beside it.
const LATIN = /\p{Script=Latin}/u, OTHER = /(?!\p{Script=Latin})\p{L}/u, UNSEEN = /[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

function fill(field, text) {
  if (!text) return;
  field.value = text;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

document.addEventListener("paste", (event) => {
  const box = event.target.closest(".two");
  if (!box || event.target.value !== "") return; // into a name that is there already, what is pasted goes as it is
  const [latin, script] = ["input[id]:not([name$='.script'])", "input[name$='.script']"].map((each) => box.querySelector(each));
  const words = event.clipboardData.getData("text").replace(UNSEEN, "").split(/[\s/|()[\]{}]+/).filter(Boolean);
  const other = words.filter((each) => OTHER.test(each)), plain = words.filter((each) => !OTHER.test(each));
  if (!other.length) return;
  const both = plain.some((each) => LATIN.test(each));
  const aside = event.target === latin ? script : latin;
  if (!both && event.target === script || aside.value !== "") return;
  event.preventDefault();
  fill(script, (both ? other : words).join(" "));
  if (both) fill(latin, plain.join(" "));
  else script.focus();
});
