"""What log-ins and log-outs mean for telephone features, in their own transaction."""

from __future__ import annotations

from datetime import datetime

from roamline.rooms.features import store
from roamline.rooms.features.service import call_backs, intercom


def sessions_changed(phone_ids: list[int], now: datetime) -> None:
    """Call backs of the phones end (EM-34), and their profiles' intercom lines find their device (EM-33).

    One look says whether there is anything to do: a log-in's transaction is short.
    """
    for concerned in store.concerned_by_sessions(phone_ids):
        if concerned.has_call_backs:
            call_backs.cancel_on_session_change(concerned.phone_id, now)
        if concerned.has_intercom_without_device:
            intercom.choose_default_device(concerned.phone_id, now)
