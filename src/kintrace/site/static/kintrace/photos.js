// Photos by choosing, dragging, pasting or the camera: each is sent by itself, with its progress; without this script the form does.
const form = document.getElementById("upload"), files = document.getElementById("files"), drop = document.getElementById("drop");
const list = document.getElementById("uploads"), video = document.getElementById("video");
document.getElementById("send").hidden = true;
files.required = false;

async function send(many) { for (const file of many) await one(file); refresh(); }

function one(file) {
  const row = document.createElement("li"), bar = document.createElement("progress"), name = document.createElement("bdi");
  name.textContent = file.name; bar.max = 1; bar.value = 0; bar.setAttribute("aria-label", `${file.name} ${list.dataset.sending}`);
  row.append(name, bar); list.append(row);
  const body = new FormData(form);
  body.delete("photos"); body.append("photos", file, file.name);
  return new Promise(function attempt(done) {
    const request = new XMLHttpRequest();
    request.open("POST", form.action || location.href);
    request.setRequestHeader("X-One-By-One", "1");
    request.upload.onprogress = (event) => { if (event.lengthComputable) bar.value = event.loaded / event.total; };
    request.onload = () => {
      if (request.status === 429) {  // too many in a minute: this one waits, and is sent again
        setTimeout(() => attempt(done), 1000 * (Number(request.getResponseHeader("Retry-After")) || 60));
        return;
      }
      if (request.status === 200) row.outerHTML = request.responseText; else failed(row, file);
      done();
    };
    request.onerror = () => { failed(row, file); done(); };
    request.send(body);
  });
}
function failed(row, file) { row.textContent = `${file.name} ${list.dataset.failed}`; }
function refresh() { if (window.htmx) htmx.ajax("GET", location.pathname, { target: "#photo-list", swap: "outerHTML" }); }

files.addEventListener("change", () => { send([...files.files]); files.value = ""; });
for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
for (const kind of ["dragleave", "drop"]) drop.addEventListener(kind, () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => { event.preventDefault(); send([...event.dataTransfer.files]); });
document.addEventListener("paste", (event) => {
  const images = [...event.clipboardData.items].filter((each) => each.kind === "file").map((each) => each.getAsFile());
  if (images.length) send(images);
});

let stream = null;
if (navigator.mediaDevices?.getUserMedia) document.getElementById("camera-way").hidden = false;
document.getElementById("camera").addEventListener("click", async () => {
  try { stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: 1920 } }); } catch { return; }
  video.srcObject = stream; await video.play();
  document.getElementById("viewfinder").hidden = false;
});
document.getElementById("shot").addEventListener("click", () => {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth; canvas.height = video.videoHeight;
  canvas.getContext("2d").drawImage(video, 0, 0);
  canvas.toBlob((blob) => send([new File([blob], "camera.jpg", { type: "image/jpeg" })]), "image/jpeg", 0.95);
});
document.getElementById("stop").addEventListener("click", () => {
  stream?.getTracks().forEach((track) => track.stop());
  document.getElementById("viewfinder").hidden = true;
});
