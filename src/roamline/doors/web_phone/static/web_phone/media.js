// What is heard: a call's audio, who calls, and addresses that stay on this machine.

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** Play what the other side says. */
export function playThere(call, connection) {
  connection.addEventListener("track", ({ streams: [stream], track }) => {
    call.audio ??= document.body.appendChild(Object.assign(document.createElement("audio"), { autoplay: true }));
    call.audio.srcObject = stream ?? new MediaStream([track]);
    call.audio.play().catch(() => {}); // a browser may wait for a click: the next one, on Answer, plays it
  });
}

/** On a site of this machine only, leave out addresses of other networks, where the browser offers one of its own. */
export function loopbackOnly(sdp, server) {
  const isLocal = LOOPBACK.includes(new URL(server).hostname);
  const lines = sdp.split("\r\n");
  const isCandidate = (line) => line.startsWith("a=candidate:");
  if (!isLocal || !lines.some((line) => isCandidate(line) && line.includes(" 127.0.0.1 "))) return sdp;
  return lines.filter((line) => !isCandidate(line) || line.includes(" 127.0.0.1 ")).join("\r\n");
}

/** Number and name of a caller, as call control says it (P-Asserted-Identity); both empty when they are withheld. */
export function whoCalls(request, library) {
  const asserted = request.getHeader("P-Asserted-Identity");
  const said = (asserted && library.NameAddrHeader.parse(asserted)) || request.from;
  const number = decodeURIComponent(said.uri.user ?? "");
  return number === "anonymous" ? { number: "", name: "" } : { number, name: said.display_name ?? "" };
}
