// What is heard before a call is answered: the bell here, and the ringing there.

const SOUNDS = {
  bell: { tones: [660, 880], on: 1, every: 3, volume: 0.25 },
  waiting: { tones: [440], on: 0.2, every: 5, volume: 0.12 },
  ringing: { tones: [425], on: 1, every: 4, volume: 0.08 },
};

let context = null;
let playing = "";
let timer = 0;

/** Sound as `kind` (bell, waiting, ringing) until told otherwise; empty: be silent. */
function sound(kind) {
  if (kind === playing) return;
  playing = kind;
  clearInterval(timer);
  if (!kind) return;
  context ??= new AudioContext();
  context.resume().catch(() => {}); // a page that nobody has touched yet stays silent: the screen rings
  beep(SOUNDS[kind]);
  timer = setInterval(beep, SOUNDS[kind].every * 1000, SOUNDS[kind]);
}

/** Ring for an incoming call as its line is set, else let hear that it rings at the other end. */
export function ringFor(calls, incoming, account) {
  const line = account?.lines.find((each) => each.number === incoming?.line);
  const silent = account?.is_silent || ["disable", "flash"].includes(line?.ring);
  if (incoming) sound(silent ? "" : calls.length > 1 ? "waiting" : "bell");
  else sound(calls.some((call) => call.state === "ringing") ? "ringing" : "");
}

function beep({ tones, on, volume }) {
  const gain = context.createGain();
  const begins = context.currentTime;
  gain.gain.setValueAtTime(0, begins);
  gain.gain.linearRampToValueAtTime(volume, begins + 0.03);
  gain.gain.setValueAtTime(volume, begins + on - 0.05);
  gain.gain.linearRampToValueAtTime(0, begins + on);
  gain.connect(context.destination);
  for (const frequency of tones) {
    const tone = context.createOscillator();
    tone.frequency.value = frequency;
    tone.connect(gain);
    tone.start(begins);
    tone.stop(begins + on);
  }
}
