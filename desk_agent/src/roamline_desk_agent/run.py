"""`roamline-agent run`: checks what it was given, then is a phone until a signal ends it."""

import argparse
import asyncio
import logging
import os
import signal
import socket
import ssl
import sys
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from roamline_desk_agent.agent import Agent
from roamline_desk_agent.baresip_config import Sound
from roamline_desk_agent.baresip_process import BaresipMissingError, Programme, find_baresip
from roamline_desk_agent.configuration import NAME, ConfigurationError, Registrar, read_registrar
from roamline_desk_agent.control_server import control_socket
from roamline_desk_agent.desk import Source
from roamline_desk_agent.device_api import Server
from roamline_desk_agent.state import StateError, open_state, read_token, socket_path
from roamline_desk_agent.words import _

USAGE, NO_BARESIP = 2, 3
MOST_AUTO_ANSWER_MS = 60_000
TONES_HZ = range(50, 3401)
SIP_PORTS = range(1024, 65535)


class UsageError(ValueError):
    """The command line cannot be followed; the text says what to change."""


def run_agent(options: argparse.Namespace) -> int:
    """Be a phone until SIGINT or SIGTERM. Exit code 0 after these, 2 for wrong usage, 3 without baresip."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr, level=logging.INFO)
    logging.getLogger("roamline.agent").setLevel(logging.DEBUG if options.verbose else logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    os.umask(0o077)  # nothing this process or baresip writes is for others
    try:
        baresip = None if options.bound_to else find_baresip()
        server, override = _server(options), _override(options)
        programme = _programme(options, server, *baresip) if baresip else None
        lock = open_state(options.state)
    except BaresipMissingError as trouble:
        return _give_up(str(trouble), NO_BARESIP)
    except (UsageError, StateError) as trouble:
        return _give_up(str(trouble), USAGE)
    try:
        asyncio.run(_serve(options, server, programme, override))
    finally:
        os.close(lock)
    return 0


def _programme(options: argparse.Namespace, server: Server, executable: str, modules: Path) -> Programme:
    sound = _sound(options)
    _check_numbers(options)
    bind = options.bind or _address_facing(server.url)
    return Programme(executable, modules, options.state.absolute() / "baresip", bind, options.sip_port, sound)


async def _serve(
    options: argparse.Namespace, server: Server, programme: Programme | None, override: Registrar | None
) -> None:
    headsets: Source = "simulated" if options.simulate_headsets else "usb"
    agent = Agent(server, programme, override, options.auto_answer, headsets)
    await _until_signal(agent, socket_path(options.state))


async def _until_signal(agent: Agent, path: Path) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with control_socket(agent, path), asyncio.TaskGroup() as tasks:
        phone = tasks.create_task(agent.run())
        await stop.wait()
        phone.cancel()


def _server(options: argparse.Namespace) -> Server:
    parts = urlsplit(options.server)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query or parts.fragment:
        raise UsageError(_("--server must be a plain URL such as https://em.example.org"))
    device = options.bound_to or options.device
    if not NAME.fullmatch(device):
        raise UsageError(
            _("%(option)s must match %(pattern)s")
            % {"option": "--for" if options.bound_to else "--device", "pattern": NAME.pattern}
        )
    _check_certificates(options.ca_file)
    server = Server(options.server, device, read_token(options.token_file), options.ca_file)
    if not server.is_private and not options.allow_plain_http:
        raise UsageError(_("--server with http:// would show the device token to the network: use https://"))
    return server


def _check_certificates(file: Path | None) -> None:
    try:
        ssl.create_default_context(cafile=file)
    except OSError as trouble:  # ssl.SSLError is one, too
        raise UsageError(
            _("--ca-file %(file)s holds no certificates that can be read (%(why)s)")
            % {"file": file, "why": trouble.strerror}
        ) from trouble


def _override(options: argparse.Namespace) -> Registrar | None:
    try:
        return read_registrar(options.registrar_override) if options.registrar_override else None
    except ConfigurationError as trouble:
        raise UsageError(_("--registrar-override: %(trouble)s") % {"trouble": trouble}) from trouble


def _sound(options: argparse.Namespace) -> Sound:
    if options.tone not in TONES_HZ:
        raise UsageError(
            _("--tone must be from %(least)s to %(most)s Hz") % {"least": TONES_HZ[0], "most": TONES_HZ[-1]}
        )
    if options.play and (not options.play.is_file() or not str(options.play.absolute()).isprintable()):
        raise UsageError(_("--play %(file)s is not a file") % {"file": options.play})
    return Sound(options.tone, options.play.absolute() if options.play else None)


def _check_numbers(options: argparse.Namespace) -> None:
    if options.auto_answer is not None and not 0 <= options.auto_answer <= MOST_AUTO_ANSWER_MS:
        raise UsageError(_("--auto-answer must be from 0 to %(most)s ms") % {"most": MOST_AUTO_ANSWER_MS})
    if options.sip_port is not None and options.sip_port not in SIP_PORTS:
        raise UsageError(
            _("--sip-port must be from %(first)s to %(last)s") % {"first": SIP_PORTS[0], "last": SIP_PORTS[-1]}
        )
    if options.bind is not None:
        try:
            ip_address(options.bind)
        except ValueError:
            raise UsageError(_("--bind must be an IP address")) from None


def _address_facing(url: str) -> str:
    parts = urlsplit(url)
    family = socket.AF_INET6 if ":" in (parts.hostname or "") else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((parts.hostname or "", parts.port or 443))  # UDP: nothing is sent
        except OSError as trouble:
            raise UsageError(
                _("no way to %(server)s now (%(why)s): give --bind")
                % {"server": parts.hostname, "why": trouble.strerror}
            ) from trouble
        return str(probe.getsockname()[0])


def _give_up(why: str, code: int) -> int:
    print(f"roamline-agent: {why}", file=sys.stderr)
    return code
