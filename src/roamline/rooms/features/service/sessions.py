"""What a log-in or log-out means for telephone features, in its own transaction."""

from __future__ import annotations

from datetime import datetime

from roamline.rooms.features import store
from roamline.rooms.features.service import call_backs, intercom


def session_changed(phone_id: int, now: datetime) -> None:
    """Call backs of the phone end (EM-34), and its profile's intercom lines find their device (EM-33).

    One look says whether there is anything to do: a log-in's transaction is short.
    """
    concerned = store.concerned_by_session(phone_id)
    if concerned.has_call_backs:
        call_backs.cancel_on_session_change(phone_id, now)
    if concerned.has_intercom_without_device:
        intercom.choose_default_device(phone_id, now)
