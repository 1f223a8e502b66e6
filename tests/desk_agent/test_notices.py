"""Notices on the desktop."""

import asyncio
from pathlib import Path

import pytest

from roamline_desk_agent.notices import Notices
from roamline_desk_agent.screens import read_screen
from tests.desk_agent.scene import play, until
from tests.desk_agent.screen_documents import PIN, association, offer


def test_each_new_screen_is_one_notice_without_markup_or_pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written = tmp_path / "written"
    notifier = tmp_path / "notify-send"
    notifier.write_text(f'#!/bin/sh\nprintf "%s|" "$@" >>{written}\n')
    notifier.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")

    async def story() -> None:
        notices = Notices()
        document = association(text="<b>Headset</b> & more")
        document["fields"][1]["value"] = PIN
        notices.tell(read_screen(document, 0.0))
        notices.tell(read_screen(document, 1.0))
        notices.tell(None)
        await until(written.exists)
        await until(lambda: written.read_text().count("--app-name") == 1)
        notices.tell(read_screen(offer(), 0.0))
        await until(lambda: written.read_text().count("--app-name") == 2)
        await asyncio.sleep(0)

    play(story())
    first, second = "Associate headset to user|&lt;b&gt;Headset&lt;/b&gt; &amp; more|", "Sign in|Sign in as Alice?|"
    assert written.read_text() == f"--app-name=Roamline|--|{first}--app-name=Roamline|--|{second}"


def test_without_notify_send_there_is_none() -> None:
    Notices("no-such-programme").tell(read_screen(association(), 0.0))
