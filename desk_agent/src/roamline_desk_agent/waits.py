"""Waiting until the phone is in some state, and saying why it will not get there."""

import re

from roamline_desk_agent.configuration import NUMBER
from roamline_desk_agent.phone import CannotDoError, Phone
from roamline_desk_agent.words import _, gettext_noop

FORMS = gettext_noop("ringing, established, idle or registered:NUMBER")
IDLE = gettext_noop("idle")
OF_A_CALL = ("ringing", "established")
REGISTERED = re.compile(rf"registered:({NUMBER.pattern})")


async def wait_for(phone: Phone, what: str, timeout_s: float, since: int | None = None) -> None:
    """Wait up to `timeout_s` for `what` (see FORMS; a call that is established has rung). Raises CannotDoError at the
    time-out, and as soon as a call that ended after the `since`-th leaves no call to wait for."""
    ended = phone.book.ended if since is None else since
    registered = REGISTERED.fullmatch(what)
    if what not in {*OF_A_CALL, IDLE} and not registered:
        raise CannotDoError(_("wait for %(states)s, not for %(what)r") % {"states": _(FORMS), "what": what[:64]})

    def is_there() -> bool:
        return is_registered(phone, registered[1]) if registered else is_in_call_state(phone, what)

    def is_over() -> bool:
        return what in OF_A_CALL and phone.is_idle and phone.book.ended > ended

    in_time = await phone.bell.until(lambda: is_there() or is_over(), timeout_s)
    if is_over():
        raise CannotDoError(_("the call ended: %(why)s") % {"why": last_reason(phone)})
    if not in_time:
        raise CannotDoError(
            _("not %(what)s within %(seconds)s s: %(state)s")
            % {"what": what, "seconds": f"{timeout_s:g}", "state": situation(phone)}
        )


def is_in_call_state(phone: Phone, what: str) -> bool:
    """Whether there is a call in this state, or none at all for `idle`."""
    states = {call.state for call in phone.book.calls}
    if what == IDLE:
        return phone.is_idle
    return "established" in states or (what == "ringing" and "ringing" in states)


def is_registered(phone: Phone, number: str) -> bool:
    """Whether calls to this number reach the phone."""
    return any(
        account.number == number and phone.registrations.of(account.aor).is_registered for account in phone.present
    )


def situation(phone: Phone) -> str:
    """The phone in a few words, for an error text."""
    lines = [
        f"{account.number} {_(state.state)}" + (f" ({state.reason})" if state.reason else "")
        for account in phone.present
        if not account.for_emergency
        for state in [phone.registrations.of(account.aor)]
    ]
    calls = [
        _("%(state)s with %(peer)s") % {"state": _(call.state), "peer": call.peer} for call in phone.book.calls
    ] or [_("no call")]
    last = [_("last call: %(why)s") % {"why": last_reason(phone)}] if phone.book.last else []
    return "; ".join([*(lines or [_("no line")]), *calls, *last])


def last_reason(phone: Phone) -> str:
    """Why the last call ended."""
    return _(phone.book.last.reason) if phone.book.last else _("no reason given")
