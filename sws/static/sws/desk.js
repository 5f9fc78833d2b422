// What makes the desk quicker where scripts run; everything works without it.

const twice = "\f^{}\\[~]|€"; // each fills two places in an SMS
const longest = 300; // of 459 septets in three SMS; the rest is the frame: number, outcome, and where to appeal

function count(area) {
  const filled = [...area.value].reduce((sum, c) => sum + (twice.includes(c) ? 2 : 1), 0);
  if (!area.nextElementSibling) area.insertAdjacentHTML("afterend", '<p class="sms"></p>');
  area.nextElementSibling.textContent =
    filled > longest ? area.dataset.over.replace("0", filled - longest) : area.dataset.room.replace("0", longest - filled);
  area.nextElementSibling.classList.toggle("over", filled > longest);
}

function countAll(within) {
  for (const area of within.querySelectorAll("textarea[data-room]")) count(area);
}
countAll(document);
document.addEventListener("htmx:load", (event) => countAll(event.target));
document.addEventListener("input", (event) => {
  if (event.target.matches("textarea[data-room]")) count(event.target);
});

// Colleagues at the same case are told that somebody has begun to write.
const writing = document.querySelector("#here [name=writing]");
document.addEventListener("input", () => {
  if (writing) writing.value = [...document.querySelectorAll(".step textarea")].some((area) => area.value) ? "on" : "";
});

// A telephone's photo shrinks before it travels: megabytes become a few hundred kB. Sent too early it goes as it is.
document.addEventListener("change", async (event) => {
  const picker = event.target;
  const photo = picker.files?.[0];
  const side = Number(picker.dataset.shrink);
  if (!side || !photo?.type.startsWith("image/") || photo.size < 300_000) return;
  const image = await createImageBitmap(photo).catch(() => null);
  if (!image) return;
  const scale = Math.min(1, side / Math.max(image.width, image.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.width * scale, image.height * scale];
  const pen = canvas.getContext("2d");
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((small) => {
    if (!small || small.size >= photo.size) return;
    const bag = new DataTransfer();
    bag.items.add(new File([small], "photo.jpg", { type: "image/jpeg" }));
    picker.files = bag.files;
  }, "image/jpeg", 0.85);
});

// A form that was folded away comes into view when it is opened, also where the column scrolls by itself.
document.addEventListener("click", (event) => {
  const folded = event.target.closest("summary")?.parentElement;
  if (folded && !folded.open) requestAnimationFrame(() => folded.scrollIntoView({ block: "nearest" }));
});

for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
document.querySelector("[role=alert]")?.focus();

// Keys, for those who know them: templates/desk/base.html says which lead where.
const keys = document.getElementById("keys");
const lines = () => [...document.querySelectorAll(".rows a")];

function step(by) {
  const now = lines().indexOf(document.activeElement);
  lines()[Math.max(0, Math.min(lines().length - 1, now < 0 ? 0 : now + by))]?.focus();
}

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (!keys || keys.open || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const leads = [...keys.querySelectorAll("[data-key]")].find((link) => link.dataset.key === event.key);
  const here = event.key === "/" && document.getElementById("q");
  if (event.key === "j" || event.key === "k") step(event.key === "j" ? 1 : -1);
  else if (event.key === "?") keys.showModal();
  else if (here) here.focus();
  else if (leads) leads.click();
  else return;
  event.preventDefault();
});
