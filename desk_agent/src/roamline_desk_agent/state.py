"""Files that belong to one agent: its state folder, and the token it proves itself with."""

import fcntl
import os
from pathlib import Path

from roamline_desk_agent.secret import Secret
from roamline_desk_agent.words import _

SOCKET = "agent.sock"
MOST_TOKEN_BYTES = 4096
# sun_path of Linux holds 108 bytes with its final zero (unix(7)).
MOST_SOCKET_PATH = 107


class StateError(RuntimeError):
    """A file or folder cannot be used as it is."""


def open_state(folder: Path) -> int:
    """Make the state folder private to this user and take it for this process, whose id the lock file then holds;
    the lock lasts until the returned file descriptor is closed. Raises StateError."""
    socket_path(folder)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        lock = os.open(folder / "agent.lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as trouble:
        raise StateError(
            _("the state folder %(folder)s cannot be used: %(why)s") % {"folder": folder, "why": trouble.strerror}
        ) from trouble
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        raise StateError(
            _("another agent already runs with the state folder %(folder)s") % {"folder": folder}
        ) from None
    os.ftruncate(lock, 0)
    os.write(lock, f"{os.getpid()}\n".encode())
    return lock


def socket_path(folder: Path) -> Path:
    """Where the agent with this state folder listens. Raises StateError when the path is too long for a socket."""
    path = folder.absolute() / SOCKET
    if len(os.fsencode(path)) > MOST_SOCKET_PATH:
        raise StateError(
            _("the path %(path)s is longer than the %(most)s bytes a socket may have")
            % {"path": path, "most": MOST_SOCKET_PATH}
        )
    return path


def read_token(file: Path) -> Secret:
    """The device token in `file`, which nobody else may read. Raises StateError."""
    try:
        with file.open("rb") as opened:
            mode = os.fstat(opened.fileno()).st_mode
            content = opened.read(MOST_TOKEN_BYTES + 1)
    except OSError as trouble:
        raise StateError(
            _("the token file %(file)s cannot be read: %(why)s") % {"file": file, "why": trouble.strerror}
        ) from trouble
    if mode & 0o077:
        raise StateError(_("the token file %(file)s can be read by others: chmod 600 %(file)s") % {"file": file})
    token = content.decode("ascii", "replace").strip()
    if not token or len(content) > MOST_TOKEN_BYTES or not token.isprintable() or not token.isascii():
        raise StateError(_("the token file %(file)s must hold one line, the device token") % {"file": file})
    return Secret(token)
