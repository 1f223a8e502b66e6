// The phone: keeps what is shown, and does what keys say. What a phone *is* comes from the server and is never guessed.

import { count, draw, fieldOf, spoken, typed } from "./display.js";
import { drawTray, startTray } from "./headsets.js";
import { drawKeypad, erase, type } from "./keypad.js";
import { drawKeys, kindOf } from "./keys.js";
import { follow, post } from "./server.js";
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

// What is shown

const leave = () => ({ label: word("exit"), key: "exit" });

function homeScreen() {
  const softkeys = [
    { label: word("services"), key: "services" },
    { label: word("settings"), key: "settings" },
  ];
  return { home: { state }, softkeys };
}

function servicesScreen() {
  const none = state.services.length === 0;
  const softkeys = [...(none ? [] : [{ label: word("select"), key: "select" }]), leave()];
  return { title: word("services"), text: none ? word("no_services") : "", items: state.services, softkeys };
}

function settingsScreen() {
  const items = [
    { label: word("headset_setup"), go: headsetScreen },
    { label: word("about"), go: aboutScreen },
  ];
  return { title: word("settings"), items, softkeys: [{ label: word("select"), key: "select" }, leave()] };
}

function headsetScreen() {
  const items = [{ label: word("associate_user"), ask: "associate_headset", disabled: !menu.associate_headset }];
  const prompt = menu.associate_headset ? "" : word("connect_first");
  return { title: word("headset_setup"), prompt, items, softkeys: [{ label: word("select"), key: "select" }, leave()] };
}

function aboutScreen() {
  const details = [
    [word("device"), state.device],
    [word("model"), state.model],
    [word("profile"), state.profile],
    [word("version"), String(state.version)],
  ];
  return { title: word("about"), details, softkeys: [leave()] };
}

function keyScreen(key) {
  const details = [[word("number"), key.number], ...(key.name ? [[key.name, key.label]] : [])];
  return { title: `${kindOf(key)}: ${key.label}`, details: details.filter(([, value]) => value), softkeys: [leave()] };
}

/** Screens of the phone itself are made anew each time they are drawn, in the language of that moment. */
const made = (page) => (typeof page === "function" ? page() : page);
const shown = () => pushed ?? (pages.length ? made(pages.at(-1)) : homeScreen());

function show(page, { instead = false } = {}) {
  clearTimeout(closing);
  if (instead) pages.pop();
  pages.push(page);
  redraw();
}

function goHome() {
  clearTimeout(closing);
  pages = [];
  redraw();
}

function goBack() {
  clearTimeout(closing);
  pages.pop();
  redraw();
}

function redraw() {
  const screen = shown();
  draw(root, bar, screen, act);
  for (const key of at("keypad").children) key.disabled = !screen.fields?.length && !screen.items?.length;
  at("announcement").textContent = spoken(screen);
  for (const id of ["up", "choose", "down"]) at(id).disabled = !screen.fields?.length && !screen.items?.length;
  at("back").disabled = pages.length === 0 || Boolean(pushed);
  at("services").disabled = at("settings").disabled = Boolean(pushed);
  (root.querySelector("form") ? fieldOf(root) : root.querySelector(".item:not(:disabled)"))?.focus();
}

function drawState() {
  speak(state.language, state.words);
  at("person").textContent = state.user ? state.user.name : word("nobody");
  at("dnd").hidden = !state.do_not_disturb;
  at("lamp").classList.toggle("taken", Boolean(state.user));
  drawKeys(state, pressKey);
  drawTray(at("tray"));
  drawConnection();
}

function drawConnection() {
  document.body.classList.toggle("lost", connected === false);
  at("link-text").textContent = connected === null ? "" : word(connected ? "connected" : "reconnecting");
}

// What keys do

function act(key, detail) {
  const screen = shown();
  const does = {
    services: () => show(servicesScreen),
    settings: () => show(settingsScreen),
    exit: goHome,
    erase: () => root.querySelector("form") && erase(fieldOf(root)),
    select: () => chosenItem()?.click(),
    item: () => choose(detail),
    open: () => open(detail.link, { instead: true }),
    submit: () => open(screen.submit, { fields: typed(root), instead: true }),
  };
  if (busy) return;
  if (pushed) answer(key);
  else does[key]?.();
}

function choose(item) {
  if (item.go) show(item.go);
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
  if (pushed) return;
  if (key.kind === "service") return open(key.link);
  const page = () => keyScreen(key);
  page.isKey = true;
  show(page, { instead: pages.at(-1)?.isKey });
}

function move(step) {
  const all = [...root.querySelectorAll("[data-kind], .item:not(:disabled)")];
  const index = all.indexOf(document.activeElement);
  all[index === -1 ? 0 : (index + step + all.length) % all.length]?.focus();
}

function pressDigit(key) {
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
  if (event.key === "Escape" && pages.length && !pushed) goBack();
  else if (event.key === "ArrowDown" && !event.target.matches("select")) move(1);
  else if (event.key === "ArrowUp" && !event.target.matches("select")) move(-1);
  else if (/^[0-9]$/.test(event.key) && !inField && root.querySelector(".item, form")) pressDigit(event.key);
  else return;
  event.preventDefault();
}

// What the server says

function take(newState) {
  const changed = newState.user?.user_id !== state.user?.user_id;
  state = newState;
  pages = pages.filter((page) => !page.isKey); // the key may be another one now
  drawState();
  if (!pushed && (pages.length === 0 || typeof pages.at(-1) === "function")) redraw();
  // As when a phone restarts: a message that only takes note goes away by itself.
  const onlySays = pages.length && shown().softkeys.every((key) => key.key === "exit");
  if (changed && onlySays) closing = setTimeout(goHome, CLOSES_AFTER);
}

/** The same screen again, as after a lost connection, leaves alone what is typed in. */
function push(screen) {
  const same = pushed && screen && pushed.id === screen.id && spoken(pushed) === spoken(screen);
  if (screen?.countdown) screen.countdown.total = same ? pushed.countdown?.total : screen.countdown.seconds;
  pushed = screen;
  if (screen) pages = [];
  if (same) count(root, screen);
  else redraw();
}

function takeMenu(newMenu) {
  menu = newMenu;
  if (pages.at(-1) === headsetScreen) redraw();
}

at("services").addEventListener("click", () => {
  pages = [];
  act("services");
});
at("settings").addEventListener("click", () => {
  pages = [];
  act("settings");
});
at("back").addEventListener("click", goBack);
at("up").addEventListener("click", () => move(-1));
at("down").addEventListener("click", () => move(1));
at("choose").addEventListener("click", () => {
  if (root.querySelector("form")) act("submit", {});
  else chosenItem()?.click();
});
for (const id of ["up", "down", "choose"]) at(id).addEventListener("pointerdown", (event) => event.preventDefault());
document.addEventListener("keydown", onKeyboard);

drawKeypad(at("keypad"), pressDigit);
startTray(at("tray"), report, complain);
drawState();
redraw();
const heard = { state: take, screen: push, menu: takeMenu, headsets: (known) => drawTray(at("tray"), known) };
follow(heard, (isOpen) => {
  connected = isOpen;
  drawConnection();
});
