"""Tells the person at the desk that the phone has something to say, through the desktop (`notify-send`)."""

import asyncio
import logging
import shutil
from contextlib import suppress
from html import escape

from roamline_desk_agent.screens import Screen

log = logging.getLogger("roamline.agent")

NOTICE_WITHIN_S = 5.0
MOST_TEXT = 300
MOST_AT_ONCE = 3


class Notices:
    """One notice per screen; without `notify-send` none. What people type is never part of a screen, so no PIN is."""

    def __init__(self, programme: str = "notify-send") -> None:
        self._executable = shutil.which(programme)
        self._last = ""
        self._under_way: set[asyncio.Task[None]] = set()

    def tell(self, screen: Screen | None) -> None:
        """Show a notice of a new screen, meanwhile."""
        if screen is None or screen.id == self._last or self._executable is None:
            return
        if len(self._under_way) >= MOST_AT_ONCE:
            return
        self._last = screen.id
        task = asyncio.create_task(self._send(self._executable, screen))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _send(self, executable: str, screen: Screen) -> None:
        body = escape(screen.text[:MOST_TEXT], quote=False)  # desktops take the body for markup
        arguments = ["--app-name=Roamline", "--", screen.title, body]
        try:
            process = await asyncio.create_subprocess_exec(
                executable, *arguments, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
            )
        except OSError as trouble:
            log.debug("no notice: %s", trouble)
            return
        try:
            async with asyncio.timeout(NOTICE_WITHIN_S):
                await process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
