"""The agent's own control socket: one JSON object per line in each direction, on a Unix socket in the state folder.

Request `{"do": "status" | "dial" | "answer" | "talk" | "hangup" | "wait" | "log" | "watch", ...}`, or one of
`desk_requests`.
Answer `{"ok": true, "result": ...}` or `{"ok": false, "error": "why"}`. `log` with `"follow": true` goes on with one
entry per line; `watch` goes on with all there is to show, at each change and every second.
"""

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from roamline_desk_agent.agent import Agent
from roamline_desk_agent.baresip_control import ControlLostError
from roamline_desk_agent.desk_requests import REQUESTS, do_at_desk
from roamline_desk_agent.phone import CannotDoError
from roamline_desk_agent.status import snapshot
from roamline_desk_agent.waits import wait_for
from roamline_desk_agent.words import _, spoken

log = logging.getLogger("roamline.agent")

MOST_CLIENTS = 16
MOST_REQUEST_BYTES = 8 * 1024
MOST_WAIT_S = 3600.0
SLOW_CLIENT_S = 10.0
SUMMARY_WITHIN_S = 0.5
NEXT_LOOK_S = 1.0
Request = Mapping[str, object]


class ControlServer:
    """Answers the clients of one agent."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self._clients: set[asyncio.Task[None]] = set()

    async def meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one client until it leaves; over 16 at once are turned away."""
        task = asyncio.current_task()
        assert task  # noqa: S101 - asyncio calls this in a task
        self._clients.add(task)
        try:
            if len(self._clients) > MOST_CLIENTS:
                await _say(writer, _refusal(_("more than %(clients)s clients at once") % {"clients": MOST_CLIENTS}))
            else:
                await self._serve(reader, writer)
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            pass  # the client has left or does not read, or `close` ends this task, which has nothing more to do
        finally:
            self._clients.discard(task)
            writer.close()

    def close(self) -> None:
        """Let go of all clients."""
        for task in self._clients:
            task.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            try:
                line = await reader.readline()
            except ValueError:
                await _say(
                    writer,
                    _refusal(_("a request is one line of at most %(most)s bytes") % {"most": MOST_REQUEST_BYTES}),
                )
                return
            if not line:
                return
            request = _request(line)
            await _say(writer, await self._answer(request))
            if request and request.get("do") == "log" and request.get("follow"):
                await self._follow(reader, writer)
                return
            if request and request.get("do") == "watch":
                await self._watch(reader, writer)
                return

    async def _answer(self, request: Request | None) -> Mapping[str, object]:
        if request is None:
            return _refusal(_("a request is a JSON object"))
        with spoken(request.get("language")):
            try:
                return {"ok": True, "result": await self._do(request)}
            except (CannotDoError, ControlLostError) as trouble:
                return _refusal(_(str(trouble)))

    async def _do(self, request: Request) -> object:
        phone, wanted = self._agent.phone, request.get("do")
        if wanted in REQUESTS:
            return await do_at_desk(self._agent.desk, request)
        if self._agent.desk.is_bound and wanted in {"dial", "answer", "talk", "hangup"}:
            raise CannotDoError(_("this agent serves a desk phone's headsets: calls are made on the phone"))
        match wanted:
            case "watch":
                return self._view()
            case "status":
                await phone.bell.until(lambda: not phone.book.awaits_summary, SUMMARY_WITHIN_S)
                return snapshot(self._agent)
            case "dial":
                return await self._dial(request)
            case "answer":
                return {"peer": (await self._agent.answer(_text(request, "line") if request.get("line") else "")).peer}
            case "talk":
                return {"peer": (await self._agent.talk()).peer}
            case "hangup":
                return {"peer": (await phone.hang_up()).peer}
            case "wait":
                await wait_for(phone, _text(request, "for"), _seconds(request))
                return {}
            case "log":
                return self._agent.journal.latest()
        raise CannotDoError(
            _("do one of status, dial, answer, talk, hangup, wait, log, watch, %(more)s")
            % {"more": ", ".join(REQUESTS)}
        )

    async def _dial(self, request: Request) -> object:
        phone, ended = self._agent.phone, self._agent.phone.book.ended
        await phone.dial(_text(request, "number"))
        if request.get("until") is not None:
            await wait_for(phone, _text(request, "until"), _seconds(request), since=ended)
        return {}

    def _view(self) -> Mapping[str, object]:
        return {"status": snapshot(self._agent), **self._agent.desk.shown()}

    async def _watch(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        shown, left = self._view(), asyncio.create_task(reader.read())
        left.add_done_callback(lambda _: self._agent.phone.bell.ring())
        try:
            while not left.done():
                await _say(writer, shown)
                await self._agent.phone.bell.until(partial(self._has_news, shown, left), NEXT_LOOK_S)
                shown = self._view()
        finally:
            left.cancel()

    def _has_news(self, shown: Mapping[str, object], left: asyncio.Future[bytes]) -> bool:
        return left.done() or self._view() != shown

    async def _follow(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        queue = self._agent.journal.follow()
        left = asyncio.create_task(reader.read())
        left.add_done_callback(lambda _: self._agent.journal.leave(queue))
        try:
            while (entry := await queue.get()) is not None:
                await _say(writer, entry)
        finally:
            left.cancel()
            self._agent.journal.leave(queue)


@asynccontextmanager
async def control_socket(agent: Agent, path: Path) -> AsyncIterator[None]:
    """Listen on `path`, for this user only; whoever sees it there is answered. Raises OSError."""
    server, unheard = ControlServer(agent), path.with_suffix(".new")
    with suppress(FileNotFoundError):
        unheard.unlink()
    before = os.umask(0o177)
    try:
        listening = await asyncio.start_unix_server(server.meet, unheard, limit=MOST_REQUEST_BYTES)
    finally:
        os.umask(before)
    unheard.replace(path)
    try:
        yield
    finally:
        listening.close()
        server.close()
        with suppress(FileNotFoundError):
            path.unlink()


def _request(line: bytes) -> Request | None:
    try:
        request = json.loads(line)
    except ValueError:
        return None
    return request if isinstance(request, dict) else None


def _refusal(why: str) -> Mapping[str, object]:
    return {"ok": False, "error": why}


def _text(request: Request, name: str) -> str:
    value = request.get(name)
    if not isinstance(value, str):
        raise CannotDoError(_("%(name)s must be a text") % {"name": name})
    return value


def _seconds(request: Request) -> float:
    value = request.get("timeout", 30)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= MOST_WAIT_S:
        raise CannotDoError(_("timeout must be a number of seconds from 0 to %(most)s") % {"most": f"{MOST_WAIT_S:g}"})
    return float(value)


async def _say(writer: asyncio.StreamWriter, message: Mapping[str, object]) -> None:
    writer.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")
    async with asyncio.timeout(SLOW_CLIENT_S):
        await writer.drain()
