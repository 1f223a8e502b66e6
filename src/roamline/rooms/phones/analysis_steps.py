"""The steps of a dialled number's way, and their words."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext

from roamline.kernel.wording import gettext_noop as _

GOES_ON, ARRIVES, REFUSED = "goes on", "arrives", "refused"


NO_PHONE = _("There is no phone %(device)s.")
RUNS = _("%(device)s runs the profile %(profile)s.")
NO_LINE = _("%(device)s has no line %(line)s now; it has: %(lines)s.")
FROM_LINE = _(
    "It calls from line %(line)s. The line's calling search space: %(line_css)s; the phone's: %(device_css)s."
)
NOT_A_NUMBER = _("%(number)s cannot be dialled: 1 to 24 digits, * or #, with an optional + in front.")
EMERGENCY = _("%(number)s is an emergency number: it always passes, with call-back number %(callback)s and location "
              "“%(location)s” of the phone's device pool.")  # fmt: skip
CODE = _("%(number)s begins with a forwarding code: it sets or ends the forwarding of all calls of the line.")
MATCH = _("%(number)s: the closest match is %(pattern)s in partition %(partition)s, reached through %(css)s.")
OTHERS = _("Less close: %(others)s.")
TRANSLATED = _("A translation pattern makes %(made)s of it.")
TRANSLATED_IN = _("A translation pattern makes %(made)s of it, to be looked up in %(css)s.")
TOO_MANY = _("That was the sixth translation in a row; at most five are followed.")
NOT_REACHED = _("%(number)s exists, but the line's calling search space (%(line_css)s) and the phone's "
                "(%(device_css)s) do not reach it.")  # fmt: skip
UNKNOWN = _("Nothing matches %(number)s, in any partition.")
BLOCKED = _("It is a route pattern without a trunk: calls to it are blocked.")
TRUNK_UP = _("It goes to trunk %(trunk)s (%(address)s) as %(sent)s. The trunk answers (%(status)s).")
TRUNK_UNASKED = _("It goes to trunk %(trunk)s (%(address)s) as %(sent)s. Whether the trunk answers is not known here.")
TRUNK_DOWN = _("It would go to trunk %(trunk)s (%(address)s) as %(sent)s, but the trunk does not answer.")
FORWARDED = _("%(why)s %(number)s to %(destination)s, as profile %(profile)s says. The calling search spaces that "
              "decide what may be reached: %(line_css)s, then %(device_css)s.")  # fmt: skip
RING_OF_FORWARDS = _("That was the eleventh forward of one call: it goes in a ring.")
NOT_FORWARDED_TO = _("%(number)s is an emergency number: calls are never forwarded to it.")
OWN = _("%(device)s is the caller's own phone, so it does not ring.")
DND = _("%(device)s does not want to be disturbed.")
ABSENT = _("%(device)s is not registered.")
RINGS = _("%(device)s rings (profile %(profile)s, registered from %(address)s).")
NOBODY_HAS_IT = _("No phone has %(number)s now.")
IF_BUSY = _("When it is busy or turned away, the call goes on to %(destination)s.")
IF_NOT_ANSWERED = _("When nobody answers within %(seconds)s seconds, the call goes on to %(destination)s.")
ALL_BUSY = _("Nobody who has it can be disturbed.")
NOBODY_THERE = _("Nobody who has it is registered.")

WHY = {
    "all": _("All calls are forwarded from"),
    "busy": _("Because it is busy, calls are forwarded from"),
    "unregistered": _("Because no phone with it is registered, calls are forwarded from"),
}


def no_space() -> str:
    """What stands where there is no calling search space."""
    return gettext("none")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a sentence of this module with its values; ``answer`` is what the caller gets when it is refused."""

    sentence: str
    values: dict[str, str] = field(default_factory=dict)
    result: str = GOES_ON
    answer: str = ""

    @property
    def text(self) -> str:
        """The sentence in the language of who reads it."""
        values = {name: gettext(value) if name == "why" else value for name, value in self.values.items()}
        return gettext(self.sentence) % values
