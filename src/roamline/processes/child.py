"""Child processes that never outlive the process that started them (Linux: ``PR_SET_PDEATHSIG``)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent: int, sign: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process ``sign`` when ``parent`` (its parent's pid) is gone, even by ``kill -9``."""
    _libc.prctl(_PR_SET_PDEATHSIG, sign, 0, 0, 0)
    if os.getppid() != parent:  # it was quicker
        os.kill(os.getpid(), sign)


def bound_to_this_process() -> Callable[[], None]:
    """What to run in a child between fork and exec (``preexec_fn``) so that it ends with this process."""
    parent = os.getpid()
    return lambda: die_with(parent)


def kill_group(pid: int, sign: signal.Signals = signal.SIGKILL) -> None:
    """Signal the whole process group that ``pid`` leads or led; nothing happens when nobody is left in it."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, sign)
