"""The empty tables, in text files, that Kamailio's presence modules ask for although they keep everything in memory.

The columns are those of Kamailio 5.6's own definitions; the modules refuse to start without them.
"""

from __future__ import annotations

from pathlib import Path

_TABLES = {
    "version": ("table_name(string) table_version(int)", "presentity:5", "active_watchers:12", "watchers:3"),
    "presentity": (
        "id(int,auto) username(string) domain(string) event(string) etag(string) expires(int) received_time(int) "
        "body(string) sender(string) priority(int) ruid(string,null)",
    ),
    "active_watchers": (
        "id(int,auto) presentity_uri(string) watcher_username(string) watcher_domain(string) to_user(string) "
        "to_domain(string) event(string) event_id(string,null) to_tag(string) from_tag(string) callid(string) "
        "local_cseq(int) remote_cseq(int) contact(string) record_route(string,null) expires(int) status(int) "
        "reason(string,null) version(int) socket_info(string) local_contact(string) from_user(string) "
        "from_domain(string) updated(int) updated_winfo(int) flags(int) user_agent(string,null)",
    ),
    "watchers": (
        "id(int,auto) presentity_uri(string) watcher_username(string) watcher_domain(string) event(string) "
        "status(int) reason(string,null) inserted_time(int)",
    ),
}


def write_tables(folder: Path) -> None:
    """Make the tables anew, empty, readable by this system's own user only."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, lines in _TABLES.items():
        path = folder / name
        path.touch(mode=0o600)
        path.write_text("\n".join(lines) + "\n", encoding="ascii")
