// The phone on the screen. It sends what Africa's Talking sends and shows what comes back; it knows nothing else.
"use strict";

const bench = document.querySelector(".bench");
const part = (name) => bench.querySelector(`[data-${name}]`);
const shown = part("shown"), typed = part("typed"), thread = part("thread"), wire = part("wire");
const handset = bench.querySelector(".handset");
const drop = document.getElementById("drop"), twice = document.getElementById("twice");

const ANSWER_WITHIN = 10_000; // milliseconds; then the gateway gives up on us
const NEXT_LETTER = 900; // milliseconds in which the same key means the next letter on it
const LETTERS = { 1: ".,?!'-1", 2: "abc2", 3: "def3", 4: "ghi4", 5: "jkl5", 6: "mno6", 7: "pqrs7", 8: "tuv8", 9: "wxyz9", 0: " 0" };
const TWO_SEPTETS = /[\f^{}\\[~\]|€]/g;

// What the screen is doing, the words above its two soft keys, and whether one can type.
const MODES = {
  idle: { left: "Call", right: "Clear", types: true },
  busy: { left: "", right: "Cancel", types: false },
  asked: { left: "Send", right: "Cancel", types: true },
  told: { left: "OK", right: "", types: false },
};
let mode = "idle", session = null, letters = false, lastKey = { key: "", at: 0 };
let texts = { seen: null, unread: [] };

const sim = () => bench.querySelector("[name=sim]:checked");
const hex = () => crypto.getRandomValues(new Uint8Array(16)).reduce((all, byte) => all + byte.toString(16).padStart(2, "0"), "");
const now = () => new Date().toISOString().slice(0, 19).replace("T", " ");

// --- What is on the screen -------------------------------------------------------------------------------

function show(newMode, text) {
  mode = newMode;
  shown.textContent = text;
  shown.scrollTop = 0;
  typed.value = "";
  const { left, right, types } = MODES[mode];
  for (const [name, label] of [["left", left], ["right", right]]) {
    const key = bench.querySelector(`[data-do=${name}]`);
    key.textContent = label;
    key.hidden = !label;
  }
  bench.querySelector("[data-do=mode]").hidden = !types;
  typed.disabled = !types;
  handset.dataset.mode = mode;
  if (types && handset.contains(document.activeElement)) typed.focus();
}

function rest() {
  session = null;
  if (texts.unread.length) return show("told", texts.unread.shift()), count();
  show("idle", `Press the green key\nto call ${bench.dataset.code}`);
}

function count() {
  const unread = part("unread");
  unread.hidden = !texts.unread.length;
  unread.textContent = `${texts.unread.length} new text${texts.unread.length > 1 ? "s" : ""}`;
}

// --- The line -----------------------------------------------------------------------------------------------

async function post(address, fields) {
  const body = new URLSearchParams(fields);
  const entry = note(`POST …/${address}`, Object.entries(fields).map(([name, value]) => `${name}=${value}`).join("\n"));
  const replies = await Promise.all(Array.from({ length: twice.checked ? 2 : 1 }, () => ask(address, body)));
  for (const reply of replies) answer(entry, reply);
  if (replies.length > 1) verdict(entry, replies[0].text === replies[1].text);
  return replies[0].text;
}

async function ask(address, body) {
  const started = performance.now();
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN);
    const reply = await fetch(bench.dataset.gateway + address, { method: "POST", body, signal });
    return { status: reply.status, text: await reply.text(), ms: performance.now() - started };
  } catch {
    return { status: "no answer", text: "", ms: performance.now() - started };
  }
}

function call() {
  const code = typed.value || bench.dataset.code;
  session = { id: `ATUid_${hex()}`, code, inputs: [], began: Date.now(), hops: 0 };
  return hop();
}

async function hop() {
  const mine = session, { phone, network } = sim().dataset;
  const last = shown.textContent;
  show("busy", "...");
  mine.hops += 1;
  const request = post("ussd", {
    phoneNumber: phone, serviceCode: mine.code, text: mine.inputs.join("*"), sessionId: mine.id, networkCode: network,
  });
  if (drop.checked) {
    drop.checked = false;
    session = null;
    return show("told", "Connection problem or invalid MMI code.");
  }
  const reply = await request;
  if (session !== mine) return; // hung up meanwhile
  if (reply.startsWith("CON ")) return show("asked", reply.slice(4));
  const ended = reply.startsWith("END ");
  hangUp(ended ? "Success" : "Failed", reply || last);
  show("told", ended ? reply.slice(4) : "Connection problem or invalid MMI code.");
}

function send() {
  session.inputs.push(typed.value);
  return hop();
}

// Only the line hears of it; what the screen shows is the caller's affair.
function hangUp(status, last) {
  if (!session) return;
  const { phone, network } = sim().dataset, { id, code, inputs, began, hops } = session;
  session = null;
  post("ussd-end", {
    date: now(), sessionId: id, serviceCode: code, networkCode: network, phoneNumber: phone, status, cost: "0.00",
    durationInMillis: Date.now() - began, hopsCount: hops, input: inputs.join("*"), lastAppResponse: last,
  });
}

// --- Texts ------------------------------------------------------------------------------------------------------

async function look() {
  if (document.hidden) return;
  const number = sim().value;
  let reply;
  try {
    reply = await (await fetch(`${bench.dataset.inbox}?n=${number}`)).json();
  } catch {
    return; // the next look will tell
  }
  if (number !== sim().value) return;
  const fresh = reply.texts.filter(({ id }) => !texts.seen?.has(id)); // one written earlier may come later
  if (texts.seen && !fresh.length) return;
  const arrived = texts.seen ? fresh.filter((text) => !text.mine) : [];
  texts.seen = new Set(reply.texts.map(({ id }) => id));
  thread.replaceChildren(...(reply.texts.length ? reply.texts.map(bubble) : [element("li", "none", "No texts yet.")]));
  thread.scrollTop = thread.scrollHeight;
  if (arrived.length) ring(arrived);
}

function bubble({ mine, text, at }) {
  const item = element("li", mine ? "mine" : "theirs");
  item.append(element("p", "", text), element("small", "", at));
  return item;
}

function ring(arrived) {
  texts.unread.push(...arrived.map(({ text }) => `New text:\n${text}`));
  count();
  handset.classList.add("buzz");
  setTimeout(() => handset.classList.remove("buzz"), 500);
  if (mode === "idle" && !typed.value) rest();
}

async function write(event) {
  event.preventDefault();
  const field = event.target.querySelector("input"), text = field.value;
  if (!text.trim()) return;
  field.value = "";
  const { phone, network } = sim().dataset;
  await post("sms", { from: phone, to: bench.dataset.shortCode, text, date: now(), id: `ATXid_${hex()}`, networkCode: network });
  look();
}

// --- On the wire --------------------------------------------------------------------------------------------------

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
}

function note(head, body) {
  const entry = element("li");
  entry.append(element("strong", "", head), element("pre", "", body));
  wire.prepend(entry);
  return entry;
}

function answer(entry, { status, text, ms }) {
  const septets = [...text].length + (text.match(TWO_SEPTETS) ?? []).length;
  const size = text ? `, ${septets} of 160` : "";
  entry.append(element("small", "", `${status} in ${Math.round(ms)} ms${size}`));
  if (text) entry.append(element("pre", "reply", text));
}

function verdict(entry, same) {
  entry.append(element("small", same ? "same" : "different", same ? "Both replies are the same." : "The replies differ!"));
}

// --- Keys ---------------------------------------------------------------------------------------------------------

function press(key) {
  if (!MODES[mode].types) return;
  const again = letters && key === lastKey.key && performance.now() - lastKey.at < NEXT_LETTER;
  const row = letters ? LETTERS[key] ?? key : key;
  const before = again ? typed.value.slice(0, -1) : typed.value;
  const place = again ? (row.indexOf(typed.value.at(-1)) + 1) % row.length : 0;
  if (before.length < typed.maxLength) typed.value = before + row[place];
  lastKey = { key, at: performance.now() };
}

const DO = {
  left: () => ({ idle: call, asked: send, told: rest, busy: () => {} })[mode](),
  go: () => DO.left(),
  right() {
    if (mode === "idle") typed.value = "";
    else DO.stop();
  },
  stop() {
    hangUp("Incomplete", shown.textContent);
    rest();
  },
  delete: () => { typed.value = typed.value.slice(0, -1); },
  mode(button) {
    letters = !letters;
    button.textContent = letters ? "abc" : "123";
    button.setAttribute("aria-label", letters ? "Type letters" : "Type digits");
  },
  wipe: () => wire.replaceChildren(),
};

bench.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.key) press(button.dataset.key);
  else if (button?.dataset.do) DO[button.dataset.do](button);
});

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const onThePhone = handset.contains(target) || target === document.body;
  if (!onThePhone || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Escape") DO.stop();
  else if (key === "Enter" && target.tagName !== "BUTTON") DO.left();
  else if (target !== typed && key === "Backspace") DO.delete();
  else if (target !== typed && /^[0-9*#]$/.test(key)) press(key);
  else return;
  event.preventDefault();
});

function insertSim() {
  hangUp("Incomplete", shown.textContent);
  texts = { seen: null, unread: [] };
  thread.replaceChildren();
  part("bearer").textContent = sim().dataset.carrier;
  part("all-texts").href = `${bench.dataset.texts}?n=${sim().value}`;
  count();
  rest();
  look();
}

function tick() {
  part("clock").textContent = new Date().toTimeString().slice(0, 5);
}

part("write").addEventListener("submit", write);
bench.querySelectorAll("[name=sim]").forEach((radio) => radio.addEventListener("change", insertSim));
if (matchMedia("(pointer: coarse)").matches) typed.inputMode = "none"; // the phone on the screen has keys of its own
setInterval(look, 2000);
setInterval(tick, 5000);
tick();
insertSim();
