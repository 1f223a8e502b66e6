// The screen: draws what a service, the headset engine or the phone itself shows. A screen is data.

import { element, icon, word } from "./words.js";

const SOFT_KEYS = 4;
const LONGEST_VALUE = 128;
let ticking = 0;

/** Draw a screen into `root` and its soft keys into `bar`; `act(key, soft key)` is called when one is pressed. */
export function draw(root, bar, screen, act) {
  clearInterval(ticking);
  const title = element("h1", {}, screen.title);
  const parts = [
    screen.title ? title : null,
    screen.call ? caller(screen.call) : null,
    ...(screen.text ? screen.text.split("\n").map((line) => element("p", { class: "text" }, line)) : []),
    screen.prompt ? element("p", { class: "prompt" }, screen.prompt) : null,
    screen.details ? details(screen.details) : null,
    screen.fields?.length ? form(screen, act) : null,
    screen.items?.length ? menu(screen, act) : null,
    screen.countdown ? countdown(screen.countdown) : null,
  ];
  root.className = `screen ${screen.home ? "home" : "shown"}`;
  root.replaceChildren(...(screen.home ? home(screen.home) : parts.filter(Boolean)));
  const keys = screen.softkeys.slice(0, SOFT_KEYS).map((key) => softKey(key, act));
  while (keys.length < SOFT_KEYS) keys.push(element("span", { class: "empty", "aria-hidden": "true" }, element("span", { class: "cap" })));
  bar.replaceChildren(...keys);
}

/** What a screen reader is told when a screen comes. */
export function spoken(screen) {
  return [screen.title, screen.call?.name, screen.call?.number, screen.text, screen.prompt].filter(Boolean).join(". ");
}

/** What was typed in, by the fields' names. */
export function typed(root) {
  return Object.fromEntries([...root.querySelectorAll("[data-kind]")].map((field) => [field.name, field.value]));
}

/** The field to type into: the focused one, else the first that is empty, else the first. */
export function fieldOf(root) {
  const fields = [...root.querySelectorAll("input[data-kind]")];
  return fields.find((field) => field === document.activeElement) ?? fields.find((field) => !field.value) ?? fields[0];
}

function softKey(key, act) {
  const dead = key.disabled || (key.key === "open" && !key.link);
  const button = element(
    "button",
    { type: "button", "data-key": key.key, disabled: Boolean(dead) },
    element("span", { class: "label" }, key.label),
    element("span", { class: "cap", "aria-hidden": "true" }),
  );
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  button.addEventListener("click", () => act(key.key, key));
  return button;
}

function form(screen, act) {
  const made = element("form", { autocomplete: "off", novalidate: true }, ...screen.fields.map(field));
  made.append(element("button", { class: "unseen", tabindex: "-1", "aria-hidden": "true" })); // Enter submits
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    act("submit", screen.softkeys.find((key) => key.key === "submit") ?? {});
  });
  return made;
}

function field(given) {
  const id = `field-${given.name}`;
  const common = { id, name: given.name, "data-kind": given.kind };
  const control =
    given.kind === "choice"
      ? element("select", common, ...given.choices.map((each) => choice(each, given.value)))
      : element("input", {
          ...common,
          type: given.kind === "pin" ? "password" : "text",
          inputmode: { text: "text", dial: "tel" }[given.kind] ?? "numeric",
          value: given.value ?? "",
          maxlength: LONGEST_VALUE,
          autocomplete: "off",
          autocapitalize: "none",
          spellcheck: "false",
        });
  return element("div", { class: "field" }, element("label", { for: id }, given.label), control);
}

function choice(each, chosen) {
  return element("option", { value: each.value, selected: each.value === chosen }, each.label);
}

function menu(screen, act) {
  const rows = screen.items.map((item, index) => {
    const button = element(
      "button",
      { type: "button", class: "item", disabled: Boolean(item.disabled ?? !(item.link || item.go || item.ask || item.dials)) },
      element("span", { class: "digit", "aria-hidden": "true" }, String(index + 1)),
      item.label,
    );
    button.addEventListener("click", () => act("item", item));
    return element("li", {}, button);
  });
  return element("ol", { class: "menu" }, ...rows);
}

/** Who is at the other end, and for how long. */
function caller(call) {
  const name = call.name || (call.number ? "" : word("withheld"));
  const elapsed = element("p", { class: "elapsed", role: "timer" });
  const tick = () => (elapsed.textContent = call.since ? lengthOf(Math.floor((Date.now() - call.since) / 1000)) : "");
  tick();
  ticking = setInterval(tick, 500);
  return element(
    "div",
    { class: `caller ${call.status}` },
    element("span", { class: "initials", "aria-hidden": "true" }, icon("line")),
    element(
      "div",
      {},
      element("p", { class: "name" }, name || call.number),
      element("p", { class: "number" }, [name && call.number, call.digits].filter(Boolean).join(" · ")),
    ),
    elapsed,
  );
}

const lengthOf = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;

function details(pairs) {
  return element("dl", {}, ...pairs.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
}

/** Count anew on a screen that stays otherwise as it is. */
export function count(root, screen) {
  clearInterval(ticking);
  const old = root.querySelector(".countdown");
  if (old && screen.countdown) old.replaceWith(countdown(screen.countdown));
}

/** Counts by the server's seconds, not by its clock: the two machines' clocks may differ. */
function countdown({ seconds, total }) {
  const ends = performance.now() + seconds * 1000;
  const number = element("span", { class: "seconds" });
  const bar = element("progress", { max: Math.max(total ?? seconds, 1), "aria-hidden": "true" });
  const tick = () => {
    const left = Math.max(0, (ends - performance.now()) / 1000);
    number.textContent = clockOf(Math.ceil(left));
    bar.value = left;
  };
  tick();
  ticking = setInterval(tick, 200);
  return element("div", { class: "countdown", role: "timer" }, number, bar);
}

function clockOf(seconds) {
  return seconds < 60 ? String(seconds) : `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function home({ state }) {
  const language = state.language;
  const zone = { timeZone: state.time_zone };
  const clock = element("p", { class: "clock" });
  const date = element("p", { class: "date" });
  const tick = () => {
    const now = new Date();
    clock.textContent = now.toLocaleTimeString(language, { ...zone, hour: "2-digit", minute: "2-digit", hour12: false });
    date.textContent = now.toLocaleDateString(language, { ...zone, weekday: "long", day: "numeric", month: "long" });
  };
  tick();
  ticking = setInterval(tick, 1_000);
  return [clock, date, state.user ? whoIsHere(state) : whoMayCome()];
}

function whoIsHere({ user, keys }) {
  const line = keys.find((key) => key.kind === "line");
  const initials = user.name.split(/\s+/).slice(0, 2).map((part) => part[0]).join("").toUpperCase();
  return element(
    "div",
    { class: "badge" },
    element("span", { class: "initials", "aria-hidden": "true" }, initials),
    element("span", {}, element("b", {}, word("welcome", { name: user.name })), element("small", {}, line?.number ?? "")),
  );
}

function whoMayCome() {
  return element(
    "div",
    { class: "badge free" },
    element("span", { class: "initials", "aria-hidden": "true" }, icon("blf")),
    element("span", {}, element("b", {}, word("free")), element("small", {}, word("how_to_log_in"))),
  );
}
