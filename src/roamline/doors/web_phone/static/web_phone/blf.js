// The lamps of BLF keys: whether a number that this phone may watch rings or talks (RFC 4235). Call control says which
// those are; a number that may not be watched, or that nobody has, stays dark.

const TYPE = "application/dialog-info+xml";
const WATCHED_FOR = 120;
const AGAIN_AFTER = 5_000;

let watches = new Map(); // number → { subscriber, lamp }
let generation = 0;

/** What the lamp of a watched number shows: ringing, busy, or nothing. */
export const lampOfOther = (number) => watches.get(number)?.lamp ?? "";

/** Watch these numbers from a line that is registered; `tell()` is called when a lamp changes. */
export function watchOthers(ua, numbers, addressOf, tell) {
  forgetOthers();
  const mine = generation;
  const watch = (number) => {
    if (mine !== generation || !ua.isRegistered()) return;
    const subscriber = ua.subscribe(addressOf(number), "dialog", TYPE, { expires: WATCHED_FOR, params: {} });
    const be = (lamp) => {
      if (mine !== generation) return;
      watches.set(number, { subscriber, lamp });
      tell();
    };
    be("");
    subscriber.on("notify", (isFinal, request, body) => be(isFinal ? "" : stateOf(body)));
    subscriber.on("terminated", () => {
      be("");
      setTimeout(watch, AGAIN_AFTER, number);
    });
    subscriber.subscribe();
  };
  numbers.forEach(watch);
}

/** Watch nobody any more. */
export function forgetOthers() {
  generation += 1;
  watches = new Map();
}

function stateOf(body) {
  const read = new DOMParser().parseFromString(body, "application/xml");
  const states = [...read.getElementsByTagName("state")].map((state) => state.textContent.trim());
  if (states.includes("confirmed")) return "busy";
  return states.some((state) => ["early", "proceeding"].includes(state)) ? "ringing" : "";
}
