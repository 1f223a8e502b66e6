"""Questions and orders to Kamailio: JSON-RPC over HTTP on loopback, each with a time-out of one second.

Registrations of a device stand under its lower-cased name, or under ``name~line`` where the phone registers each line.
"""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from roamline.doors.call_control import launch
from roamline.kernel.secret import Secret
from roamline.platform.config import Config
from roamline.wires.service_control import header_block

TIMEOUT_SECONDS = 1.0
MOST_ANSWER_BYTES = 64 * 1024 * 1024
LOCATION = "location"
NOT_SET = "[not set]"

_CONTACT = re.compile(r"sips?:(?:(?P<user>[^@;]*)@)?(?P<host>[^;?]+)")


class Unreachable(Exception):
    """Kamailio does not answer its RPC: it is stopped, starting, or not allowed to run here."""


class RpcRefused(Exception):
    """Kamailio answered with an error, such as "AOR not found"."""


@dataclass(frozen=True, slots=True)
class Registration:
    """One contact of an AOR, with what a NOTIFY to it needs."""

    aor: str
    contact: str
    received: str
    socket: str
    call_id: str
    user_agent: str
    expires: int

    @property
    def device(self) -> str:
        """The device's folded name."""
        return self.aor.partition("~")[0]

    @property
    def user(self) -> str:
        """The user part of the contact."""
        found = _CONTACT.match(self.contact)
        return (found["user"] or "") if found else ""

    @property
    def host(self) -> str:
        """Host and port of the contact, as the phone gave them."""
        found = _CONTACT.match(self.contact)
        return found["host"] if found else ""


@dataclass(frozen=True, slots=True)
class Rpc:
    """One Kamailio, by its RPC port."""

    port: int
    key: Secret

    @classmethod
    def of(cls, config: Config) -> Rpc:
        """The Kamailio of this node."""
        return cls(int(config["call_control.rpc_port"]), Secret(launch.rpc_key(config)))

    def call(self, method: str, *parameters: object) -> Any:
        """Call one RPC method and return its result.

        Errors: Unreachable, RpcRefused.
        """
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters})
        headers = {"Content-Type": "application/json", "X-Roamline-Key": self.key.reveal()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("POST", "/RPC", body, headers)
            answer = json.loads(connection.getresponse().read(MOST_ANSWER_BYTES))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Unreachable(f"Kamailio's RPC on port {self.port}: {type(error).__name__}") from error
        finally:
            connection.close()
        if not isinstance(answer, dict) or "error" in answer:
            raise RpcRefused(f"{method}: {answer.get('error', {}).get('message') if isinstance(answer, dict) else ''}")
        return answer.get("result")

    def is_alive(self) -> bool:
        """Whether Kamailio answers."""
        try:
            self.call("core.version")
        except (Unreachable, RpcRefused):
            return False
        return True

    def in_call(self, device: str) -> bool | None:
        """Whether a device is in a call, or rings; None when Kamailio does not answer (EM-42)."""
        try:
            return bool(int(self.call("dlg.profile_get_size", "device", device.lower())))
        except (Unreachable, RpcRefused, TypeError, ValueError):
            return None

    def is_idle(self) -> bool:
        """Whether no device at all is in a call; False when Kamailio does not answer."""
        try:
            return int(self.call("dlg.profile_get_size", "device")) == 0
        except (Unreachable, RpcRefused, TypeError, ValueError):
            return False

    def registrations(self, device: str) -> list[Registration]:
        """Every contact of a device.

        Errors: Unreachable.
        """
        return [found for found in self.all_registrations() if found.device == device.lower()]

    def contacts(self, aor: str) -> list[Registration]:
        """The contacts of one AOR as they are at this moment.

        Errors: Unreachable.
        """
        try:
            found = self.call("ul.lookup", LOCATION, aor)
        except RpcRefused:
            return []
        return [_registration(aor, item["Contact"]) for item in found.get("Contacts", [])]

    def all_registrations(self) -> list[Registration]:
        """Every contact that is registered.

        Errors: Unreachable.
        """
        found: list[Registration] = []
        for domain in self.call("ul.dump").get("Domains", []):
            for entry in domain["Domain"]["AoRs"]:
                found += [_registration(entry["Info"]["AoR"], item["Contact"]) for item in entry["Info"]["Contacts"]]
        return found

    def remove_registration(self, aor: str) -> bool:
        """Remove an AOR's contacts; False when there was none. Calls that are up go on.

        Errors: Unreachable.
        """
        try:
            self.call("ul.rm", LOCATION, aor)
        except RpcRefused:
            return False
        return True

    def value(self, table: str, key: str) -> Any:
        """A value in one of Kamailio's tables, or None."""
        try:
            answer = self.call("htable.get", table, key)
        except RpcRefused:
            return None
        return answer["item"]["value"] if isinstance(answer, dict) and "item" in answer else None

    def notify(self, to: Registration, headers: Iterable[tuple[str, str]], body: str) -> None:
        """Send a NOTIFY to one contact over the way it registered by; does not wait for the phone's answer.

        Errors: Unreachable, RpcRefused.
        """
        self.request("NOTIFY", to, headers, body)

    def request(self, method: str, to: Registration, headers: Iterable[tuple[str, str]], body: str) -> None:
        """Send a request out of any dialogue, as :meth:`notify` does.

        Errors: Unreachable, RpcRefused.
        """
        way = to.received if to.received and to.received != NOT_SET else "."
        socket = to.socket if to.socket and to.socket != NOT_SET else "."
        self.call("tm.t_uac_start", method, to.contact, way, socket, header_block(tuple(headers)), body)

    def stop_service(self) -> None:
        """Refuse registrations and new calls with 503 and Retry-After; emergency calls and running calls go on (EM-1).

        Errors: Unreachable, RpcRefused.
        """
        self.call("htable.sets", "state", "stopped", "1")

    def start_service(self) -> None:
        """Take back :meth:`stop_service`.

        Errors: Unreachable, RpcRefused.
        """
        self.call("htable.delete", "state", "stopped")

    def engine_is_alive(self) -> None:
        """Say that an engine listens; what only the engine can keep is refused 30 seconds after the last time.

        Errors: Unreachable, RpcRefused.
        """
        self.call("htable.sets", "alive", "engine", "1")

    def refresh_copy(self) -> None:
        """Have the copy of phones' call-back numbers and locations read again within two seconds.

        Errors: Unreachable, RpcRefused.
        """
        self.call("htable.sets", "state", "refresh", "1")

    def set_emergency_gateway(self, address: str) -> None:
        """Send emergency calls to another ``host:port``, until Kamailio's next start.

        Errors: Unreachable, RpcRefused.
        """
        self.call("htable.sets", "sos", "gateway", address)


def aor_of_line(device: str, line: str) -> str:
    """The AOR of one line of a phone that registers each line."""
    return f"{device.lower()}~{quote(line, safe='*+')}".lower()


def _registration(aor: str, contact: dict[str, Any]) -> Registration:
    expires = contact.get("Expires", 0)
    return Registration(
        aor=aor,
        contact=str(contact.get("Address", "")),
        received=str(contact.get("Received", "")),
        socket=str(contact.get("Socket", "")),
        call_id=str(contact.get("Call-ID", "")),
        user_agent=str(contact.get("User-Agent", "")),
        expires=expires if isinstance(expires, int) else 0,
    )
