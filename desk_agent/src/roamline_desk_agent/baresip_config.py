"""The configuration file of a baresip without a sound card, and the free ports it needs."""

import random
import socket
from dataclasses import dataclass
from pathlib import Path

from roamline_desk_agent.words import _

MODULE_FOLDERS = (Path("/usr/lib/baresip/modules"), Path("/usr/local/lib/baresip/modules"))
PORTS = range(10_000, 20_000, 2)
RTP_PORTS = (20_000, 29_998)
TRIES = 200


@dataclass(frozen=True, slots=True)
class Ports:
    """`sip` (and `sip` + 1, which baresip takes for TLS) and `control`, its ctrl_tcp port on loopback."""

    sip: int
    control: int


@dataclass(frozen=True, slots=True)
class Sound:
    """What the phone says: a tone of `tone_hz`, or the 8 kHz mono WAV file `play` once. What it hears goes nowhere."""

    tone_hz: int = 440
    play: Path | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """Where baresip's sound goes and comes from: `module,device`, for its audio player and its audio source."""

    player: str
    source: str


def route_of(ports: Ports, sound: Sound) -> Route:
    """The sound of a phone without a headset."""
    return Route(f"aubridge,desk-{ports.sip}", f"aufile,{sound.play}" if sound.play else f"ausine,{sound.tone_hz}")


def route_to_card(card: str) -> Route:
    """The sound of a phone whose headset is the ALSA card with this id; `plughw` converts rates and channels."""
    return Route(f"alsa,plughw:CARD={card}", f"alsa,plughw:CARD={card}")


class NoFreePortError(RuntimeError):
    """No free port was found."""


def config_text(bind: str, ports: Ports, sound: Sound, modules: Path) -> str:
    """The `config` file. No uuid module: with a `+sip.instance` in common, Kamailio takes the accounts for one."""
    route = route_of(ports, sound)
    has_alsa = (modules / "alsa.so").exists()
    rate, channels = (8000, 1) if sound.play else (48_000, 2)  # ausine knows nothing else; baresip resamples
    settings = [
        "poll_method epoll",
        f"sip_listen {f'[{bind}]' if ':' in bind else bind}:{ports.sip}",
        f"net_interface {bind}",
        f"audio_player {route.player}",
        f"audio_source {route.source}",
        f"ausrc_srate {rate}",
        f"ausrc_channels {channels}",
        "auplay_srate 8000",
        "auplay_channels 1",
        "call_max_calls 4",
        f"rtp_ports {RTP_PORTS[0]}-{RTP_PORTS[1]}",
        "rtp_timeout 10",
        "rtp_stats yes",
        "statmode_default off",
        f"module_path {modules}",
        *(f"module {name}.so" for name in ("g711", route.source.partition(",")[0], "aubridge")),
        *(["module alsa.so"] if has_alsa else []),  # opens no device before a headset is there
        *(f"module_app {name}.so" for name in ("menu", "ctrl_tcp")),
        f"ctrl_tcp_listen 127.0.0.1:{ports.control}",
    ]
    return "\n".join(settings) + "\n"


def module_folder() -> Path | None:
    """Where baresip's modules are, or None."""
    return next((folder for folder in MODULE_FOLDERS if (folder / "ctrl_tcp.so").exists()), None)


def pick_ports(bind: str, sip: int | None = None) -> Ports:
    """Free ports; `sip` fixes the SIP port. Raises NoFreePortError."""
    sip = sip or _first_free(bind, of_sip=True)
    return Ports(sip, _first_free("127.0.0.1", of_sip=False, but=sip))


def _first_free(bind: str, *, of_sip: bool, but: int = 0) -> int:
    for port in random.sample(PORTS, TRIES):
        if port != but and _is_free(bind, port, of_sip=of_sip):
            return port
    raise NoFreePortError(
        _("no free port on %(bind)s from %(first)s to %(last)s: give one with --sip-port")
        % {"bind": bind, "first": PORTS[0], "last": PORTS[-1]}
    )


def _is_free(bind: str, port: int, *, of_sip: bool) -> bool:
    # baresip binds UDP with SO_REUSEADDR and would share a taken port without a word: ask without that option.
    kinds = [(socket.SOCK_STREAM, port)]
    if of_sip:
        kinds += [(socket.SOCK_DGRAM, port), (socket.SOCK_STREAM, port + 1)]
    return all(_can_bind(bind, number, kind) for kind, number in kinds)


def _can_bind(bind: str, port: int, kind: socket.SocketKind) -> bool:
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET, kind) as probe:
        try:
            probe.bind((bind, port))
        except OSError:
            return False
    return True
