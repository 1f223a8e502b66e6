from __future__ import annotations

import io

from roamline.processes.commands.progress import Progress


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_that_ends_at_100_percent() -> None:
    progress = Progress(200, Terminal())
    for rows in (1, 2, 100, 200):
        progress(rows)
    progress.end()
    drawn = progress.out.getvalue().split("\r")  # type: ignore[attr-defined]
    assert [line.partition("] ")[2].strip() for line in drawn[1:]] == [
        "0 %, 1 rows", "1 %, 2 rows", "50 %, 100 rows", "100 %, 200 rows",
    ]  # fmt: skip
    assert drawn[-1] == f"[{'#' * 40}] 100 %, 200 rows\n"


def test_a_file_gets_a_line_now_and_then() -> None:
    progress = Progress(25_000, io.StringIO())
    for rows in range(500, 25_001, 500):
        progress(rows)
    progress.end()
    assert progress.out.getvalue() == "10000 of 25000 rows\n20000 of 25000 rows\n"  # type: ignore[attr-defined]
