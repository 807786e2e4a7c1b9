// A blurred picture is shown clearly where it was asked for, and blurred again with the next click. The server blurs it.
for (const link of document.querySelectorAll("a.veiled[data-clear]")) {
  const picture = link.querySelector("img"), words = link.querySelector("span");
  const veiled = picture.src, shown = words.textContent;
  link.setAttribute("role", "button");
  link.setAttribute("aria-pressed", "false");
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const clear = link.getAttribute("aria-pressed") !== "true";
    link.setAttribute("aria-pressed", String(clear));
    picture.src = clear ? link.dataset.clear : veiled;
    words.textContent = clear && link.dataset.word ? link.dataset.word : shown;
  });
  link.addEventListener("keydown", (event) => {
    if (event.key === " ") {
      event.preventDefault();
      link.click();
    }
  });
}
