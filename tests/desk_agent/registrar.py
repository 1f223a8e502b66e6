"""A SIP registrar and stateless proxy small enough to read: what the agent's phones talk to in these tests.

It asks every REGISTER and INVITE for a digest under the *device* name, keeps bindings per number, forwards a call to
the newest contact, and answers 404 (unknown number), 480 (nobody registered) and 403 (`forbidden`).
RFC 3261 sections 10, 16.11 and 22; RFC 2617 digest without qop.
"""

import asyncio
import hashlib
import re
from dataclasses import dataclass, field
from secrets import token_hex
from typing import cast

Address = tuple[str, int]
REALM = "test.invalid"
EMERGENCY = "112"


@dataclass(slots=True)
class Message:
    """A SIP message: its first line, its header lines in order, its body."""

    first: str
    headers: list[tuple[str, str]]
    body: bytes

    @classmethod
    def parse(cls, data: bytes) -> "Message":
        head, _, body = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = [(name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        return cls(first, headers, body)

    def get(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def encode(self) -> bytes:
        lines = [self.first, *(f"{name}: {value}" for name, value in self.headers)]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + self.body


@dataclass(slots=True)
class Registrar(asyncio.DatagramProtocol):
    """`heard` is what was asked and granted, in order. A device's former secret un-registers and reaches 112 only."""

    secrets: dict[tuple[str, str], str] = field(default_factory=dict)
    former: dict[tuple[str, str], str] = field(default_factory=dict)
    bindings: dict[str, dict[str, Address]] = field(default_factory=dict)
    forbidden: set[str] = field(default_factory=set)
    heard: list[str] = field(default_factory=list)
    transport: asyncio.DatagramTransport | None = None
    port: int = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if not data.strip():
            return  # a keep-alive
        message = Message.parse(data)
        if message.first.startswith("SIP/2.0"):
            self.forward_response(message)
        else:
            self.answer_request(message, message.first.split()[0], addr)

    def grant(self, device: str, numbers: list[str], secret: str) -> None:
        """From now on the device has these numbers, with a new secret."""
        mine = {key: old for key, old in self.secrets.items() if key[0] == device}
        self.former.update(mine)
        self.secrets = {key: old for key, old in self.secrets.items() if key not in mine}
        self.secrets.update({(device, number): secret for number in numbers})

    def answer_request(self, message: Message, method: str, addr: Address) -> None:
        if method == "REGISTER":
            self.register(message, addr)
        elif method == "INVITE":
            self.invite(message, addr)
        elif method in {"ACK", "CANCEL"}:
            self.forward_request(message, self.user_of(message.first))
        else:
            self.reply(message, addr, "405 Method Not Allowed")

    def register(self, message: Message, addr: Address) -> None:
        number = self.user_of(message.get("To"))
        contact = re.search(r"<([^>]+)>", message.get("Contact"))
        assert contact
        expires = re.search(r"expires=(\d+)", message.get("Contact"))
        lasts = int(expires[1]) if expires else int(message.get("Expires") or 60)
        if not self.is_authentic(message, "Authorization", number, leaving=not lasts):
            self.heard.append(f"challenged {number}")
            nonce = f'Digest realm="{REALM}", nonce="{token_hex(8)}", algorithm=MD5'
            self.reply(message, addr, "401 Unauthorized", ("WWW-Authenticate", nonce))
            return
        here = self.bindings.setdefault(number, {})
        if lasts:
            here[contact[1]] = addr
        else:
            here.pop(contact[1], None)
        self.heard.append(f"{'registered' if lasts else 'unregistered'} {number}")
        self.reply(message, addr, "200 OK", *(("Contact", f"<{uri}>;expires={lasts or 60}") for uri in here))

    def invite(self, message: Message, addr: Address) -> None:
        called, caller = self.user_of(message.first), self.user_of(message.get("From"))
        if not self.is_authentic(message, "Proxy-Authorization", caller, leaving=called == EMERGENCY):
            nonce = f'Digest realm="{REALM}", nonce="{token_hex(8)}", algorithm=MD5'
            self.reply(message, addr, "407 Proxy Authentication Required", ("Proxy-Authenticate", nonce))
            return
        self.heard.append(f"call {caller} {called}")
        if called in self.forbidden:
            self.reply(message, addr, "403 Forbidden")
        elif called not in self.bindings:
            self.reply(message, addr, "404 Not Found")
        elif not self.bindings[called]:
            self.reply(message, addr, "480 Temporarily Unavailable")
        else:
            self.forward_request(message, called)

    def forward_request(self, message: Message, called: str) -> None:
        # An ACK for our own refusal has nowhere to go: it ends here.
        contacts = self.bindings.get(called)
        if not contacts or self.transport is None or (message.first.startswith("ACK") and called in self.forbidden):
            return
        uri, addr = list(contacts.items())[-1]
        method = message.first.split()[0]
        branch = "z9hG4bK" + hashlib.md5(message.get("Via").encode()).hexdigest()
        via = ("Via", f"SIP/2.0/UDP 127.0.0.1:{self.port};branch={branch}")
        self.transport.sendto(Message(f"{method} {uri} SIP/2.0", [via, *message.headers], message.body).encode(), addr)

    def forward_response(self, message: Message) -> None:
        top = next(i for i, (name, _) in enumerate(message.headers) if name.lower() == "via")
        del message.headers[top]
        if where := re.search(r"UDP ([\d.]+):(\d+)", message.get("Via")):
            assert self.transport
            self.transport.sendto(message.encode(), (where[1], int(where[2])))

    def reply(self, message: Message, addr: Address, status: str, *more: tuple[str, str]) -> None:
        kept = [
            (name, value) for name, value in message.headers if name.lower() in {"via", "from", "call-id", "cseq", "to"}
        ]
        tagged = [(n, v if n.lower() != "to" or "tag=" in v else f"{v};tag=t{token_hex(4)}") for n, v in kept]
        answer = Message(f"SIP/2.0 {status}", [*tagged, *more, ("Content-Length", "0")], b"")
        assert self.transport
        self.transport.sendto(answer.encode(), addr)

    def is_authentic(self, message: Message, header: str, number: str, *, leaving: bool) -> bool:
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', message.get(header)))
        device, method = said.get("username", ""), message.first.split()[0]
        good = [self.secrets.get((device, number)), self.former.get((device, number)) if leaving else None]
        return any(said.get("response") == self.digest(device, secret, method, said) for secret in good if secret)

    @staticmethod
    def digest(user: str, secret: str, method: str, said: dict[str, str]) -> str:
        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        who, what = md5(f"{user}:{REALM}:{secret}"), md5(f"{method}:{said['uri']}")
        return md5(f"{who}:{said['nonce']}:{what}")

    @staticmethod
    def user_of(text: str) -> str:
        found = re.search(r"sips?:([^@;>]+)@", text)
        return found[1] if found else ""


async def start_registrar() -> Registrar:
    """A registrar on a free loopback UDP port."""
    loop = asyncio.get_running_loop()
    _, registrar = await loop.create_datagram_endpoint(Registrar, local_addr=("127.0.0.1", 0))
    return registrar
