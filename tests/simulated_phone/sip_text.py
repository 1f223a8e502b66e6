"""SIP messages as text (RFC 3261), and digest answers (RFC 2617)."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

COMPACT = {
    "v": "via",
    "f": "from",
    "t": "to",
    "i": "call-id",
    "m": "contact",
    "l": "content-length",
    "c": "content-type",
}
SDP = "application/sdp"


@dataclass
class Message:
    """A request or a response."""

    start: str
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: str = ""

    @property
    def is_request(self) -> bool:
        return not self.start.startswith("SIP/2.0")

    @property
    def method(self) -> str:
        return self.start.split(" ")[0] if self.is_request else self.first("CSeq").split()[-1]

    @property
    def uri(self) -> str:
        return self.start.split(" ")[1]

    @property
    def status(self) -> int:
        return 0 if self.is_request else int(self.start.split(" ")[1])

    def all(self, name: str) -> list[str]:
        wanted = name.lower()
        return [value for header, value in self.headers if COMPACT.get(header.lower(), header.lower()) == wanted]

    def first(self, name: str) -> str:
        return (self.all(name) or [""])[0]

    def encode(self) -> bytes:
        body = self.body.encode()
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers), f"Content-Length: {len(body)}"]
        return "\r\n".join([*lines, "", ""]).encode() + body


def parse_head(head: bytes) -> Message:
    """A message without its body."""
    start, *lines = head.decode("utf-8", "replace").split("\r\n")
    pairs = [line.partition(":") for line in lines if line]
    return Message(start, [(name.strip(), value.strip()) for name, _colon, value in pairs])


def uri_of(header: str) -> str:
    """The URI in a From, To or Contact."""
    found = re.search(r"<([^>]*)>", header)
    return found.group(1) if found else header.split(";", maxsplit=1)[0].strip()


def user_of(uri: str) -> str:
    """The user part of a SIP URI, empty when it has none."""
    found = re.match(r"sips?:([^@;?]*)@", uri)
    return found.group(1) if found else ""


def host_of(uri: str) -> str:
    """``host:port`` of a SIP URI as it is written there."""
    return re.sub(r"^sips?:([^@;?]*@)?", "", uri).split(";")[0].split("?")[0]


def tag_of(header: str) -> str:
    """The tag of a From or To."""
    found = re.search(r";\s*tag=([^;\s]+)", header)
    return found.group(1) if found else ""


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def digest_answer(challenge: str, method: str, uri: str, user: str, password: str) -> str:
    """The value of an Authorization header for a challenge."""
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', challenge.partition(" ")[2]))
    realm, nonce = given["realm"], given["nonce"]
    ha1, ha2 = md5(f"{user}:{realm}:{password}"), md5(f"{method}:{uri}")
    head = f'Digest username="{user}",realm="{realm}",uri="{uri}",nonce="{nonce}",algorithm=MD5'
    if "auth" not in given.get("qop", ""):
        return f'{head},response="{md5(f"{ha1}:{nonce}:{ha2}")}"'
    cnonce = secrets.token_hex(8)
    response = md5(f"{ha1}:{nonce}:00000001:{cnonce}:auth:{ha2}")
    return f'{head},response="{response}",qop=auth,cnonce="{cnonce}",nc=00000001'


def sdp(host: str, port: int, direction: str = "sendrecv") -> str:
    """A minimal offer or answer of G.711."""
    lines = ["v=0", f"o=Cisco-SIPUA 1 0 IN IP4 {host}", "s=SIP Call", f"c=IN IP4 {host}", "t=0 0"]
    lines += [
        f"m=audio {port} RTP/AVP 0 101",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:101 telephone-event/8000",
        f"a={direction}",
    ]
    return "".join(f"{line}\r\n" for line in lines)
