"""A PIN that comes where nobody can log in costs and counts as a wrong one, and no user is looked up (S-1, S-2).

So a made-up device is neither a quicker way to guess nor a cheaper way to keep the cores busy than a real one.
"""

from __future__ import annotations

from datetime import datetime

from roamline.kernel.outcome import Refused
from roamline.kernel.secret import Secret
from roamline.rooms.directory import authentication
from roamline.rooms.directory.authentication import Checked
from roamline.rooms.mobility.service import gate
from roamline.rooms.mobility.service.common import as_database_error
from roamline.rooms.mobility.service.terms import By
from roamline.rooms.parameters import service as parameters
from roamline.rooms.parameters.service import Parameters


def check_in_vain(pin: Secret, by: By, in_force: Parameters, now: datetime) -> Checked:
    """One verification as of an unknown user; the caller sees to it that the outcome is counted."""
    return authentication.examine_pin([], pin, now, source=by.source, in_force=in_force)


@as_database_error
def count_in_vain(pin: Secret, by: By, now: datetime) -> Refused | None:
    """:func:`check_in_vain` in one of the node's slots, counted for its source; refused as log-ins (26, 28, 30, 6)."""
    in_force = parameters.now_in_force()
    checked = gate.admitted(by, in_force, lambda: check_in_vain(pin, by, in_force, now))
    if isinstance(checked, Refused):
        return checked
    authentication.count(checked, now, source=by.source)
    return None
