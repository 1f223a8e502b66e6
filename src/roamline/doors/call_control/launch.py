"""How Kamailio is started: the site's values are written to a private file, the rest stands in ``kamailio/``.

Values go into a file of mode 0600 and not on the command line, because anybody on the machine can read that, and the
database's password is among them.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import sys
from pathlib import Path

from roamline.doors.call_control import media, presence
from roamline.kernel.wording import gettext_noop as _
from roamline.platform import certificate
from roamline.platform.config import Config, ConfigError
from roamline.rooms.phones.addressing import bracketed

SHARED_MEMORY_MB = 256
PRIVATE_MEMORY_MB = 16
MEMORY_MANAGER = "tlsf"
"""Kamailio's own choice searches lists of free memory, which is a seventh of a call; this one looks up where there is
some. Kamailio's build for Debian has both."""
KEEP_MEMORY = "GLIBC_TUNABLES=" + ":".join(
    f"glibc.malloc.{name}={value}"
    for name, value in {
        "top_pad": 1 << 20,
        "trim_threshold": 32 << 20,
        "tcache_max": 1 << 16,
        "tcache_count": 100,
        "hugetlb": 1,
    }.items()
)
"""What SQLite used for one question is kept for the next, within reach, in huge pages: given back to the system each
time, it is a fifth of a call's look-ups; looked for among what was freed, and page by page, a twelfth of a call (the
GNU C library's manual, "Memory Allocation Tunables"). It costs 10 MiB for all of Kamailio's processes."""
_UNSAFE = re.compile(r"[^A-Za-z0-9_.:;/@+*#\[\]?=&,~-]")
_WILDCARDS = ("0.0.0.0", "::", "[::]")  # noqa: S104 - compared with, not bound to


def missing() -> str | None:
    """What keeps Kamailio from being started on this machine, in words for the administrator; None: nothing."""
    if _program() is None:
        return _(
            "Kamailio is not installed (Debian: kamailio and its sqlite, postgres, websocket, extra, presence, tls "
            "modules)."
        )
    if _folder() is None:
        return _("Kamailio's configuration (the folder 'kamailio') is not part of this installation.")
    return None


def command(config: Config, *, debug: int = 0) -> list[str]:
    """Write what Kamailio must know to the run folder and return the command that runs it in the foreground.

    Errors: ConfigError when a setting holds a character that Kamailio's configuration cannot carry, FileNotFoundError
    when :func:`missing` has something to say.
    """
    program, folder = _program(), _folder()
    if program is None or folder is None:
        raise FileNotFoundError(missing())
    place = run_folder(config)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    site = place / "kamailio.cfg"
    _write_private(site, _site_file(config, folder, debug))
    presence.write_tables(place / "presence")
    memory = ["-m", str(SHARED_MEMORY_MB), "-M", str(PRIVATE_MEMORY_MB), "-x", MEMORY_MANAGER]
    folders = ["-P", str(place / "pid"), "-Y", str(place), "-w", str(place)]
    return ["/usr/bin/env", KEEP_MEMORY, program, "-f", str(site), *folders, *memory, "-DD", "-E"]


def run_folder(config: Config) -> Path:
    """Where Kamailio's own files are; nothing in it outlives a restart but the RPC key."""
    return config.run_dir / "kamailio"


def rpc_key(config: Config) -> str:
    """The key that Kamailio's RPC asks for; made at the first call, readable by this system's own user only."""
    path = run_folder(config) / "rpc.key"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_private(path, secrets.token_urlsafe(32))
        return path.read_text(encoding="ascii").strip()


def values(config: Config, debug: int = 0) -> dict[str, str]:
    """The site's values by the names that the configuration files use."""
    host, tls = str(config["site.advertised_host"]), certificate.configured(config)
    return {
        "BIND": bracketed(str(config["call_control.bind"])),
        "SECOND_BIND": bracketed(str(config["call_control.bind_ipv6"])),
        "ADVERTISED": bracketed(host),
        "SIP_PORT": str(config["call_control.port"]),
        "TLS_PORT": str(config["call_control.tls_port"]),
        "WS_PORT": str(config["call_control.websocket_port"]),
        "RPC_PORT": str(config["call_control.rpc_port"]),
        "EVENTS_PORT": str(config["call_control.events_port"]),
        "MEDIA_PORT": str(config["media.control_port"]),
        "PRESENCE_FOLDER": str(run_folder(config) / "presence"),
        "RPC_KEY": rpc_key(config),
        "REALM": str(config["call_control.realm"]),
        "SOS_NUMBERS": str(config["call_control.emergency_numbers"]),
        "SOS_GATEWAY": str(config["call_control.emergency_gateway"]),
        "TRUNK_SECONDS": str(min(max(config["call_control.trunk_check_seconds"], 1), 3600)),
        "FORWARD_ON": str(config["call_control.forward_on_code"]),
        "FORWARD_OFF": str(config["call_control.forward_off_code"]),
        "DND_ON": str(config["call_control.do_not_disturb_on"]),
        "DND_OFF": str(config["call_control.do_not_disturb_off"]),
        "DB_URL": config.kamailio_database_url,
        "DB_FILE": config.kamailio_database_url.removeprefix("sqlite:///"),
        "TLS_CERTIFICATE": str(tls.chain) if tls else "",
        "TLS_PRIVATE_KEY": str(tls.private_key) if tls else "",
        "WORKERS": str(_workers(config)),
        "DEBUG": str(debug),
    }


def _workers(config: Config) -> int:
    """How many processes take requests over UDP.

    SQLite answers each from memory without waiting, so more of them than processors only cool each other's caches,
    which costs a sixth more per registration; a PostgreSQL server is waited for.
    """
    processors = os.cpu_count() or 1
    return max(2, processors) if _is_sqlite(config) else max(4, 2 * processors)


def _is_sqlite(config: Config) -> bool:
    return config.kamailio_database_url.startswith("sqlite:")


def _site_file(config: Config, folder: Path, debug: int) -> str:
    lines = ["#!KAMAILIO", "# Written at each start; see kamailio/README.md."]
    lines += [f"#!define {flag}" for flag in _flags(config)]
    for name, value in values(config, debug).items():
        if _UNSAFE.search(value):
            raise ConfigError(f"call control: the value for {name.lower()} holds a character that Kamailio cannot read")
        lines.append(f'#!substdef "|ROAMLINE_{name}|{value}|g"')
    return "\n".join([*lines, f'include_file "{folder / "main.cfg"}"', ""])


def _flags(config: Config) -> list[str]:
    return [
        *(["WITH_SQLITE"] if _is_sqlite(config) else []),
        *(["WITH_ADVERTISE"] if config["call_control.bind"] in _WILDCARDS else []),
        *(["WITH_IPV6"] if config["call_control.bind_ipv6"] else []),
        *(["WITH_MEDIA"] if media.missing() is None else []),
        *(["WITH_TLS"] if certificate.configured(config) else []),
    ]


def _program() -> str | None:
    return shutil.which("kamailio") or shutil.which("kamailio", path="/usr/sbin:/usr/local/sbin")


def _folder() -> Path | None:
    """The folder ``kamailio``: beside ``src`` in a checkout, under ``share/roamline`` in an installation."""
    places = (Path(__file__).resolve().parents[4], Path(sys.prefix, "share", "roamline"), Path("/usr/share/roamline"))
    return next((place / "kamailio" for place in places if (place / "kamailio" / "main.cfg").is_file()), None)


def _write_private(path: Path, text: str) -> None:
    temporary = path.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)
