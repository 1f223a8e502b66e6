"""``roamline.toml``: the one file that says where a node listens, what it calls itself and where its state is.

Every setting has a default that suits a single node on loopback; :data:`SETTINGS` documents each of them, is what
``roamline check`` verifies against, and is what ``docs/configuration.md`` is generated from.
"""

from __future__ import annotations

import json
import os
import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from gettext import gettext as _
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class ConfigError(ValueError):
    """The configuration file cannot be used; the message names the setting and what to change."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One documented setting: its place in the file, type, default and help."""

    section: str
    name: str
    kind: type
    default: Any
    help: str

    @property
    def key(self) -> str:
        """``section.name``, as error messages name it."""
        return f"{self.section}.{self.name}"


SETTINGS: tuple[Setting, ...] = (
    Setting("site", "data", str, "var", "Folder of everything this node keeps: database, keys, run files, logs."),
    Setting("site", "advertised_host", str, "127.0.0.1",
            "Host name or address that phones and browsers reach this node by; it goes into service URLs."),
    Setting("site", "advertised_ipv6", str, "",
            "IPv6 address that phones in IPv6 mode reach this node by, where advertised_host is none; empty: no phone "
            "can be in IPv6 mode. Listeners serve both IP versions when they are bound to '::'."),
    Setting("site", "demo", bool, False, "True on a demo site: simulated devices are allowed."),
    Setting("site", "node", str, "node1", "This node's name: at most 64 of A-Za-z0-9.-, unique in the cluster."),
    Setting("database", "url", str, "sqlite",
            "'sqlite' for one file under the data folder, or postgresql://user:password@host:port/name."),
    Setting("keys", "file", str, "keys/site.key",
            "Key file (relative to the data folder): seals PIN verifiers, derives SIP secrets. Back it up apart from "
            "the database; all nodes of a cluster share it."),
    Setting("phones", "bind", str, "127.0.0.1", "Address that the phone-facing HTTP ports listen on."),
    Setting("phones", "port", int, 8080, "HTTP port of EMApp, the EM API and Change Credentials."),
    Setting("phones", "files_port", int, 6970, "HTTP port of phones' configuration files."),
    Setting("phones", "tftp_port", int, 6969, "UDP port of the TFTP server (69 on a real network)."),
    Setting("phones", "file_networks", str, "127.0.0.0/8;::1/128",
            "Networks that phones' files are served to, separated by semicolons; others are refused. The files hold "
            "SIP secrets and phones prove nothing when they fetch: name the phones' own networks only."),
    Setting("phones", "largest_file_mib", int, 64, "Largest file that may be uploaded for phones, in MiB."),
    Setting("phones", "push_port", int, 80, "TCP port of the phones' own web servers, for what is pushed to them."),
    Setting("phones", "confirm_seconds", int, 180,
            "How long a phone that was told to take up a configuration may take to register with it. One that does not "
            "is reset; one that then takes as long again raises an alarm."),
    Setting("phones", "threads", int, 16, "Request threads of each phone-facing process."),
    Setting("secure", "bind", str, "127.0.0.1", "Address that the HTTPS port listens on."),
    Setting("secure", "port", int, 8443, "HTTPS port of EMApp, the EM API and AXL."),
    Setting("secure", "certificate", str, "", "PEM certificate chain; empty: a self-signed one is made."),
    Setting("secure", "private_key", str, "", "PEM private key of that certificate."),
    Setting("web", "bind", str, "127.0.0.1", "Address that the web interface listens on."),
    Setting("web", "port", int, 8090, "HTTP port of the web interface, REST and the device API."),
    Setting("web", "https", bool, False,
            "True when browsers reach the web interface by HTTPS through a balancer that sets X-Forwarded-Proto: "
            "cookies then travel by HTTPS only."),
    Setting("call_control", "enabled", bool, True, "False: no Kamailio; everything but calls works."),
    Setting("call_control", "bind", str, "127.0.0.1", "Address that Kamailio listens on for SIP."),
    Setting("call_control", "bind_ipv6", str, "",
            "IPv6 address that Kamailio listens on for SIP as well, an interface's own and not '::'; empty: none."),
    Setting("call_control", "port", int, 5060, "SIP port, UDP and TCP."),
    Setting("call_control", "tls_port", int, 5061, "SIP port, TLS."),
    Setting("call_control", "websocket_port", int, 5066, "SIP over WebSocket port."),
    Setting("call_control", "rpc_port", int, 5067, "Kamailio's JSON-RPC (TCP) and lamps (UDP), on loopback only."),
    Setting("call_control", "events_port", int, 8448, "Kamailio's event port (evapi), on loopback only."),
    Setting("call_control", "realm", str, "roamline", "SIP digest realm; part of every stored HA1: never change it."),
    Setting("call_control", "do_not_disturb_on", str, "*78", "What a phone dials to turn do-not-disturb on (ours)."),
    Setting("call_control", "do_not_disturb_off", str, "*79", "What a phone dials to turn do-not-disturb off (ours)."),
    Setting("call_control", "emergency_numbers", str, "112;911", "Emergency numbers, separated by semicolons."),
    Setting("call_control", "emergency_gateway", str, "127.0.0.1:5090",
            "host:port that takes emergency calls; kept in Kamailio's memory, so it works with the database down."),
    Setting("call_control", "trunk_check_seconds", int, 15,
            "How often each trunk is asked by OPTIONS whether it is there: 1 to 3600 seconds."),
    Setting("call_control", "forward_on_code", str, "*72",
            "Dialled with a number behind it, it forwards all calls of the line there; empty: no such code."),
    Setting("call_control", "forward_off_code", str, "*73",
            "Dialled, it ends the forwarding of all calls of the line; empty: no such code."),
    Setting("call_control", "websocket_url", str, "",
            "What the pages of web phones open for SIP where it is another address than ws://advertised_host and "
            "websocket_port, such as wss://… of a balancer; pages that come by HTTPS can open wss only."),
    Setting("media", "bind", str, "127.0.0.1",
            "Address that web phones' media is relayed at (rtpengine), an interface's own and not 0.0.0.0."),
    Setting("media", "advertised", str, "",
            "Address that phones and browsers reach media.bind by, where it is another one; empty: the same."),
    Setting("media", "control_port", int, 2223, "UDP port on which rtpengine is told what to do, on loopback only."),
    Setting("media", "first_port", int, 10000, "First UDP port of the media; a call takes up to four."),
    Setting("media", "last_port", int, 10999, "Last UDP port of the media."),
    Setting("ils", "bind", str, "127.0.0.1", "Address that the intercluster lookup (ILS) listens on."),
    Setting("ils", "port", int, 7501, "TLS port of ILS: where other clusters link to this one."),
    Setting("ils", "ca", str, "",
            "PEM bundle of the authorities whose certificates other clusters are let in by, where the network asks for "
            "certificates; empty: by trusted fingerprints."),
    Setting("ils", "certificate", str, "",
            "PEM certificate chain that this cluster shows other clusters; its common name or one of its DNS names is "
            "the Cluster ID. Empty: one of its own making."),
    Setting("ils", "private_key", str, "", "PEM private key of that certificate; empty: in the same file."),
)  # fmt: skip


@dataclass(frozen=True)
class Config:
    """The settings of one node, with relative paths resolved against the data folder."""

    values: dict[str, Any]
    source: Path | None = None
    problems: tuple[str, ...] = field(default=())

    def __getitem__(self, key: str) -> Any:
        return self.values[key]

    @cached_property
    def data(self) -> Path:
        """The data folder, absolute."""
        return Path(self.values["site.data"])

    @cached_property
    def key_file(self) -> Path:
        """The key file, absolute."""
        return self.data / str(self.values["keys.file"])

    @cached_property
    def run_dir(self) -> Path:
        """Folder of sockets, pid files and locks; nothing in it outlives a restart."""
        return self.data / "run"

    @property
    def database(self) -> dict[str, Any]:
        """Django's ``DATABASES["default"]`` for the configured URL."""
        return database_settings(str(self.values["database.url"]), self.data)

    @property
    def kamailio_database_url(self) -> str:
        """The same database as Kamailio's modules write it."""
        url = str(self.values["database.url"])
        if url == "sqlite":
            return f"sqlite:///{self.data / 'roamline.sqlite3'}"
        return url.replace("postgresql://", "postgres://", 1)


def database_settings(url: str, data: Path) -> dict[str, Any]:
    """Translate a database URL to Django's settings; ConfigError when it is neither SQLite nor PostgreSQL."""
    if url == "sqlite":
        return {
            "ENGINE": "roamline.platform.sqlite",
            "NAME": str(data / "roamline.sqlite3"),
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
            },
            "CONN_MAX_AGE": None,
        }
    parts = urlsplit(url)
    if parts.scheme != "postgresql":
        raise ConfigError("database.url: " + _("give 'sqlite' or postgresql://user:password@host:port/name"))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username or "",
        "PASSWORD": parts.password or "",
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def load(path: Path | None = None) -> Config:
    """Read the configuration from ``path``, else from ``$ROAMLINE_CONFIG``, else the defaults.

    Errors: ConfigError names every unknown setting and every value of the wrong type at once.
    """
    source = path or (Path(os.environ["ROAMLINE_CONFIG"]) if os.environ.get("ROAMLINE_CONFIG") else None)
    given: dict[str, Any] = {}
    if source is not None:
        try:
            given = tomllib.loads(source.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise ConfigError(f"{source}: " + _("no such file")) from error
        except tomllib.TOMLDecodeError as error:
            raise ConfigError(f"{source}: {error}") from error
    return parse(given, source)


def parse(given: dict[str, Any], source: Path | None = None) -> Config:
    """Check parsed TOML against :data:`SETTINGS` and fill in defaults; ConfigError lists every problem."""
    values: dict[str, Any] = {}
    problems: list[str] = []
    known = {(s.section, s.name): s for s in SETTINGS}
    for section, content in given.items():
        if not isinstance(content, dict):
            problems.append(f"{section}: " + _("stands outside a section"))
            continue
        problems += [f"{section}.{name}: " + _("unknown setting") for name in content if (section, name) not in known]
    for setting in SETTINGS:
        content = given.get(setting.section)
        value: Any = content.get(setting.name, setting.default) if isinstance(content, dict) else setting.default
        if type(value) is not setting.kind:  # bool is no int here
            wrong = {"kind": setting.kind.__name__, "value": value}
            problems.append(f"{setting.key}: " + _("give a %(kind)s, not %(value)r") % wrong)
        elif isinstance(value, int) and setting.name.endswith("port") and not 0 < value < 65536:
            problems.append(f"{setting.key}: " + _("%s is not a port (1-65535)") % value)
        values[setting.key] = value
    if problems:
        raise ConfigError("\n".join(problems))
    base = source.parent if source else Path.cwd()
    values["site.data"] = str((base / values["site.data"]).resolve())
    database_settings(values["database.url"], Path(values["site.data"]))
    return Config(values, source)


def render(changed: Mapping[str, Any] | None = None, heading: str = "Roamline's configuration.") -> str:
    """A documented ``roamline.toml`` with every setting, at its default unless ``changed`` gives it by key."""
    changed = changed or {}
    unknown = changed.keys() - {setting.key for setting in SETTINGS}
    if unknown:
        raise ConfigError("\n".join(f"{key}: " + _("unknown setting") for key in sorted(unknown)))
    lines = [f"# {heading}"]
    section = ""
    for setting in SETTINGS:
        if setting.section != section:
            section = setting.section
            lines += ["", f"[{section}]"]
        lines += [f"# {line}" for line in textwrap.wrap(setting.help, 110)]
        lines.append(f"{setting.name} = {_toml(changed.get(setting.key, setting.default))}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    # A JSON string, number or boolean is the same in TOML.
    return json.dumps(value, ensure_ascii=False)
