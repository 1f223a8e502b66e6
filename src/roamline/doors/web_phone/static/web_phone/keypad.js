// The keypad: types digits into digit fields, letters by pressing again into text fields, and picks from menus.

import { element } from "./words.js";

const LETTERS = {
  1: ".@-_", 2: "abc", 3: "def", 4: "ghi", 5: "jkl", 6: "mno", 7: "pqrs", 8: "tuv", 9: "wxyz", 0: "", "*": ".", "#": "",
};
const AGAIN_WITHIN = 1_000;

/** Draw the keypad; `press(key)` is called with 0-9, * or #. */
export function drawKeypad(root, press) {
  for (const key of ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"]) {
    const letters = /[2-9]/.test(key) ? LETTERS[key] : "";
    const button = element(
      "button",
      { type: "button", "aria-label": key, "data-key": key },
      element("b", {}, key),
      element("small", { "aria-hidden": "true" }, letters),
    );
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
    button.addEventListener("click", () => press(key));
    root.append(button);
  }
}

let last = { field: null, key: "", at: 0, turn: 0 };

/** Type a key into a field as a phone does: the same key again soon means its next letter. */
export function type(field, key, now = performance.now()) {
  const choices = choicesOf(field.dataset.kind, key);
  if (!choices) return;
  const again = last.field === field && last.key === key && now - last.at < AGAIN_WITHIN && choices.length > 1;
  const turn = again ? (last.turn + 1) % choices.length : 0;
  const before = again ? field.value.slice(0, -1) : field.value;
  if (before.length >= field.maxLength) return;
  field.value = before + choices[turn];
  last = { field, key, at: now, turn };
}

function choicesOf(kind, key) {
  if (kind === "dial") return key;
  return (kind === "text" ? LETTERS[key] + key : key).replace(/[*#]/g, "");
}

/** Take back the last character. */
export function erase(field) {
  field.value = field.value.slice(0, -1);
  last = { ...last, field: null };
}
