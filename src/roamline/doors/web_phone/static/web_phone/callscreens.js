// What the screen shows of calls: who calls, the call that is up, the number that is typed, and the list of calls.

import { history } from "./history.js";
import { word } from "./words.js";

const WAYS = { 403: "not_permitted", 404: "no_such_number", 408: "no_answer", 486: "is_busy", 488: "no_media", 503: "no_server" };
const exit = () => ({ label: word("exit"), key: "exit" });

/** The other side of a call, in words. */
export const nameOf = (call) => call.name || call.number || word("withheld");

/** A call that rings here, or one that is up. */
export function callScreen(call, others) {
  const count = others ? word("other_calls", { count: others }) : "";
  const more = call.asked ? word("go_on", { number: call.asked.number }) : count;
  const parts = { id: `call-${call.id}`, call: { ...call, status: statusOf(call) }, title: word(statusOf(call)), prompt: more };
  return { ...parts, text: "", softkeys: call.state === "incoming" ? [key("answer"), key("decline")] : keysOf(call) };
}

const key = (name) => ({ label: word(name), key: name });

function keysOf(call) {
  if (call.state !== "up") return [key("hang_up")];
  if (call.asked) return [{ label: word("dial"), key: "go_on" }, key("hang_up")];
  if (call.listens) return [key("hang_up"), key("talk")];
  return [key("hang_up"), key(call.isHeld ? "resume" : "hold"), key(call.isMuted ? "unmute" : "mute")];
}

function statusOf(call) {
  if (call.state === "up" && call.listens) return "intercom";
  if (call.state === "up") return call.isHeld ? "held" : call.isMuted ? "muted" : "in_a_call";
  return { incoming: "incoming", answering: "answering", dialling: "dialling", ringing: "ringing" }[call.state];
}

/** Typing a number. */
export function dialScreen(line, typed = "") {
  return {
    title: line ? `${word("new_call")} · ${line}` : word("new_call"),
    fields: [{ name: "number", label: word("number"), kind: "dial", value: typed }],
    softkeys: [key("dial"), { label: "<<", key: "erase" }, exit()],
    dials: true,
    line,
  };
}

/** Why there was no call, unless somebody here ended it, or the other side did after it had begun. */
export function endScreen(call, status, reason) {
  if (call.way === "in" || call.since || (!status && !reason) || ["Canceled", "Terminated"].includes(reason)) return null;
  const known = { "User Denied Media Access": "no_microphone", "Connection Error": "no_server" }[reason];
  const said = known ?? (status === 480 && reason === "Temporarily Unavailable" ? "not_reached" : WAYS[status]);
  return { title: word("call_ended"), text: said ? word(said) : reason, prompt: nameOf(call), softkeys: [exit()] };
}

/** The call that the page lost because it was loaded anew. */
export const lostScreen = () => ({ title: word("call_ended"), text: word("call_lost"), softkeys: [exit()] });

/** The list of calls; `when(call)` says its time. */
export function historyScreen(when, go) {
  const items = history().map((call) => ({
    label: `${word(call.way)} · ${nameOf(call)} · ${when(call)}`,
    go: () => go(call),
  }));
  const softkeys = items.length ? [{ label: word("select"), key: "select" }, { label: word("forget_calls"), key: "forget" }] : [];
  return { title: word("calls"), text: items.length ? "" : word("no_calls_yet"), items, softkeys: [...softkeys, exit()] };
}

/** One call of the list. */
export function entryScreen(call, when) {
  const details = [[word("number"), call.number], [word("name"), call.name], [word("time"), when(call)]];
  const dial = call.number ? [{ label: word("dial"), key: "call", number: call.number }] : [];
  return { title: word(call.way), details: details.filter(([, value]) => value), softkeys: [...dial, exit()] };
}
