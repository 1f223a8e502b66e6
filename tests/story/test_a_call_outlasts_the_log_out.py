"""A log-out that falls due during a call waits for its end, and comes at once then (EM-42).

``ROAMLINE_CALL_SECONDS`` makes the call as long as you like (60, with the log-out due after 10, was seen to pass).
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest

from tests.story.test_a_person_logs_in import BOBS, DESK, log_alice_in, rtp_of
from tests.support.agents import Softphone
from tests.support.sites import Site, until

CALL_SECONDS = float(os.environ.get("ROAMLINE_CALL_SECONDS", "9"))
DUE_AFTER_SECONDS = CALL_SECONDS / 6

pytestmark = [pytest.mark.needs("kamailio", "baresip"), pytest.mark.timeout(240)]


def log_out_falls_due(site: Site, after: float) -> None:
    """Give alice's session a maximum login time that ends so many seconds from now."""
    due = (datetime.now(UTC) + timedelta(seconds=after)).replace(tzinfo=None)
    with contextlib.closing(sqlite3.connect(site.data / "roamline.sqlite3", timeout=20)) as database, database:
        (session,) = database.execute("SELECT uuid FROM mobility_loginsession WHERE ended_at IS NULL").fetchone()
        subject = f"{session[:8]}-{session[8:12]}-{session[12:16]}-{session[16:20]}-{session[20:]}"
        database.execute(
            "INSERT INTO ledger_deadline (uuid, kind, subject, due_at, payload, claimed_by, attempts, last_error)"
            " VALUES (hex(randomblob(16)), 'mobility.maximum_login_time', ?, ?, '{}', '', 0, '')",
            (subject, due.isoformat(" ")),
        )


def session_of(site: Site) -> tuple[str | None, str | None]:
    """Since when alice's session is ending, and when it ended."""
    with contextlib.closing(sqlite3.connect(site.data / "roamline.sqlite3", timeout=20)) as database:
        found: tuple[str | None, str | None] = database.execute(
            "SELECT ending_since, ended_at FROM mobility_loginsession ORDER BY id DESC LIMIT 1"
        ).fetchone()
        return found


@pytest.mark.proves("EM-42")
def test_the_call_is_unharmed_and_the_log_out_comes_when_it_is_over(fresh_site: Site) -> None:
    desk, bobs = Softphone(fresh_site, DESK), Softphone(fresh_site, BOBS)
    desk.waits_for("registered:1906", timeout=30)
    bobs.waits_for("registered:1909", timeout=30)
    log_alice_in(fresh_site)
    desk.waits_for("registered:1001", timeout=30)
    assert bobs.dial("1001") == ""
    log_out_falls_due(fresh_site, DUE_AFTER_SECONDS)
    until(lambda: session_of(fresh_site)[0] is not None, DUE_AFTER_SECONDS + 30, "the session being called ending")
    threading.Event().wait(CALL_SECONDS - DUE_AFTER_SECONDS)  # the rest of the call: what is tested is that it lasts

    assert session_of(fresh_site)[1] is None
    assert desk.status()["user"]["user_id"] == "alice"
    until(lambda: rtp_of(bobs)["received"] >= CALL_SECONDS * 40, 30, "the call's sound")
    bobs.do("hangup")
    hung_up = datetime.now(UTC)
    until(lambda: session_of(fresh_site)[1] is not None, 30, "the log-out")
    ended = datetime.fromisoformat(str(session_of(fresh_site)[1])).replace(tzinfo=UTC)
    print(f"logged out {(ended - hung_up).total_seconds():.3f} s after the hang-up; {rtp_of(bobs, ended=True)}")
    assert rtp_of(bobs, ended=True)["lost"] == 0
    desk.waits_for("registered:1906", timeout=30)
