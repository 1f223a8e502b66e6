"""The demo's telephone network: answers every call, echoes its sound, and writes down who called what.

``python -m roamline.demo.pstn --listen 127.0.0.1:5090 --log pstn.jsonl``

It stands at the end of the demo's trunk and emergency gateway, so that everybody can see what leaves the site: one
JSON line for each new INVITE (EM-40). It is a simulation: never point a real trunk at it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

log = logging.getLogger("roamline.demo.pstn")

MOST_CALLS = 200
MOST_HEADERS = 100
MOST_MESSAGE = 65_535
LONGEST_CALL_SECONDS = 600
ANSWER_REPEATS = 7
LOGGED = {
    "from": "from",
    "to": "to",
    "contact": "contact",
    "p-asserted-identity": "p_asserted_identity",
    "x-roamline-location": "location",
    "x-roamline-emergency": "emergency",
    "priority": "priority",
    "call-id": "call_id",
}
_COMPACT = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}

Address = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Request:
    """A SIP request: header names in lower case, in order, each with its value."""

    method: str
    uri: str
    headers: tuple[tuple[str, str], ...]
    body: str = ""

    def all(self, name: str) -> list[str]:
        """Every value of a header."""
        return [value for header, value in self.headers if header == name]

    def first(self, name: str) -> str:
        """A header's first value, or an empty text."""
        return next(iter(self.all(name)), "")


@dataclass(slots=True)
class Call:
    """A call from its INVITE to its end."""

    tag: str
    answer: str = ""
    acknowledged: bool = False
    sound: asyncio.DatagramTransport | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


def parse(datagram: bytes) -> Request | None:
    """A request, or None when the datagram is not one (responses and noise are ignored)."""
    head, _, body = datagram.decode("utf-8", "replace").partition("\r\n\r\n")
    lines = head.replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n")
    start = lines[0].split(" ")
    if len(start) != 3 or start[2] != "SIP/2.0" or len(lines) > MOST_HEADERS:
        return None
    headers = []
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            return None
        name = name.strip().lower()
        headers.append((_COMPACT.get(name, name), value.strip()))
    request = Request(start[0], start[1], tuple(headers), body)
    return request if all(request.first(name) for name in ("via", "from", "to", "call-id", "cseq")) else None


def number_of(uri: str) -> str:
    """The user part of a SIP URI."""
    return uri.removeprefix("sip:").removeprefix("sips:").partition("@")[0].partition(";")[0]


def response(request: Request, status: str, tag: str, extra: Iterable[str] = (), body: str = "") -> str:
    """A response to a request, with the given To tag."""
    to = request.first("to")
    lines = [f"SIP/2.0 {status}"]
    lines += [f"Via: {value}" for value in request.all("via")]
    lines += [f"Record-Route: {value}" for value in request.all("record-route")]
    lines += [
        f"From: {request.first('from')}",
        f"To: {to}" if "tag=" in to else f"To: {to};tag={tag}",
        f"Call-ID: {request.first('call-id')}",
        f"CSeq: {request.first('cseq')}",
        *extra,
        f"Content-Length: {len(body.encode())}",
    ]
    return "\r\n".join([*lines, "", body])


class Echo(asyncio.DatagramProtocol):
    """Sends every sound packet back to where it came from."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer by."""
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Echo one packet."""
        self.transport.sendto(data, addr)


class Network(asyncio.DatagramProtocol):
    """The SIP side: one UDP port for all calls."""

    def __init__(self, journal: Path) -> None:
        self.journal = journal
        self.calls: dict[str, Call] = {}
        self.transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport to answer by."""
        self.transport = cast(asyncio.DatagramTransport, transport)

    @property
    def address(self) -> Address:
        """Where this network listens."""
        host, port = self._open_transport().get_extra_info("sockname")[:2]
        return host, port

    def datagram_received(self, data: bytes, addr: Address) -> None:
        """Take one message; what is not a SIP request is ignored."""
        request = parse(data) if len(data) <= MOST_MESSAGE else None
        if request is None:
            return
        call = self.calls.get(request.first("call-id"))
        match request.method:
            case "INVITE" if call is None:
                self._ring(request, addr)
            case "INVITE" if call is not None and call.answer:
                self._send(call.answer, addr)
            case "ACK" if call is not None:
                call.acknowledged = True
            case "BYE" | "CANCEL":
                self._end(request, addr, call)
            case "OPTIONS":
                self._send(response(request, "200 OK", "pstn"), addr)
            case "ACK" | "INVITE":
                return
            case _:
                self._send(response(request, "405 Method Not Allowed", "pstn"), addr)

    def close(self) -> None:
        """End every call and stop listening."""
        for call_id in list(self.calls):
            self._forget(call_id)
        self._open_transport().close()

    def _ring(self, request: Request, addr: Address) -> None:
        if len(self.calls) >= MOST_CALLS:
            self._send(response(request, "503 Service Unavailable", "pstn"), addr)
            return
        self._write_down(request)
        call = Call(secrets.token_hex(6))
        self.calls[request.first("call-id")] = call
        self._send(response(request, "180 Ringing", call.tag, [self._contact(request)]), addr)
        call.tasks.append(asyncio.get_running_loop().create_task(self._answer(request, addr, call)))

    async def _answer(self, request: Request, addr: Address, call: Call) -> None:
        host = self.address[0]
        loop = asyncio.get_running_loop()
        call.sound, _ = await loop.create_datagram_endpoint(Echo, local_addr=(host, 0))
        port = call.sound.get_extra_info("sockname")[1]
        await asyncio.sleep(0.1)  # ringing and answer sent together would be put out of order on the way
        extra = [self._contact(request), "Content-Type: application/sdp"]
        call.answer = response(request, "200 OK", call.tag, extra, _sdp(host, port))
        wait = 0.5
        for _ in range(ANSWER_REPEATS):
            self._send(call.answer, addr)
            await asyncio.sleep(wait)
            if call.acknowledged:
                break
            wait = min(wait * 2, 4.0)
        await asyncio.sleep(LONGEST_CALL_SECONDS if call.acknowledged else 0)
        self._forget(request.first("call-id"))

    def _end(self, request: Request, addr: Address, call: Call | None) -> None:
        if call is None:
            self._send(response(request, "481 Call/Transaction Does Not Exist", "pstn"), addr)
            return
        self._send(response(request, "200 OK", call.tag), addr)
        if request.method == "CANCEL" and not call.answer:
            cancelled = [(n, v.replace("CANCEL", "INVITE") if n == "cseq" else v) for n, v in request.headers]
            invite = Request("INVITE", request.uri, tuple(cancelled))
            self._send(response(invite, "487 Request Terminated", call.tag), addr)
        if request.method == "BYE" or not call.answer:
            self._forget(request.first("call-id"))

    def _forget(self, call_id: str) -> None:
        call = self.calls.pop(call_id, None)
        if call is None:
            return
        if call.sound is not None:
            call.sound.close()
        for task in call.tasks:
            if task is not asyncio.current_task():
                task.cancel()

    def _write_down(self, request: Request) -> None:
        entry = {"time": datetime.now(UTC).isoformat(), "number": number_of(request.uri)}
        entry |= {key: request.first(header) for header, key in LOGGED.items()}
        with self.journal.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")

    def _contact(self, request: Request) -> str:
        host, port = self.address
        return f"Contact: <sip:{number_of(request.uri)}@{host}:{port}>"

    def _send(self, message: str, addr: Address) -> None:
        self._open_transport().sendto(message.encode(), addr)

    def _open_transport(self) -> asyncio.DatagramTransport:
        if self.transport is None:
            raise RuntimeError("the network is not listening yet")
        return self.transport


def _sdp(host: str, port: int) -> str:
    return (
        f"v=0\r\no=- 0 0 IN IP4 {host}\r\ns=-\r\nc=IN IP4 {host}\r\nt=0 0\r\n"
        f"m=audio {port} RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"
    )


async def serve(host: str, port: int, journal: Path) -> Network:
    """Listen; the returned network answers until it is closed."""
    loop = asyncio.get_running_loop()
    _, network = await loop.create_datagram_endpoint(lambda: Network(journal), local_addr=(host, port))
    return network


def main(arguments: list[str] | None = None) -> None:
    """Run until stopped."""
    parser = argparse.ArgumentParser(prog="roamline.demo.pstn", description=__doc__)
    parser.add_argument("--listen", default="127.0.0.1:5090", metavar="HOST:PORT")
    parser.add_argument("--log", type=Path, required=True, metavar="FILE", help="one JSON line for each call")
    options = parser.parse_args(arguments)
    host, _, port = options.listen.rpartition(":")

    async def run() -> None:
        await serve(host, int(port), options.log)
        await asyncio.Event().wait()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        log.info("stopped")


if __name__ == "__main__":
    main()
