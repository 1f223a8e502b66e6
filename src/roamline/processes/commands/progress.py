"""How far a long command has come: a bar in a terminal, a line now and then elsewhere. Both on standard error."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from gettext import gettext as _
from typing import TextIO

LINE_EVERY = 10_000
WIDTH = 40


@dataclass(slots=True)
class Progress:
    """Call it with the number of rows done; ``total`` is 0 where it is not known. :meth:`end` ends the bar's line."""

    total: int = 0
    out: TextIO = sys.stderr
    _shown: int = -1

    def __call__(self, rows: int) -> None:
        """So many rows are done."""
        if self.out.isatty() and self.total:
            self._draw(min(rows, self.total))
        elif rows // LINE_EVERY > max(self._shown, 0):
            self._shown = rows // LINE_EVERY
            said = _("%(rows)s of %(total)s rows") if self.total else _("%(rows)s rows")
            print(said % {"rows": rows, "total": self.total}, file=self.out, flush=True)

    def _draw(self, rows: int) -> None:
        percent = rows * 100 // self.total
        if percent != self._shown:
            self._shown = percent
            bar = "#" * (percent * WIDTH // 100)
            print(
                f"\r[{bar:<{WIDTH}}] {percent:3d} %, " + _("%(rows)s rows") % {"rows": rows},
                end="",
                file=self.out,
                flush=True,
            )

    def end(self) -> None:
        """What follows begins on a line of its own."""
        if self.out.isatty() and self._shown >= 0:
            print(file=self.out, flush=True)
