// The phone: keeps what is shown, and does what keys say. What a phone *is* comes from the server and is never guessed.

import * as calling from "./callscreens.js";
import { count, draw, fieldOf, spoken, typed } from "./display.js";
import { drawTray, startTray } from "./headsets.js";
import { beginHistory, forgetHistory, keepHistory, note } from "./history.js";
import { drawKeypad, erase, type } from "./keypad.js";
import { drawKeys } from "./keys.js";
import { remember, wasInACall } from "./lost.js";
import { leave, ownScreens } from "./ownscreens.js";
import { ringFor } from "./ring.js";
import { follow, post } from "./server.js";
import * as sip from "./sip.js";
import { speak, word } from "./words.js";

const at = (id) => document.getElementById(id);
const root = at("screen");
const bar = at("softkeys");
const CLOSES_AFTER = 6_000;

let state = JSON.parse(at("state").textContent);
let pages = []; // screens of services and of the phone itself, the last one on top
let pushed = null; // what the headset engine shows: it goes before everything else
let menu = { associate_headset: false };
let connected = null;
let busy = false;
let closing = 0;
let account = null; // how to register; null: this page carries no calls
let inFront = null; // the call that is shown before all else
let screenOfCall = ""; // what of it is drawn

// What is shown

const own = ownScreens(() => ({ state, menu, account }));

/** Screens of the phone itself are made anew each time they are drawn, in the language of that moment. */
const made = (page) => (typeof page === "function" ? page() : page);
const below = () => pushed ?? (pages.length ? made(pages.at(-1)) : own.home());
const shown = () => (inFront ? calling.callScreen(inFront, sip.allCalls().length - 1) : below());

function show(page, { instead = false } = {}) {
  clearTimeout(closing);
  if (instead) pages.pop();
  pages.push(page);
  redraw();
}

function goHome() {
  inFront = null;
  closePages();
}

/** A message has been read; a call that came meanwhile stays on the screen. */
function closePages() {
  clearTimeout(closing);
  pages = [];
  redraw();
}

function goBack() {
  clearTimeout(closing);
  if (inFront) inFront = null;
  else pages.pop();
  redraw();
}

/** Whether a digit begins a call: on the home screen, and over a message that asks for nothing. */
const beginsCall = (screen) =>
  account && !pushed && !inFront && (screen.home || !(screen.fields?.length || screen.items?.length));

function redraw() {
  const screen = shown();
  draw(root, bar, screen, act);
  const mayDial = beginsCall(screen) || screen.call?.state === "up";
  for (const key of at("keypad").children) key.disabled = !screen.fields?.length && !screen.items?.length && !mayDial;
  at("announcement").textContent = spoken(screen);
  for (const id of ["up", "choose", "down"]) at(id).disabled = !screen.fields?.length && !screen.items?.length;
  at("back").disabled = !inFront && (pages.length === 0 || Boolean(pushed));
  at("services").disabled = at("settings").disabled = Boolean(pushed);
  const field = root.querySelector("form") && fieldOf(root);
  (field ?? root.querySelector(".item:not(:disabled)"))?.focus();
  field?.setSelectionRange?.(field.value.length, field.value.length);
}

function drawState() {
  speak(state.language, state.words);
  at("person").textContent = state.user ? state.user.name : word("nobody");
  at("dnd").hidden = !state.do_not_disturb;
  at("lamp").classList.toggle("taken", Boolean(state.user));
  drawKeys(state, pressKey, account ? sip.lampOf : () => "");
  drawTray(at("tray"));
  drawConnection();
}

function drawConnection() {
  document.body.classList.toggle("lost", connected === false);
  at("link-text").textContent = connected === null ? "" : word(connected ? "connected" : "reconnecting");
  drawHonesty();
}

/** What this page cannot do now, below the phone. */
function drawHonesty() {
  const why = account ? sip.obstacle() : state.carries_calls ? "" : "no_calls";
  at("honest").textContent = why ? word(why) : "";
}

// What keys do

function act(key, detail) {
  const screen = shown();
  const does = {
    services: () => show(own.services),
    settings: () => show(own.settings),
    exit: goHome,
    erase: () => root.querySelector("form") && erase(fieldOf(root)),
    select: () => chosenItem()?.click(),
    item: () => choose(detail),
    open: () => open(detail.link, { instead: true }),
    submit: () => (screen.dials ? does.dial() : open(screen.submit, { fields: typed(root), instead: true })),
    calls: () => show(own.calls),
    forget: forgetHistory,
    new_call: () => show(calling.dialScreen("")),
    dial: () => dial(typed(root).number, screen.line),
    call: () => dial(detail.number),
  };
  if (inFront) return actOnCall(key, inFront);
  if (busy) return;
  if (pushed) answer(key);
  else does[key]?.();
}

function actOnCall(key, call) {
  sip.press(key, call);
  takeCalls();
}

/** Dial; a number that is none stays on the screen, to be mended. */
function dial(number, line = "") {
  if (!number) return;
  if (sip.dial(number, line)) pages = [];
  else complain();
}

function choose(item) {
  if (item.go) show(Object.values(own).includes(item.go) ? item.go : made(item.go));
  else if (item.dials) dial(item.dials);
  else if (item.ask) report({ event: "menu", item: item.ask }).catch(complain);
  else open(item.link);
}

const items = () => [...root.querySelectorAll(".item:not(:disabled)")];
const chosenItem = () => items().find((item) => item === document.activeElement) ?? items()[0];

async function open(link, { fields = {}, instead = false } = {}) {
  if (!link || busy) return;
  wait(true);
  try {
    const { screen } = await post("open", { link, fields });
    wait(false);
    if (screen) show(screen, { instead });
    else goHome();
  } catch {
    wait(false);
    complain();
  }
}

/** Answer what the headset engine shows; what it shows next comes back. */
async function answer(key) {
  const { id } = pushed;
  wait(true);
  try {
    const { screen } = await post("input", { screen: id, key, fields: typed(root) });
    wait(false);
    push(screen);
  } catch {
    wait(false);
    complain();
  }
}

const report = (event) => post("events", { events: [event] });

function wait(whether) {
  busy = whether;
  root.setAttribute("aria-busy", String(whether));
  if (whether) at("announcement").textContent = word("wait");
}

function complain() {
  const screen = shown();
  if (screen.home) return show({ title: word("services"), text: word("failed"), softkeys: [leave()] });
  draw(root, bar, { ...screen, prompt: word("failed") }, act);
  at("announcement").textContent = word("failed");
}

function pressKey(key) {
  const calls = account && key.kind === "line" ? sip.allCalls().filter((call) => call.line === key.number) : [];
  if (calls.length) return pressLine(calls);
  if (pushed) return;
  if (key.kind === "service") return open(key.link);
  if (account && key.kind === "line") return show(calling.dialScreen(key.number));
  if (account && key.number) return dial(key.number);
  const page = () => own.key(key);
  page.isKey = true;
  show(page, { instead: pages.at(-1)?.isKey });
}

/** The key of a line with calls: answers, shows the call, takes the next one. */
function pressLine(calls) {
  const rings = calls.find((call) => call.state === "incoming");
  const index = calls.indexOf(inFront);
  inFront = rings ?? calls[(index + 1) % calls.length];
  if (rings) sip.answer(rings);
  else if (index === -1 && inFront.isHeld) sip.hold(inFront, false);
  redraw();
}

function move(step) {
  const all = [...root.querySelectorAll("[data-kind], .item:not(:disabled)")];
  const index = all.indexOf(document.activeElement);
  all[index === -1 ? 0 : (index + step + all.length) % all.length]?.focus();
}

function pressDigit(key) {
  if (inFront) return sip.sendDigit(inFront, key) && takeCalls();
  if (beginsCall(shown())) return show(calling.dialScreen("", key), { instead: pages.length > 0 });
  const field = root.querySelector("form") && fieldOf(root);
  if (field) {
    field.focus();
    type(field, key);
  } else {
    [...root.querySelectorAll(".item")][Number(key) - 1]?.click();
  }
}

function onKeyboard(event) {
  const inField = event.target.matches("input, select");
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Escape" && (inFront || (pages.length && !pushed))) goBack();
  else if (event.key === "Enter" && inFront?.state === "incoming" && !event.target.closest("button")) sip.answer(inFront);
  else if (event.key === "ArrowDown" && !event.target.matches("select")) move(1);
  else if (event.key === "ArrowUp" && !event.target.matches("select")) move(-1);
  else if (/^[0-9*#]$/.test(event.key) && !inField && !at("keypad").firstChild.disabled) pressDigit(event.key);
  else return;
  event.preventDefault();
}

// What the server says

function take(newState) {
  const changed = newState.user?.user_id !== state.user?.user_id;
  state = newState;
  beginHistory(state.history_version);
  pages = pages.filter((page) => !page.isKey); // the key may be another one now
  drawState();
  if (!pushed && (pages.length === 0 || typeof pages.at(-1) === "function")) redraw();
  // As when a phone restarts: a message that only takes note goes away by itself.
  const onlySays = pages.length && shown().softkeys.every((key) => key.key === "exit");
  if (changed && onlySays) closing = setTimeout(closePages, CLOSES_AFTER);
}

/** The same screen again, as after a lost connection, leaves alone what is typed in. */
function push(screen) {
  const same = pushed && screen && pushed.id === screen.id && spoken(pushed) === spoken(screen);
  if (screen?.countdown) screen.countdown.total = same ? pushed.countdown?.total : screen.countdown.seconds;
  pushed = screen;
  if (screen) pages = [];
  if (screen && !same && inFront?.state !== "incoming") inFront = null;
  if (same) count(root, screen);
  else redraw();
}

function takeMenu(newMenu) {
  menu = newMenu;
  if (pages.at(-1) === own.headset) redraw();
}

/** How to register came, or is another one. */
function takeAccount(newAccount) {
  account = newAccount;
  sip.beAccount(account);
  drawState();
  if (!pushed && !pages.length) redraw();
}

/** Calls came, went or changed: lamps, sound, and the call in front. */
function takeCalls() {
  const calls = sip.allCalls();
  const incoming = sip.ringing();
  const newest = calls.at(-1);
  if (newest && newest.id > seen) inFront = newest;
  seen = Math.max(seen, newest?.id ?? 0);
  if (inFront && !calls.includes(inFront)) inFront = incoming ?? null;
  drawKeys(state, pressKey, account ? sip.lampOf : () => "");
  drawHonesty();
  ringFor(calls, incoming, account);
  remember(calls.some((call) => call.since));
  const drawn = inFront ? JSON.stringify({ ...inFront, session: 0, audio: 0, others: calls.length }) : "";
  if (drawn !== screenOfCall) {
    screenOfCall = drawn;
    redraw();
  }
}

let seen = 0;

function callIsOver(call, status, reason) {
  if (Object.values(account?.do_not_disturb ?? {}).includes(call.number)) return; // the status bar says what came of it
  const way = call.way === "out" ? "placed" : call.since ? "received" : "missed";
  note({ way, number: call.number, name: call.name, at: call.at });
  const screen = calling.endScreen(call, status, reason);
  if (!screen || pushed) return;
  inFront = null;
  show(screen);
  closing = setTimeout(closePages, CLOSES_AFTER);
}

addEventListener("beforeunload", (event) => sip.allCalls().some((call) => call.since) && event.preventDefault());

at("services").addEventListener("click", () => {
  inFront = null;
  pages = [];
  act("services");
});
at("settings").addEventListener("click", () => {
  inFront = null;
  pages = [];
  act("settings");
});
at("back").addEventListener("click", goBack);
at("up").addEventListener("click", () => move(-1));
at("down").addEventListener("click", () => move(1));
at("choose").addEventListener("click", () => {
  if (inFront) return;
  if (root.querySelector("form")) act("submit", {});
  else chosenItem()?.click();
});
for (const id of ["up", "down", "choose"]) at(id).addEventListener("pointerdown", (event) => event.preventDefault());
document.addEventListener("keydown", onKeyboard);

drawKeypad(at("keypad"), pressDigit);
startTray(at("tray"), report, complain);
keepHistory(state.device, () => pages.at(-1) === own.calls && !pushed && !inFront && redraw());
beginHistory(state.history_version);
drawState();
redraw();
if (wasInACall()) show(calling.lostScreen());
remember(false);
sip.startCalls(state.device, takeCalls, callIsOver);
const headsets = (known) => drawTray(at("tray"), known);
const heard = { state: take, account: takeAccount, screen: push, menu: takeMenu, headsets };
follow(heard, (isOpen) => {
  connected = isOpen;
  drawConnection();
});
