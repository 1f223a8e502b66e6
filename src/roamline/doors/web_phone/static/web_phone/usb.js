// A real headset: after the person has chosen it once, the browser tells its serial number and when it comes and goes
// (WebUSB; only where the browser has it, and only on pages that came over HTTPS or from this very machine).

/** Whether this browser can do it on this page. */
export const isPossible = () => "usb" in navigator && isSecureContext;

/** Let the person choose a headset; null when they chose none. */
export async function choose() {
  try {
    return headsetOf(await navigator.usb.requestDevice({ filters: [] }));
  } catch {
    return null; // the dialogue was closed
  }
}

/** Call `plugged` for each headset that was chosen before and is there, and at each change `plugged` or `unplugged`. */
export async function watch(plugged, unplugged) {
  if (!isPossible()) return;
  navigator.usb.addEventListener("connect", (event) => plugged(headsetOf(event.device)));
  navigator.usb.addEventListener("disconnect", (event) => unplugged(headsetOf(event.device)));
  for (const device of await navigator.usb.getDevices()) plugged(headsetOf(device));
}

function headsetOf(device) {
  return {
    serial: (device.serialNumber ?? "").trim().slice(0, 50),
    model: (device.productName ?? "").slice(0, 64),
    vendor: (device.manufacturerName ?? "").slice(0, 64),
    firmware: `${device.deviceVersionMajor}.${device.deviceVersionMinor}.${device.deviceVersionSubminor}`,
    connection: "wired",
  };
}
