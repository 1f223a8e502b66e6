from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path

from roamline.platform.logs import LogFile, mask


def test_fields_named_like_secrets_are_masked() -> None:
    event = {"event": "log-in", "PIN": "12345", "seq": "1", "password": "x", "user": "alice"}
    assert mask(None, "info", event) == {
        "event": "log-in",
        "PIN": "***",
        "seq": "***",
        "password": "***",
        "user": "alice",
    }


def test_lines_are_json_whoever_logs_them() -> None:
    program = (
        "from roamline.platform import logs; logs.configure('phones'); import logging, structlog;"
        "structlog.get_logger('a').info('one', pin='12345', number=1);"
        "logging.getLogger('b').warning('two %s', 'three');"
        "raise ValueError('four')"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    one, two, end = (json.loads(line) for line in ran.stderr.splitlines())
    assert (one["event"], one["pin"], one["number"], one["process"]) == ("one", "***", 1, "phones")
    assert (two["event"], two["level"]) == ("two three", "warning")
    assert end["level"] == "critical"
    assert "ValueError: four" in end["exception"]


def test_a_full_log_file_is_turned_over_and_the_oldest_is_dropped(tmp_path: Path) -> None:
    log = LogFile(tmp_path / "engine.log", limit=10, kept=2)
    for line in (b"first\n", b"second\n", b"third\n", b"fourth\n"):
        log.write(line)
    log.close()
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == {
        "engine.log": b"fourth\n",
        "engine.log.1": b"third\n",
        "engine.log.2": b"second\n",
    }


def test_a_log_file_is_continued_and_private(tmp_path: Path) -> None:
    for line in (b"one\n", b"two\n"):
        log = LogFile(tmp_path / "web.log")
        log.write(line)
        log.close()
    assert (tmp_path / "web.log").read_bytes() == b"one\ntwo\n"
    assert stat.S_IMODE((tmp_path / "web.log").stat().st_mode) == 0o600
