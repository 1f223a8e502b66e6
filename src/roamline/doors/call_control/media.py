"""How rtpengine is started: it stands between browsers, which speak DTLS-SRTP only, and phones that speak plain RTP.

It runs in user space, needs no module of the kernel and no rights, and obeys Kamailio over a UDP port on loopback.
"""

from __future__ import annotations

import shutil
import socket

from roamline.kernel.wording import gettext_noop as _
from roamline.platform.config import Config

QUIET = 5
"""Notices and worse: what is less would write down every call's description of its media."""
FORGET_ENDED_AFTER = 5
PING, PONG = b"roamline d7:command4:pinge", b"roamline d6:result4:ponge"
PATIENCE = 1.0


def missing() -> str | None:
    """What keeps rtpengine from being started on this machine, in words for the administrator; None: nothing."""
    if _program() is None:
        return _(
            "rtpengine is not installed (Debian: rtpengine-daemon): "
            "web phones call only each other, and nobody outside."
        )
    return None


def command(config: Config) -> list[str]:
    """The command that runs rtpengine in the foreground.

    Errors: FileNotFoundError when :func:`missing` has something to say.
    """
    program = _program()
    if program is None:
        raise FileNotFoundError(missing())
    bind, advertised = str(config["media.bind"]).strip("[]"), str(config["media.advertised"]).strip("[]")
    return [
        program,
        "--config-file=none",
        "--table=-1",
        f"--interface={bind}{'!' + advertised if advertised else ''}",
        f"--listen-ng=127.0.0.1:{config['media.control_port']}",
        f"--port-min={config['media.first_port']}",
        f"--port-max={config['media.last_port']}",
        f"--delete-delay={FORGET_ENDED_AFTER}",
        f"--log-level={QUIET}",
        "--foreground",
        "--log-stderr",
    ]


def answers(port: int) -> bool:
    """Whether rtpengine answers on its control port on loopback."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(PATIENCE)
        try:
            asking.connect(("127.0.0.1", port))
            asking.send(PING)
            return asking.recv(256) == PONG
        except OSError:
            return False


def _program() -> str | None:
    return shutil.which("rtpengine") or shutil.which("rtpengine", path="/usr/sbin:/usr/local/sbin")
