"""Questions from outside: does a service answer, is a port free? Used at start and by ``roamline check``."""

from __future__ import annotations

import http.client
import os
import socket
import ssl
from dataclasses import dataclass
from pathlib import Path

from roamline.platform.config import Config


@dataclass(frozen=True, slots=True)
class Port:
    """One address that a node listens on, and the setting that says so."""

    setting: str
    host: str
    number: int
    datagram: bool = False

    def __str__(self) -> str:
        return f"{self.number}/{'udp' if self.datagram else 'tcp'} ({self.setting})"


def ports(config: Config) -> list[Port]:
    """Every address that this node's configuration makes it listen on."""
    found = [
        Port("phones.port", config["phones.bind"], config["phones.port"]),
        Port("phones.files_port", config["phones.bind"], config["phones.files_port"]),
        Port("phones.tftp_port", config["phones.bind"], config["phones.tftp_port"], datagram=True),
        Port("secure.port", config["secure.bind"], config["secure.port"]),
        Port("web.port", config["web.bind"], config["web.port"]),
        Port("ils.port", config["ils.bind"], config["ils.port"]),
    ]
    if config["call_control.enabled"]:
        for bind in filter(None, (config["call_control.bind"], config["call_control.bind_ipv6"])):
            found += [
                Port("call_control.port", bind, config["call_control.port"]),
                Port("call_control.port", bind, config["call_control.port"], datagram=True),
                Port("call_control.tls_port", bind, config["call_control.tls_port"]),
                Port("call_control.websocket_port", bind, config["call_control.websocket_port"]),
            ]
        found += [
            Port("call_control.rpc_port", "127.0.0.1", config["call_control.rpc_port"]),
            Port("call_control.rpc_port", "127.0.0.1", config["call_control.rpc_port"], datagram=True),
            Port("call_control.events_port", "127.0.0.1", config["call_control.events_port"]),
            Port("media.control_port", "127.0.0.1", config["media.control_port"], datagram=True),
        ]
    return found


def obstacle(port: Port) -> OSError | None:
    """Why the port cannot be listened on, or None when it can."""
    family = socket.AF_INET6 if ":" in port.host else socket.AF_INET
    kind = socket.SOCK_DGRAM if port.datagram else socket.SOCK_STREAM
    with socket.socket(family, kind) as trial:
        if not port.datagram:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((port.host.strip("[]"), port.number))
        except OSError as error:
            return error
    return None


def answers(host: str, port: int, path: str, tls: bool = False) -> bool:
    """Whether ``GET path`` is answered with 200 within two seconds."""
    return _status(host, port, "GET", path, tls=tls) == 200


def rpc_answers(port: int) -> bool:
    """Whether Kamailio answers on its RPC port on loopback, which tells anybody that it is alive."""
    return _status("127.0.0.1", port, "GET", "/alive") == 200


def alive_file(run: Path) -> Path:
    """The file that holds the engine's pid while it runs, so that others see that it has started."""
    return run / "engine.alive"


def is_alive(file: Path) -> bool:
    """Whether the process that wrote its pid into ``file`` is running."""
    try:
        os.kill(int(file.read_text()), 0)
    except (OSError, ValueError):
        return False
    return True


def reachable(host: str) -> str:
    """An address to reach a listener by that is bound to ``host``: loopback for the wildcard addresses."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1", "[::]": "::1"}.get(host, host.strip("[]"))  # noqa: S104


def _status(host: str, port: int, method: str, path: str, *, tls: bool = False) -> int:
    connection: http.client.HTTPConnection
    if tls:
        # It is our own listener on this machine that is asked whether it is up: nothing secret is sent.
        context = ssl._create_unverified_context()  # noqa: S323
        connection = http.client.HTTPSConnection(reachable(host), port, timeout=2, context=context)
    else:
        connection = http.client.HTTPConnection(reachable(host), port, timeout=2)
    try:
        connection.request(method, path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
