// The list of calls: placed, received, missed. This browser keeps it for this phone, and forgets it when the phone's
// call history was cleared (EM-27), also when that was while the page was closed.

const MOST = 100;
let place = "";
let version = 0;
let changed = () => {};

/** Keep the list of a phone; `tell()` is called whenever it changes, also from another tab. */
export function keepHistory(device, tell) {
  place = `roamline.calls.${device}`;
  changed = tell;
  addEventListener("storage", (event) => event.key === place && changed());
}

/** Take over which configuration version began the history: what stands from before another one is forgotten. */
export function beginHistory(historyVersion) {
  version = historyVersion;
  if (read().version !== version) write([]);
}

/** Note a call that is over: `way` is placed, received or missed; `at` is in milliseconds. */
export function note({ way, number, name, at }) {
  write([{ way, number, name, at }, ...history()].slice(0, MOST));
}

/** The calls, the newest first. */
export function history() {
  const kept = read();
  return kept.version === version ? kept.calls : [];
}

/** Forget them all. */
export function forgetHistory() {
  write([]);
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(place));
    return Array.isArray(kept?.calls) ? kept : { version: null, calls: [] };
  } catch {
    return { version: null, calls: [] };
  }
}

function write(calls) {
  try {
    localStorage.setItem(place, JSON.stringify({ version, calls }));
  } catch {
    // a browser may keep nothing for a page
  }
  changed();
}
