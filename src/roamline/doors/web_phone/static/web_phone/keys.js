// The keys beside the screen: lines, speed dials, services, as configured.

import { element, icon, word } from "./words.js";

const LAMPS = { off: "lamp_off", ringing: "lamp_ringing", busy: "in_a_call", held: "held" };

/** Draw the keys of a state; `press(key)` is called with the key that is pressed, `lampOf(key)` says its lamp. */
export function drawKeys(state, press, lampOf) {
  const half = Math.ceil(state.key_count / 2);
  const byPosition = new Map(state.keys.map((key) => [key.position, key]));
  const draw = (id, first, last) => {
    const keys = [];
    for (let position = first; position <= last; position += 1) keys.push(drawKey(byPosition.get(position), press, lampOf));
    document.getElementById(id).replaceChildren(...keys);
  };
  draw("keys-left", 1, half);
  draw("keys-right", half + 1, half * 2);
}

function drawKey(key, press, lampOf) {
  if (!key) return element("li", { class: "key empty", "aria-hidden": "true" }, element("span", { class: "cap" }));
  const lamp = lampOf(key);
  const under = key.kind === "line" ? lineUnder(key, lamp) : LAMPS[lamp] ? word(LAMPS[lamp]) : key.number || word(key.kind);
  const button = element(
    "button",
    { type: "button", class: `key ${key.kind}`, title: kindOf(key), "data-lamp": lamp || null },
    element("span", { class: "cap", "aria-hidden": "true" }),
    icon(key.kind),
    element("span", { class: "names" }, element("b", {}, key.label), element("small", {}, under)),
  );
  button.addEventListener("click", () => press(key));
  return element("li", {}, button);
}

function lineUnder(key, lamp) {
  if (LAMPS[lamp]) return word(LAMPS[lamp]);
  const name = key.name || word("line", { index: key.index });
  return key.label === key.number ? name : `${key.number} · ${name}`;
}

/** What a key is, in words. */
export function kindOf(key) {
  return key.kind === "line" ? word("line", { index: key.index }) : word(key.kind);
}
