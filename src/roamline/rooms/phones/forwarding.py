"""Forwarding the calls of a line (EM-3, EM-32): what may be set, by whom, and what was set.

A forward belongs to the line of a profile. Whoever sets it on a phone sets it for the profile that the phone runs: a
logged-in user's own, which goes with them and never touches the phone's.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction

from roamline.rooms.dialplan import rules as dialplan_rules
from roamline.rooms.dialplan import service as dialplan
from roamline.rooms.dialplan.models import CallingSearchSpace, CallingSearchSpaceMember
from roamline.rooms.ledger import service as ledger
from roamline.rooms.ledger.changes import Author
from roamline.rooms.parameters import rules as parameter_rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones import forwards_shown
from roamline.rooms.phones.models import Forward, Line, Phone

Listener = Callable[[Line, datetime], None]
_listeners: list[Listener] = []
Elsewhere = Callable[[str], bool]
_elsewhere: list[Elsewhere] = []

LONGEST_RING = 300
"""Seconds that a line may be set to ring before an unanswered call is forwarded."""


class Objection(enum.Enum):
    """Why calls cannot be forwarded so; a door words it."""

    NO_SUCH_LINE = "this phone has no such line now"
    INTERCOM = "calls of an intercom line are not forwarded"
    NOT_A_NUMBER = "this is not a number"
    ITSELF = "a line cannot forward to itself"
    EMERGENCY = "emergency numbers are dialled, never forwarded to"
    UNREACHED = "the forward's calling search space does not reach this number"
    SECONDS = "it rings 1 to 300 seconds"


@dataclass(frozen=True, slots=True)
class ForwardSet:
    """What is in force now; an empty ``destination`` means that calls are not forwarded."""

    kind: str
    destination: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Spaces:
    """The calling search spaces that decide where a forward may lead; 0 for none."""

    line_css: int
    device_css: int
    activated: bool = False


def on_change(listener: Listener) -> Listener:
    """Have ``listener(line, now)`` called, in the transaction, when a line's calls are forwarded otherwise."""
    _listeners.append(listener)
    return listener


def on_number_elsewhere(asked: Elsewhere) -> Elsewhere:
    """Have ``asked(number)`` say whether a number that nothing here leads to is known to be reached elsewhere."""
    _elsewhere.append(asked)
    return asked


@transaction.atomic
def set_forwarding(
    *,
    line: Line,
    destination: str,
    author: Author,
    now: datetime,
    kind: str = Forward.ALL,
    on_phone: Phone | None = None,
    seconds: int | None = None,
    css: CallingSearchSpace | None = None,
    configure: bool = False,
) -> ForwardSet | Objection:
    """Forward a line's calls to a number, or no more when ``destination`` is empty. The next call is treated so.

    ``kind`` is one of ``Forward.KINDS``. ``on_phone`` is the phone that it is set on, None for the administration and
    self-care: under *With Activating Device/Line CSS* that phone's spaces decide what may be reached. ``configure``
    sets the configured calling search space to ``css`` and, for no answer, ``seconds``; without it both stay. What
    else happens when something changed: an audit entry, and Cisco phones are told. Refused, and nothing changed: see
    :class:`Objection`. Whether the author may change this line is asked by who calls this.
    """
    if line.is_intercom:
        return Objection.INTERCOM
    forward = Forward.objects.select_for_update().filter(line=line, kind=kind).first() or Forward(line=line, kind=kind)
    before = _facts(forward) if forward.pk else {}
    if configure:
        forward.css = css
        if seconds is not None and not 1 <= seconds <= LONGEST_RING:
            return Objection.SECONDS
        forward.seconds = seconds or forward.seconds
    spaces = _spaces(forward, on_phone)
    objection = objection_to(line, destination, spaces) if destination else None
    if objection is not None:
        return objection
    forward.destination = destination
    _keep_spaces(forward, spaces)
    after = _facts(forward)
    if not forward.pk and not destination and not configure:
        return ForwardSet(kind, "", changed=False)
    forward.save()
    changed = before != after
    if changed:
        _record(line, kind, before, after, author, now, on_phone)
        for listener in _listeners:
            listener(line, now)
        if kind == Forward.ALL:
            forwards_shown.ask_of_profile(line.profile_id, now)
    return ForwardSet(kind, destination, changed=changed)


def set_on_phone(
    device: str, number: str, destination: str, *, author: Author, now: datetime
) -> ForwardSet | Objection:
    """Forward all calls of the line that a phone has now under a number, as somebody at that phone wishes (EM-32)."""
    phone = Phone.objects.select_related("device_pool", "model").filter(folded_name=device.lower()).first()
    line = line_of(phone, number) if phone else None
    if phone is None or line is None:
        return Objection.NO_SUCH_LINE
    return set_forwarding(line=line, destination=destination, author=author, now=now, on_phone=phone)


def line_of(phone: Phone, number: str) -> Line | None:
    """The line that a phone has now under a number."""
    lines = Line.objects.filter(profile_id=phone.current_profile_id, index__lte=phone.model.max_lines)
    return lines.select_related("directory_number", "profile").filter(directory_number__pattern=number).first()


def objection_to(line: Line, destination: str, spaces: Spaces) -> Objection | None:
    """Why a line's calls cannot be forwarded to a number; None when they can."""
    if not dialplan_rules.is_number(destination):
        return Objection.NOT_A_NUMBER
    if destination == line.directory_number.pattern:
        return Objection.ITSELF
    meaning = dialplan.meaning(spaces.line_css, spaces.device_css, destination)
    if emergency_numbers() & {destination, *(look.analysis.number for look in meaning.looks)}:
        return Objection.EMERGENCY
    if meaning.end == dialplan.UNREACHED and _is_reached_elsewhere(destination, spaces):
        return None
    if meaning.end not in (dialplan.NUMBER, dialplan.TRUNK):
        return Objection.UNREACHED
    return Objection.ITSELF if meaning.match and _is_number_of(line, meaning) else None


def _is_reached_elsewhere(number: str, spaces: Spaces) -> bool:
    """As for calls: a number of another cluster is reached by spaces that reach anything at all (RO-40)."""
    members = CallingSearchSpaceMember.objects.filter(css__in=(spaces.line_css, spaces.device_css))
    return members.exists() and any(asked(number) for asked in _elsewhere)


def emergency_numbers() -> frozenset[str]:
    """The site's emergency numbers."""
    listed = str(settings.CONFIG["call_control.emergency_numbers"]).split(";")
    return frozenset(number.strip() for number in listed if number.strip())


def spaces_of(forward: Forward) -> Spaces:
    """The spaces that decide where a forward may lead, as it stands; the same that Kamailio's view has."""
    if forward.activated:
        return Spaces(forward.activating_line_css_id or 0, forward.activating_device_css_id or 0, activated=True)
    if forward.css_id:
        return Spaces(forward.css_id, 0)
    return Spaces(forward.line.css_id or 0, _device_css(forward.line))


def _spaces(forward: Forward, on_phone: Phone | None) -> Spaces:
    policy = parameters.now_in_force().text(parameter_rules.CFA_CSS_POLICY)
    if on_phone is None or forward.kind != Forward.ALL or policy != parameter_rules.ACTIVATING_CSS:
        forward.activated = False
        return spaces_of(forward)
    return Spaces(forward.line.css_id or 0, css_of(on_phone), activated=True)


def _keep_spaces(forward: Forward, spaces: Spaces) -> None:
    forward.activated = spaces.activated and bool(forward.destination)
    forward.activating_line_css_id = (spaces.line_css or None) if forward.activated else None
    forward.activating_device_css_id = (spaces.device_css or None) if forward.activated else None


def css_of(phone: Phone) -> int:
    """The calling search space of a phone, its own or its pool's; 0 for none."""
    return phone.css_id or phone.device_pool.default_css_id or 0


def _device_css(line: Line) -> int:
    """The least of the spaces of the phones that run or own the line's profile."""
    running = Phone.objects.select_related("device_pool").filter(current_profile_id=line.profile_id)
    owning = Phone.objects.select_related("device_pool").filter(own_profile_id=line.profile_id)
    return min((css_of(phone) for phone in (*running, *owning)), default=0)


def _is_number_of(line: Line, meaning: dialplan.Meaning) -> bool:
    match = meaning.match
    return match is not None and match.action == "number" and match.noun_id == line.directory_number_id


def _facts(forward: Forward) -> dict[str, object]:
    spaces = (forward.activating_line_css, forward.activating_device_css) if forward.activated else (forward.css,)
    shown = " + ".join(str(space) for space in spaces if space is not None)
    return {"destination": forward.destination, "calling search space": shown, "seconds": forward.seconds}


def _record(
    line: Line,
    kind: str,
    before: dict[str, object],
    after: dict[str, object],
    author: Author,
    now: datetime,
    on_phone: Phone | None,
) -> None:
    differing = {
        name: {"before": before.get(name), "after": value} for name, value in after.items() if before.get(name) != value
    }
    ledger.record(
        at=now, action="line.forwarded" if after["destination"] else "line.not_forwarded", actor=author.name,
        way=author.way, source=author.source, device=on_phone.name if on_phone else "",
        subject=f"{line.profile.name}: {line.directory_number.pattern}", details={"kind": kind, "changes": differing},
    )  # fmt: skip
