"""The points on which the sources contradict each other or are silent; the default is the stricter reading."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Conflicts:
    """One reading of the open points; the comment says what the other one is."""

    check_sync_refetches: bool = False  # else it is answered 200 and nothing happens
    refuses_feature_control_stamp: bool = (
        True  # one firmware answers 400 to more than three stamps; newer samples send it
    )
    refuses_empty_call_id: bool = True  # else RegisterCallId={} is taken as any
    refuses_from_with_user: bool = True  # seen on one model only
    applies_config: bool = False  # apply-config: else acknowledged only
    sends_bulk_register: bool = False  # the REGISTER's multipart body, "only sometimes"
    needs_date: bool = True  # the 200 to a REGISTER "should" carry Date
    contact_is_uuid: bool = False  # a Contact's user is the line's name, or a uuid
    refuses_kpml: bool = True  # one project's files say 3
    trust_files_first: bool = True  # the two notes disagree whether the TLV files come first or last
    small_pushes_only: bool = True  # 512 bytes; newer: 40 KB
    eight_soft_keys: bool = True  # else 16
    asks_authentication_by_post: bool = False  # with devicename, as the oldest models; else GET
    replaces_emcc: bool = False  # what #EMCC# becomes was never seen: untouched, or empty
    insists_on_child_order: bool = True  # the schema's order; phones in the field are said to take others
    falls_back_after_404: bool = True  # whether "not found" over HTTP, too, is asked again over TFTP
    unregisters_before_restart: bool = True  # seen at reset; at a restart perhaps


def both_ways() -> list[tuple[str, Conflicts]]:
    """The default reading, and each switch alone turned over."""
    default = Conflicts()
    turned = [
        (field.name, replace(default, **{field.name: not getattr(default, field.name)})) for field in fields(default)
    ]
    return [("default", default), *turned]
