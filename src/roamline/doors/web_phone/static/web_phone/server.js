// The page's own origin: what it asks, and the stream of what changes.

const meta = (name) => document.querySelector(`meta[name=${name}]`).content;
const BASE = meta("base");
const CSRF = meta("csrf");
const SILENCE = 40_000; // the server gives a sign of life every 15 s
const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 8_000;

/** POST an object; the answer's object. Throws when there is none. A browser that is not paired is shown so. */
export async function post(path, body) {
  const answer = await fetch(`${BASE}/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": CSRF },
    body: JSON.stringify(body),
  });
  if (answer.status === 403) location.reload();
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.status === 204 ? null : answer.json();
}

/**
 * Follow the stream for as long as the page lives. `handlers` has a function for each event; `connection(is_open)`
 * hears how it goes. After a loss it tries again by itself; what comes first then is the whole state.
 */
export function follow(handlers, connection) {
  let source = null;
  let pause = SHORTEST_PAUSE;
  let silence = 0;
  let retry = 0;

  function heard() {
    clearTimeout(silence);
    silence = setTimeout(again, SILENCE);
  }

  function again() {
    if (source) source.close();
    clearTimeout(silence);
    clearTimeout(retry);
    connection(false);
    retry = setTimeout(open, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }

  function open() {
    clearTimeout(retry);
    if (source) source.close();
    source = new EventSource(`${BASE}/stream`);
    heard();
    source.addEventListener("error", again);
    source.addEventListener("unpaired", () => location.reload());
    source.addEventListener("alive", heard);
    for (const [name, handle] of Object.entries(handlers)) {
      source.addEventListener(name, (event) => {
        heard();
        pause = SHORTEST_PAUSE;
        connection(true);
        handle(JSON.parse(event.data));
      });
    }
  }

  addEventListener("online", open);
  addEventListener("pageshow", (event) => event.persisted && open());
  open();
}
