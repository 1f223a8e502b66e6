"""The terminal window's connection to a running agent: its control socket, without blocking."""

import asyncio
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from roamline_desk_agent.control_client import MOST_ANSWER_BYTES, NotRunningError, RefusedError
from roamline_desk_agent.state import socket_path
from roamline_desk_agent.words import _, language

ANSWER_WITHIN_S = 30.0


class Link:
    """One state folder's agent. Every method raises NotRunningError when it is not there."""

    def __init__(self, state: Path) -> None:
        self._state = state

    async def ask(self, request: dict[str, object]) -> Any:
        """One request and its result. Raises RefusedError."""
        reader, writer = await self._connect()
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await self._say(reader, writer, request)
        except TimeoutError:
            raise NotRunningError(_("the agent does not answer")) from None
        finally:
            writer.close()

    async def watch(self) -> AsyncGenerator[Any, None]:
        """What there is to show, now and whenever it has changed."""
        reader, writer = await self._connect()
        try:
            yield await self._say(reader, writer, {"do": "watch"})
            while True:
                yield json.loads(await self._line(reader))
        finally:
            writer.close()

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            return await asyncio.open_unix_connection(socket_path(self._state), limit=MOST_ANSWER_BYTES)
        except OSError as trouble:
            raise NotRunningError(
                _("no agent runs with the state folder %(state)s") % {"state": self._state}
            ) from trouble

    async def _say(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request: dict[str, object]) -> Any:
        writer.write(json.dumps({**request, "language": language()}).encode() + b"\n")
        answer = json.loads(await self._line(reader))
        if not answer["ok"]:
            raise RefusedError(answer["error"])
        return answer["result"]

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        try:
            line = await reader.readline()
        except (ValueError, ConnectionError) as trouble:
            raise NotRunningError(_("the agent ended the conversation")) from trouble
        if not line.endswith(b"\n"):
            raise NotRunningError(_("the agent ended the conversation"))
        return line
