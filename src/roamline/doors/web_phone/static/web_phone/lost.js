// A page that is loaded anew has lost its call, and says so.

const KEPT = "roamline.in_a_call";
let isLeaving = false;
addEventListener("pagehide", () => (isLeaving = true)); // before the calls end by that

/** Keep whether a call goes on. */
export function remember(whether) {
  if (isLeaving) return;
  try {
    if (whether) sessionStorage.setItem(KEPT, "yes");
    else sessionStorage.removeItem(KEPT);
  } catch {
    // a browser may keep nothing for a page
  }
}

/** Whether a call went on when this window's page was last left. */
export function wasInACall() {
  try {
    return sessionStorage.getItem(KEPT) !== null;
  } catch {
    return false;
  }
}
