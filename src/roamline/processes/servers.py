"""The HTTP processes: ``python -m roamline.processes.servers phones|files|secure|web``.

The parent loads the application and forks one worker that serves it: a worker that dies is replaced in a moment,
and dies with its parent.
"""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops, SSLProtocols
from granian.http import HTTP1Settings

from roamline.platform import certificate, config, logs
from roamline.platform.config import Config
from roamline.processes import child

SETTINGS_MODULES = {
    "wsgi_phones": "roamline.processes.settings_phones",
    "rsgi_files": "roamline.processes.settings_files",
    "asgi_web": "roamline.processes.settings_web",
}

WAITING_CONNECTIONS = 2048
REQUESTS_AT_ONCE = 1024
HEADER_BYTES = 65_536
HEADER_MILLISECONDS = 10_000
STOP_SECONDS = 4


@dataclass(frozen=True, slots=True)
class Server:
    """One HTTP listener: its settings' section and port, its application's module, and what it speaks."""

    section: str
    port: str
    application: str = "wsgi_phones"
    interface: Interfaces = Interfaces.WSGI
    tls: bool = False


SERVERS = {
    "phones": Server("phones", "phones.port"),
    "files": Server("phones", "phones.files_port", "rsgi_files", Interfaces.RSGI),
    "secure": Server("secure", "secure.port", tls=True),
    "web": Server("web", "web.port", "asgi_web", Interfaces.ASGINL),
}


def serve(name: str, settings: Config) -> None:
    """Serve one listener until SIGTERM or SIGINT."""
    server = SERVERS[name]
    logs.configure(name)
    granian = Granian(
        "preloaded",
        address=str(settings[f"{server.section}.bind"]).strip("[]"),
        port=int(settings[server.port]),
        interface=server.interface,
        loop=Loops.asyncio,
        http=HTTPModes.http1,
        websockets=server.interface is Interfaces.ASGINL,
        workers=1,
        backlog=WAITING_CONNECTIONS,
        backpressure=REQUESTS_AT_ONCE,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_MILLISECONDS, max_buffer_size=HEADER_BYTES),
        log_dictconfig={"loggers": {"_granian": {"propagate": True}}, "handlers": {}, "formatters": {}},
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        **_threads(server, settings),
        **_tls(server, settings),
        **_static(server, settings),
    )
    granian.serve(target_loader=_preloaded(name, server), wrap_loader=False)


def _threads(server: Server, settings: Config) -> dict[str, Any]:
    if server.interface is not Interfaces.WSGI:
        return {}
    return {"blocking_threads": int(settings["phones.threads"]), "blocking_threads_idle_timeout": 600}


def _tls(server: Server, settings: Config) -> dict[str, Any]:
    if not server.tls:
        return {}
    own = certificate.ensure(settings, datetime.now(UTC))
    return {"ssl_cert": own.chain, "ssl_key": own.private_key, "ssl_protocol_min": SSLProtocols.tls12}


def _static(server: Server, settings: Config) -> dict[str, Any]:
    if server.interface is not Interfaces.ASGINL:
        return {}
    folder: Path = settings.data / "static"
    folder.mkdir(parents=True, exist_ok=True)
    return {"static_path_route": ["/static"], "static_path_mount": [folder], "static_path_expires": 3600}


def _preloaded(name: str, server: Server) -> Callable[[], Any]:
    """Load the application here, in the parent; what the worker then calls to get it."""
    os.environ["DJANGO_SETTINGS_MODULE"] = SETTINGS_MODULES[server.application]
    application = importlib.import_module(f"roamline.processes.{server.application}").application
    from django.conf import settings as django_settings
    from django.db import connections

    importlib.import_module(django_settings.ROOT_URLCONF)
    connections.close_all()  # a connection must not be shared over a fork
    gc.collect()
    gc.freeze()  # what is loaded stays: the worker neither looks through it nor copies its pages for that
    parent = os.getpid()

    def loaded() -> Any:
        child.die_with(parent, signal.SIGKILL)
        logs.configure(name)
        return application

    return loaded


if __name__ == "__main__":
    serve(sys.argv[1], config.load())
