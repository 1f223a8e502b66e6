// The headsets beside the phone: simulated ones to plug in and pull out, and a real one by way of the browser's USB.
// Which are connected is the server's knowledge; this page only reports what happens.

import { choose, isPossible, watch } from "./usb.js";
import { element, icon, word } from "./words.js";

const KEPT = "roamline.headsets";
const LONGEST_SERIAL = 50;
const MOST_KEPT = 20;
const same = (one, other) => one.toLowerCase() === other.toLowerCase();

let known = { connected: [], tray: [], simulated: false };
let send = async () => {};
let complain = () => {};
let trouble = "";

/** Start: `report(event)` sends one event of the device API, `failed()` is called when it did not get there. */
export function startTray(root, report, failed) {
  send = report;
  complain = failed;
  root.addEventListener("click", onClick);
  root.addEventListener("submit", onSubmit);
  root.addEventListener("change", onChange);
  watch(plugged, unplugged);
}

/** Take over what the server knows and draw it. */
export function drawTray(root, newKnown = known) {
  known = newKnown;
  root.hidden = !known.simulated && !isPossible();
  const parts = [
    element("h2", {}, word("headsets")),
    known.simulated ? simulatedPart() : null,
    isPossible() ? realPart() : null,
  ];
  root.replaceChildren(...parts.filter(Boolean));
}

function simulatedPart() {
  const serials = [...known.tray.map((each) => each.serial), ...kept().serials];
  const others = known.connected.filter((each) => !serials.some((serial) => same(serial, each.serial)));
  const cards = [...serials, ...others.map((each) => each.serial)].map(card);
  return element(
    "section",
    {},
    element("p", { class: "hint" }, element("span", { class: "tag" }, word("simulated")), " ", word("simulated_hint")),
    element("ul", { class: "headsets" }, ...cards),
    element(
      "form",
      { class: "another" },
      element("label", { for: "another-serial" }, word("another_serial")),
      element("input", { id: "another-serial", name: "serial", maxlength: LONGEST_SERIAL, required: true, autocomplete: "off" }),
      element("button", {}, word("add")),
    ),
  );
}

function card(serial) {
  const there = known.connected.find((each) => same(each.serial, serial));
  const owner = known.tray.find((each) => same(each.serial, serial))?.owner;
  const isOwn = kept().serials.includes(serial);
  const wished = kept().wireless.includes(serial.toLowerCase()) ? "wireless" : "wired";
  const kind = there && there.connection !== "unknown" ? there.connection : wished;
  return element(
    "li",
    { class: there ? "headset there" : "headset", "data-serial": serial },
    icon("headset"),
    element(
      "div",
      { class: "about" },
      element("b", {}, serial),
      element("small", {}, [there ? word("is_connected") : word("is_not_connected"), owner].filter(Boolean).join(" · ")),
    ),
    kindSwitch(serial, kind, Boolean(there)),
    element("div", { class: "moves" }, ...moves(there, kind), isOwn && !there ? act("forget", "remove", "quiet") : null),
  );
}

function moves(there, kind) {
  if (kind === "wireless") return there ? [act("out_of_range", "out_of_range"), act("power_off", "power_off")] : [act("connect", "pair_wirelessly")];
  return there ? [act("unplugged", "pull_out")] : [act("connect", "plug_in")];
}

function act(move, name, kind = "") {
  return element("button", { type: "button", "data-move": move, class: kind }, word(name));
}

function kindSwitch(serial, kind, isThere) {
  const option = (value) => element("option", { value, selected: value === kind }, word(value));
  return element(
    "select",
    { class: "kind", "aria-label": `${serial}: ${word("wired")} / ${word("wireless")}`, disabled: isThere },
    option("wired"),
    option("wireless"),
  );
}

function realPart() {
  const real = known.connected.filter((each) => each.source === "browser");
  return element(
    "section",
    { class: "real" },
    element("h3", {}, word("real_headset")),
    element("p", { class: "hint" }, word("real_hint")),
    ...real.map((each) => element("p", { class: "real-serial" }, icon("headset"), each.serial)),
    trouble ? element("p", { class: "trouble", role: "alert" }, trouble) : null,
    element("button", { type: "button", "data-move": "choose" }, word("choose_headset")),
  );
}

// What a person does here

async function onClick(event) {
  const move = event.target.closest("[data-move]")?.dataset.move;
  if (!move) return;
  const li = event.target.closest("[data-serial]");
  const root = event.currentTarget;
  if (move === "choose") await chooseReal(root);
  else if (move === "forget") keep({ serials: kept().serials.filter((serial) => serial !== li.dataset.serial) });
  else if (move === "connect") await connected({ serial: li.dataset.serial, connection: li.querySelector(".kind").value }, "simulated");
  else await disconnected(li.dataset.serial, move);
  drawTray(root);
}

function onSubmit(event) {
  event.preventDefault();
  const serial = new FormData(event.target).get("serial").trim();
  const all = [...known.tray.map((each) => each.serial), ...kept().serials];
  if (serial && !all.some((each) => same(each, serial))) keep({ serials: [...kept().serials, serial].slice(-MOST_KEPT) });
  drawTray(event.currentTarget);
}

function onChange(event) {
  const serial = event.target.closest("[data-serial]")?.dataset.serial.toLowerCase();
  if (!serial || !event.target.matches(".kind")) return;
  const others = kept().wireless.filter((each) => each !== serial);
  keep({ wireless: event.target.value === "wireless" ? [...others, serial] : others });
  drawTray(event.currentTarget);
}

async function chooseReal(root) {
  const headset = await choose();
  trouble = headset && !headset.serial ? word("no_serial") : "";
  if (headset?.serial) await plugged(headset);
  drawTray(root);
}

// What is reported

async function plugged(headset) {
  if (headset.serial && !known.connected.some((each) => same(each.serial, headset.serial))) await connected(headset, "browser");
}

async function unplugged(headset) {
  if (headset.serial) await disconnected(headset.serial, "unplugged");
}

function connected(headset, source) {
  const whole = { model: "", vendor: "", firmware: "", ...headset };
  return tell({ event: "headset_connected", headset: whole, source });
}

function disconnected(serial, reason) {
  return tell({ event: "headset_disconnected", serial, reason });
}

async function tell(event) {
  try {
    await send({ ...event, id: newId(), at: new Date().toISOString() });
  } catch {
    complain();
  }
}

/** crypto.randomUUID is missing where a page came over plain HTTP from another machine. */
function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// What this browser keeps: serial numbers that were typed in, and which headsets are wireless

function kept() {
  try {
    const found = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    return { serials: found.serials ?? [], wireless: found.wireless ?? [] };
  } catch {
    return { serials: [], wireless: [] };
  }
}

function keep(changed) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...kept(), ...changed }));
  } catch {
    // a browser may keep nothing for a page
  }
}
