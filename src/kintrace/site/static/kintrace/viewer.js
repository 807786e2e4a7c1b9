// Two faces looked at together: zoom and pan of both, flip, grey, levels, grid, swipe and overlay. Nothing is sent anywhere.
const bench = document.getElementById("bench");
const stage = bench.querySelector(".stage");
const windows = [...stage.querySelectorAll(".window")];
const faces = windows.map((each) => each.querySelector("img"));
const look = { scale: 1, x: 0, y: 0, grey: false, flip: [false, false] };
const el = (id) => document.getElementById(id);
bench.querySelector(".tools").hidden = false;

function draw() {
  const most = (look.scale - 1) / 2;
  look.x = Math.max(-most, Math.min(most, look.x));
  look.y = Math.max(-most, Math.min(most, look.y));
  stage.classList.toggle("near", look.scale > 1);
  const dark = Number(el("dark").value), light = Number(el("light").value);
  const slope = 255 / (light - dark);
  for (const each of document.querySelectorAll("#levels feComponentTransfer > *")) {
    each.setAttribute("slope", slope);
    each.setAttribute("intercept", -dark / 255 * slope);
  }
  const levels = dark > 0 || light < 255 ? "url(#levels)" : "";
  const mode = stage.dataset.mode, share = Number(el("split").value);
  faces.forEach((face, side) => {
    face.style.transform = `translate(${look.x * 100}%, ${look.y * 100}%) scale(${look.scale}) scaleX(${look.flip[side] ? -1 : 1})`;
    face.style.filter = `${look.grey ? "grayscale(1) " : ""}${levels}`;
  });
  const over = windows[1].style;
  over.clipPath = mode === "swipe" ? `inset(0 0 0 ${share}%)` : "";
  over.opacity = mode === "overlay" ? String(share / 100) : "";
}

function zoom(by, x = 0, y = 0) {
  const scale = Math.max(1, Math.min(8, look.scale * by)), ratio = scale / look.scale;
  look.x = x - (x - look.x) * ratio;
  look.y = y - (y - look.y) * ratio;
  look.scale = scale;
  draw();
}

function reset() {
  Object.assign(look, { scale: 1, x: 0, y: 0, grey: false, flip: [false, false] });
  el("dark").value = 0;
  el("light").value = 255;
  for (const each of bench.querySelectorAll("[aria-pressed]")) each.setAttribute("aria-pressed", "false");
  stage.classList.remove("lines");
  draw();
}

function choose(link) {
  const pane = link.closest(".pane");
  pane.querySelector(".window img").src = link.dataset.face;
  for (const each of pane.querySelectorAll(".thumbs a")) each.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
}

bench.addEventListener("click", (event) => {
  const thumb = event.target.closest(".thumbs a");
  if (thumb) {
    event.preventDefault();
    choose(thumb);
    return;
  }
  const button = event.target.closest(".tools button");
  if (!button) return;
  const act = button.dataset.act;
  if (act === "in") zoom(1.4);
  else if (act === "out") zoom(1 / 1.4);
  else if (act === "reset") reset();
  else {
    const on = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(on));
    if (act === "grey") look.grey = on;
    else if (act === "lines") stage.classList.toggle("lines", on);
    else look.flip[Number(button.dataset.flip)] = on;
    draw();
  }
});
el("mode").addEventListener("change", () => {
  stage.dataset.mode = el("mode").value;
  el("split").hidden = stage.dataset.mode === "pair";
  draw();
});
for (const id of ["split", "dark", "light"]) el(id).addEventListener("input", draw);

windows.forEach((box) => {
  let held = null;
  box.addEventListener("pointerdown", (event) => {
    held = [event.clientX, event.clientY];
    box.setPointerCapture(event.pointerId);
  });
  box.addEventListener("pointermove", (event) => {
    if (!held || look.scale === 1) return;
    look.x += (event.clientX - held[0]) / box.clientWidth;
    look.y += (event.clientY - held[1]) / box.clientHeight;
    held = [event.clientX, event.clientY];
    draw();
  });
  for (const end of ["pointerup", "pointercancel"]) box.addEventListener(end, () => { held = null; });
  box.addEventListener("wheel", (event) => {
    if (event.deltaY > 0 && look.scale === 1) return; // the page scrolls on
    event.preventDefault();
    const place = box.getBoundingClientRect();
    zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, (event.clientX - place.left) / place.width - 0.5, (event.clientY - place.top) / place.height - 0.5);
  }, { passive: false });
  box.addEventListener("keydown", (event) => {
    const step = 0.1, moves = { ArrowLeft: [step, 0], ArrowRight: [-step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] };
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "+" || event.key === "=") zoom(1.4);
    else if (event.key === "-") zoom(1 / 1.4);
    else if (event.key === "0") reset();
    else if (event.key === "n") {
      const all = [...box.closest(".pane").querySelectorAll(".thumbs a")];
      choose(all[(all.findIndex((each) => each.hasAttribute("aria-current")) + 1) % all.length]);
    } else if (moves[event.key] && look.scale > 1) {
      look.x += moves[event.key][0];
      look.y += moves[event.key][1];
      draw();
    } else return;
    event.preventDefault();
  });
});
draw();
