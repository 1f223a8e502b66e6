"""The dialled number analyser: what happens when a phone dials a number from a line, step by step, and why.

It follows the rows that Kamailio reads, by the same rules, and changes nothing. Registrations and trunks are as they
were last reported.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings

from roamline.rooms.dialplan import rules as dialplan_rules
from roamline.rooms.dialplan import service as dialplan
from roamline.rooms.dialplan import trunks
from roamline.rooms.dialplan.models import CallingSearchSpace, RoutePattern
from roamline.rooms.dialplan.service import Look, Meaning
from roamline.rooms.phones import analysis_steps as say
from roamline.rooms.phones import forwarding, ringing
from roamline.rooms.phones.analysis_steps import ARRIVES, REFUSED, Step
from roamline.rooms.phones.models import Forward, Line, Phone
from roamline.rooms.phones.ringing import ForwardInForce

MOST_FORWARDS = 10
MOST_OTHERS = 8


@dataclass(frozen=True, slots=True)
class CallAnalysis:
    """What a call would come to: its steps in order; the last one says how it ends."""

    device: str
    line: str
    number: str
    steps: tuple[Step, ...]

    @property
    def arrives(self) -> bool:
        """Whether anything rings, or the call leaves."""
        return any(step.result == ARRIVES for step in self.steps)

    @property
    def answer(self) -> str:
        """What the caller is answered when the call is refused; empty when it arrives."""
        return "" if self.arrives else next((step.answer for step in reversed(self.steps) if step.answer), "")


@dataclass(slots=True)
class _Way:
    """A call on its way."""

    phone: Phone
    steps: list[Step] = field(default_factory=list)
    forwards: int = 0

    def say(self, sentence: str, result: str = say.GOES_ON, answer: str = "", **values: object) -> None:
        self.steps.append(Step(sentence, {name: str(value) for name, value in values.items()}, result, answer))

    def look_up(self, line_css: int, device_css: int, number: str) -> None:
        """Follow a number through the dial plan to its end."""
        meaning = dialplan.meaning(line_css, device_css, number)
        for look in meaning.looks:
            if look.analysis.number in forwarding.emergency_numbers():
                self.reach_emergency(look.analysis.number)
                return
            self.describe(look)
        self.end(meaning)

    def describe(self, look: Look) -> None:
        """A look-up and what matched."""
        match = look.analysis.chosen
        if match is None:
            return
        spaces = list(dict.fromkeys(css for css in (look.line_css, look.device_css) if css))
        self.say(
            say.MATCH, number=look.analysis.number, pattern=match.pattern, partition=match.partition,
            css=_space(spaces[match.search]),
        )  # fmt: skip
        shown = [f"{each.pattern} ({each.partition})" for each in look.analysis.candidates]
        others = [text for text in dict.fromkeys(shown) if text != shown[0]][:MOST_OTHERS]
        if others:
            self.say(say.OTHERS, others=", ".join(others))
        if match.action == "translate" and match.next_css:
            self.say(say.TRANSLATED_IN, made=match.sent_as or "–", css=_space(match.next_css))
        elif match.action == "translate":
            self.say(say.TRANSLATED, made=match.sent_as or "–")

    def end(self, meaning: Meaning) -> None:
        """What the last look-up came to."""
        look, match, number = meaning.looks[-1], meaning.match, meaning.number
        if meaning.end == dialplan.NOT_A_NUMBER:
            self.say(say.NOT_A_NUMBER, REFUSED, "484 Address Incomplete", number=number or "–")
        elif meaning.end == dialplan.TOO_MANY:
            self.say(say.TOO_MANY, REFUSED, "482 Loop Detected")
        elif match is None and dialplan.is_known(number):
            spaces = {"line_css": _space(look.line_css), "device_css": _space(look.device_css)}
            self.say(say.NOT_REACHED, REFUSED, "403 Not Permitted", number=number, **spaces)
        elif match is None:
            self.say(say.UNKNOWN, REFUSED, "404 Not Found", number=number)
        elif meaning.end == dialplan.BLOCKED:
            self.say(say.BLOCKED, REFUSED, "403 Blocked")
        elif meaning.end == dialplan.TRUNK:
            self.leave(match)
        else:
            self.ring(match)

    def leave(self, match: dialplan_rules.Match) -> None:
        """Out through a trunk."""
        trunk = RoutePattern.objects.select_related("trunk").get(pk=match.noun_id).trunk
        if trunk is None:
            return
        state = trunks.state_of(trunk)
        values = {"trunk": trunk.name, "address": f"{trunk.host}:{trunk.port}", "sent": match.sent_as}
        if state is None:
            self.say(say.TRUNK_UNASKED, ARRIVES, **values)
        elif state.is_up:
            self.say(say.TRUNK_UP, ARRIVES, status=state.status, **values)
        else:
            self.say(say.TRUNK_DOWN, REFUSED, "503 Trunk Not Available", **values)

    def ring(self, match: dialplan_rules.Match) -> None:
        """At a number of ours: its forwards, then the phones that have it."""
        forwards = ringing.forwards_in_force(match.noun_id)
        if Forward.ALL in forwards:
            self.forward(match.pattern, forwards[Forward.ALL])
            return
        found = ringing.targets(match.noun_id)
        if not found:
            self.say(say.NOBODY_HAS_IT, number=match.pattern)
        rung, quiet = 0, False
        for target in found:
            values = {"device": target.device, "profile": target.profile, "address": target.address}
            if target.device == self.phone.name:
                self.say(say.OWN, **values)
                quiet = True
            elif target.dnd:
                self.say(say.DND, **values)
                quiet = True
            elif not target.address:
                self.say(say.ABSENT, **values)
            else:
                self.say(say.RINGS, ARRIVES, **values)
                rung += 1
        self.when_not_taken(match.pattern, forwards, rung=rung, quiet=quiet)

    def when_not_taken(self, number: str, forwards: dict[str, ForwardInForce], *, rung: int, quiet: bool) -> None:
        """What happens when it rings nowhere, or nobody takes the call."""
        if not rung:
            kind = Forward.BUSY if quiet else Forward.UNREGISTERED
            if kind in forwards:
                self.forward(number, forwards[kind])
            elif quiet:
                self.say(say.ALL_BUSY, REFUSED, "486 Busy Here")
            else:
                self.say(say.NOBODY_THERE, REFUSED, "480 Temporarily Unavailable")
            return
        if Forward.BUSY in forwards:
            self.say(say.IF_BUSY, destination=forwards[Forward.BUSY].destination)
        if Forward.NO_ANSWER in forwards:
            later = forwards[Forward.NO_ANSWER]
            self.say(say.IF_NOT_ANSWERED, seconds=later.seconds, destination=later.destination)

    def forward(self, number: str, forward: ForwardInForce) -> None:
        """On to where a line forwards its calls, with what that line may reach."""
        self.forwards += 1
        if self.forwards > MOST_FORWARDS:
            self.say(say.RING_OF_FORWARDS, REFUSED, "482 Loop Detected")
            return
        spaces = forwarding.spaces_of(Forward.objects.select_related("line").get(pk=forward.id))
        self.say(
            say.FORWARDED, why=say.WHY[forward.kind], number=number, destination=forward.destination,
            profile=forward.profile, line_css=_space(spaces.line_css), device_css=_space(spaces.device_css),
        )  # fmt: skip
        self.look_up(spaces.line_css, spaces.device_css, forward.destination)

    def reach_emergency(self, number: str) -> None:
        """Emergency numbers always pass, but nothing is forwarded to one."""
        if self.forwards:
            self.say(say.NOT_FORWARDED_TO, REFUSED, "403 Not To An Emergency Number", number=number)
            return
        pool = self.phone.device_pool
        callback, location = pool.emergency_callback or "–", pool.location or "–"
        self.say(say.EMERGENCY, ARRIVES, number=number, callback=callback, location=location)


def analyse_call(device: str, line: str, number: str) -> CallAnalysis:
    """What happens when a phone dials a number from one of its lines; an empty line means its first."""
    related = ("device_pool", "model", "current_profile")
    phone = Phone.objects.select_related(*related).filter(folded_name=device.lower()).first()
    if phone is None:
        return CallAnalysis(device, line, number, (Step(say.NO_PHONE, {"device": device}, REFUSED, "407"),))
    way = _Way(phone)
    way.say(say.RUNS, device=phone.name, profile=phone.current_profile.name)
    calling = _line(phone, line)
    if number in forwarding.emergency_numbers():
        way.reach_emergency(number)
    elif calling is None:
        _say_no_line(way, line)
    else:
        _follow(way, calling, number)
    shown = calling.directory_number.pattern if calling else line
    return CallAnalysis(phone.name, shown, number, tuple(way.steps))


def _follow(way: _Way, calling: Line, number: str) -> None:
    line_css, device_css = calling.css_id or 0, forwarding.css_of(way.phone)
    shown = {"line_css": _space(line_css), "device_css": _space(device_css)}
    way.say(say.FROM_LINE, line=calling.directory_number.pattern, **shown)
    if _is_code(number):
        way.say(say.CODE, ARRIVES, number=number)
        return
    way.look_up(line_css, device_css, number)


def _say_no_line(way: _Way, line: str) -> None:
    lines = Line.objects.filter(profile_id=way.phone.current_profile_id, index__lte=way.phone.model.max_lines)
    listed = ", ".join(lines.values_list("directory_number__pattern", flat=True)) or "–"
    way.say(
        say.NO_LINE, REFUSED, "403 Not A Line Of This Device", device=way.phone.name, line=line or "1", lines=listed
    )


def _line(phone: Phone, number: str) -> Line | None:
    if number:
        return forwarding.line_of(phone, number)
    lines = Line.objects.filter(profile_id=phone.current_profile_id).select_related("directory_number", "profile")
    return lines.order_by("index").first()


def _is_code(number: str) -> bool:
    on, off = (str(settings.CONFIG[f"call_control.forward_{which}_code"]) for which in ("on", "off"))
    return bool((off and number == off) or (on and number.startswith(on) and number != on))


def _space(css: int) -> str:
    name = CallingSearchSpace.objects.filter(pk=css).values_list("name", flat=True).first() if css else None
    return name or say.no_space()
