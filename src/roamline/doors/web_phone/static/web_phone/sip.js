// Calls over SIP: one account for each line of the phone, and the calls that there are. What the phone is comes from the
// server, with the digest's HA1, which is kept in memory only; while a call goes on, a change waits for its end.

import { forgetOthers, lampOfOther, watchOthers } from "./blf.js";
import { loopbackOnly, playThere, whoCalls } from "./media.js";

const MOST_CALLS = 4;
const REGISTERED_FOR = 120;
const TRY_AGAIN_AFTER = 4_000;
const LEFT_WITHIN = 1_500;
const CANDIDATES_WITHIN = 400;
const NUMBER = /^[0-9*#+]{1,24}$/;

let library = null;
let wanted = null; // the account as the server has it
let applied = null; // the account that is registered
let lines = new Map(); // number → { ua, isRegistered }
let calls = [];
let isMine = false; // one tab of a browser carries a phone's calls
let isSettling = false;
let changed = () => {};
let over = () => {};
let lastId = 0;

/** Start: `tell()` is called at every change, `ended(call, status, reason)` when a call is over. */
export function startCalls(device, tell, ended) {
  changed = tell;
  over = ended;
  if (!canHear()) return;
  navigator.locks.request(`roamline.phone.${device}`, () => {
    isMine = true;
    settle();
    return new Promise(() => {}); // until the page goes
  });
  addEventListener("pagehide", () => lines.forEach(({ ua }) => ua.stop()));
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

/** Whether this page may use a microphone: it must come from this machine or by HTTPS. */
export const canHear = () => Boolean(globalThis.isSecureContext && navigator.mediaDevices && navigator.locks);

/** Why there are no calls, as the name of a word; empty when there is no reason. */
export function obstacle() {
  if (!canHear()) return "calls_need_https";
  if (!isMine) return wanted ? "calls_elsewhere" : "";
  const all = [...lines.values()];
  return all.length && all.every((line) => !line.isRegistered) ? "not_registered" : "";
}

export const allCalls = () => calls;
export const ringing = () => calls.find((call) => call.state === "incoming");

/** What a key's lamp shows: off, ready, ringing, busy or held; of another phone's number busy, ringing or nothing. */
export function lampOf({ kind, number }) {
  if (kind !== "line") return kind === "blf" ? lampOfOther(number) : "";
  const own = calls.filter((call) => call.line === number);
  if (own.some((call) => call.state === "incoming")) return "ringing";
  if (own.length) return own.every((call) => call.isHeld) ? "held" : "busy";
  return lines.get(number)?.isRegistered ? "ready" : "off";
}

// The account

/** Be what the server says, as soon as no call goes on. */
export function beAccount(account) {
  wanted = account;
  settle();
}

async function settle() {
  if (isSettling || !isMine || calls.length || JSON.stringify(wanted) === JSON.stringify(applied)) return;
  isSettling = true;
  try {
    library ??= wanted && (await import("./jssip.js")).default;
    const account = wanted;
    await Promise.all([...lines.values()].map(leave));
    forgetOthers();
    lines = new Map();
    applied = account;
    // A phone without a line has emergency calls all the same.
    const own = account?.lines.length ? account.lines : account ? [{ number: "", name: "" }] : [];
    for (const line of own) lines.set(line.number, register(account, line));
  } finally {
    isSettling = false;
  }
  changed();
  settle();
}

function leave(line) {
  return new Promise((done) => {
    setTimeout(done, LEFT_WITHIN);
    clearTimeout(line.again);
    line.ua.removeAllListeners();
    if (!line.isRegistered) done();
    else line.ua.once("unregistered", done);
    line.ua.stop();
  });
}

function register(account, { number, name }) {
  const ua = new library.UA({
    sockets: [new library.WebSocketInterface(account.server)],
    uri: addressOf(number || "nobody", account),
    display_name: name,
    authorization_user: account.user,
    realm: account.realm,
    ha1: account.ha1,
    register: Boolean(number),
    register_expires: REGISTERED_FOR,
    connection_recovery_min_interval: 1,
    connection_recovery_max_interval: 8,
    session_timers: false,
    user_agent: "Roamline web phone",
  });
  const line = { ua, isRegistered: false, again: 0 };
  const be = (isRegistered) => {
    line.isRegistered = isRegistered;
    changed();
  };
  let watches = false;
  ua.on("registered", () => {
    be(true);
    if (watches || number !== account.lines[0].number) return;
    watches = true;
    watchOthers(ua, account.watched, (other) => addressOf(other, account), changed);
  });
  ua.on("unregistered", () => be(false));
  ua.on("disconnected", () => {
    watches = false;
    be(false);
  });
  ua.on("registrationFailed", () => {
    be(false);
    line.again = setTimeout(() => ua.isConnected() && ua.register(), TRY_AGAIN_AFTER);
  });
  ua.on("newRTCSession", ({ session, request, originator }) => take(session, request, originator, number));
  ua.start();
  return line;
}

const addressOf = (number, account) => `sip:${number.replaceAll("#", "%23")}@${account.realm}`;

// The calls

const media = () => ({ mediaConstraints: { audio: true, video: false }, pcConfig: { iceServers: [] } });

/** Dial from a line, else from the first that may; whether there was anything to dial with. */
export function dial(typed, line = "") {
  const number = typed.replace(/[\s().-]/g, "");
  const from = lines.get(line) ?? lines.get(firstLine());
  if (!from || !NUMBER.test(number) || calls.length >= MOST_CALLS) return false;
  holdAllBut(null);
  from.ua.call(addressOf(number, applied), media());
  return true;
}

function firstLine() {
  const plain = (applied?.lines ?? []).filter((line) => !line.is_intercom);
  return (plain.find((line) => lines.get(line.number)?.isRegistered) ?? plain[0])?.number ?? [...lines.keys()][0];
}

export function answer(call) {
  if (call?.state !== "incoming") return;
  holdAllBut(call);
  call.state = "answering";
  call.session.answer(media());
  changed();
}

function end(call) {
  if (!call || call.session.isEnded()) return;
  call.session.terminate(call.state === "incoming" ? { status_code: 486, reason_phrase: "Busy Here" } : {});
}

export function hold(call, whether) {
  if (call?.state !== "up") return;
  if (!whether) holdAllBut(call);
  if (whether) call.session.hold();
  else call.session.unhold();
}

function mute(call, whether) {
  if (whether) call.session.mute({ audio: true });
  else call.session.unmute({ audio: true });
}

/** Be heard in an intercom call, too. */
function talk(call) {
  if (call.session.renegotiate()) call.listens = false;
}

/** Go on to the number that the other side, such as a call back, asks this phone to call; nobody does so unasked. */
function goOn(call) {
  const { accept } = call.asked;
  call.asked = null;
  accept(null, media());
}

/** What the soft keys of a call do. */
export function press(key, call) {
  const does = {
    answer: () => answer(call),
    decline: () => end(call),
    hang_up: () => end(call),
    hold: () => hold(call, true),
    resume: () => hold(call, false),
    mute: () => mute(call, true),
    unmute: () => mute(call, false),
    talk: () => talk(call),
    go_on: () => goOn(call),
  };
  does[key]?.();
}

/** Send a digit into a call (RFC 4733). */
export function sendDigit(call, key) {
  if (call?.state !== "up" || call.isHeld) return false;
  call.session.sendDTMF(key, { transportType: "RFC2833" });
  call.digits = `${call.digits}${key}`.slice(-24);
  return true;
}

function holdAllBut(call) {
  for (const other of calls) if (other !== call && other.state === "up" && !other.isHeld) hold(other, true);
}

function take(session, request, originator, line) {
  const comes = originator === "remote";
  if (calls.length >= MOST_CALLS) return session.terminate({ status_code: 486, reason_phrase: "Busy Here" });
  const call = {
    id: (lastId += 1), session, line, way: comes ? "in" : "out", state: comes ? "incoming" : "dialling",
    at: Date.now(), since: 0, isHeld: false, isMuted: false, digits: "",
    ...(comes ? whoCalls(request, library) : { number: numberOf(request.ruri.user), name: "" }),
  };
  calls = [...calls, call];
  follow(call);
  if (comes && /answer-after *= *0/i.test(request.getHeader("Call-Info") ?? "")) {
    call.listens = true; // an intercom call: whoever calls is heard, nobody else until they talk
    answer(call);
  }
  changed();
}

const numberOf = (user) => decodeURIComponent(user ?? "");

function follow(call) {
  const { session } = call;
  let enough = 0;
  const on = (event, does) => session.on(event, (detail) => {
    does(detail ?? {});
    changed();
  });
  session.on("peerconnection", ({ peerconnection }) => playThere(call, peerconnection));
  session.on("sdp", (offer) => offer.originator === "local" && (offer.sdp = loopbackOnly(offer.sdp, applied.server)));
  session.on("icecandidate", ({ ready }) => {
    clearTimeout(enough);
    enough = setTimeout(ready, CANDIDATES_WITHIN); // a network that never tells all of its addresses
  });
  on("refer", ({ request, accept }) => (call.asked = { accept, number: numberOf(request.refer_to.uri.user) }));
  on("progress", () => call.way === "out" && (call.state = "ringing"));
  on("confirmed", () => begin(call));
  on("accepted", () => begin(call));
  on("hold", ({ originator }) => originator === "local" && (call.isHeld = true));
  on("unhold", ({ originator }) => originator === "local" && (call.isHeld = false));
  on("muted", () => (call.isMuted = true));
  on("unmuted", () => (call.isMuted = false));
  on("ended", (detail) => finish(call, detail));
  on("failed", (detail) => finish(call, detail));
}

function begin(call) {
  call.state = "up";
  call.since ||= Date.now();
}

function finish(call, { originator, message, cause }) {
  calls = calls.filter((each) => each !== call);
  call.audio?.remove();
  over(call, originator === "local" ? 0 : message?.status_code ?? 0, message?.reason_phrase ?? cause ?? "");
  settle();
}
