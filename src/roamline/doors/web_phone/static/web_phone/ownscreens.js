// Screens of the phone itself, made anew each time they are drawn.

import * as calling from "./callscreens.js";
import { kindOf } from "./keys.js";
import { word } from "./words.js";

/** The soft key that leaves a screen. */
export const leave = () => ({ label: word("exit"), key: "exit" });

const choosing = () => [{ label: word("select"), key: "select" }, leave()];

/** The screens by their names; `now()` gives the phone's `state`, its `menu`, and the `account` it calls with, if any. */
export function ownScreens(now) {
  function home() {
    const { state, account } = now();
    const ofCalls = [
      { label: word("calls"), key: "calls" },
      { label: word("new_call"), key: "new_call" },
    ];
    const softkeys = [
      { label: word("services"), key: "services" },
      ...(account ? ofCalls : []),
      { label: word("settings"), key: "settings" },
    ];
    return { home: { state }, softkeys };
  }

  function services() {
    const items = now().state.services;
    const none = items.length === 0;
    const softkeys = none ? [leave()] : choosing();
    return { title: word("services"), text: none ? word("no_services") : "", items, softkeys };
  }

  function settings() {
    const { state, account } = now();
    const deed = state.do_not_disturb ? "off" : "on";
    const code = account?.do_not_disturb[deed];
    const items = [
      ...(code ? [{ label: word(`dnd_turn_${deed}`), dials: code }] : []),
      { label: word("headset_setup"), go: headset },
      { label: word("about"), go: about },
    ];
    return { title: word("settings"), items, softkeys: choosing() };
  }

  function headset() {
    const { menu } = now();
    const items = [{ label: word("associate_user"), ask: "associate_headset", disabled: !menu.associate_headset }];
    const prompt = menu.associate_headset ? "" : word("connect_first");
    return { title: word("headset_setup"), prompt, items, softkeys: choosing() };
  }

  function about() {
    const { state } = now();
    const details = [
      [word("device"), state.device],
      [word("model"), state.model],
      [word("profile"), state.profile],
      [word("version"), String(state.version)],
    ];
    return { title: word("about"), details, softkeys: [leave()] };
  }

  const timeOf = (call) => {
    const { language, time_zone: timeZone } = now().state;
    return new Date(call.at).toLocaleString(language, { timeZone, dateStyle: "medium", timeStyle: "short" });
  };

  const calls = () => calling.historyScreen(timeOf, (call) => calling.entryScreen(call, timeOf));

  function key(pressed) {
    const details = [[word("number"), pressed.number], ...(pressed.name ? [[pressed.name, pressed.label]] : [])];
    const title = `${kindOf(pressed)}: ${pressed.label}`;
    return { title, details: details.filter(([, value]) => value), softkeys: [leave()] };
  }

  return { home, services, settings, headset, about, calls, key };
}
