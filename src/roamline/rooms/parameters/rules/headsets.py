"""The parameters of Headset Services: service parameters of Extension Mobility, and one enterprise parameter."""

from __future__ import annotations

from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.parameters.rules.enterprise import ENTERPRISE
from roamline.rooms.parameters.rules.extension_mobility import EM
from roamline.rooms.parameters.rules.parameter import Parameter
from roamline.rooms.parameters.rules.parsing import boolean, one_of, whole_number

HEADSET_ALLOWED = "Allow headset for Extension Mobility sign in and sign out"
HEADSET_NOT_ALLOWED = "Do not Allow headset for Extension Mobility sign in and sign out"
PIN_REQUIRED, PIN_NOT_REQUIRED = "Required", "Not Required"
PROMPT_ALL = "Prompt user to initiate Headset Association from all devices"
PROMPT_EM_ONLY = "Prompt user to initiate Headset Association only from Extension Mobility-enabled devices"
PROMPT_NONE = "Do not prompt user to initiate Headset Association from all devices"

HEADSET_SIGN_IN = Parameter(
    EM, "Headset-based Extension Mobility", HEADSET_ALLOWED,
    _("Whether connecting a headset offers to sign its owner in, and disconnecting it offers to sign out. When it does "
      "not, no such screen appears and the two headset timers have no effect."),
    one_of(HEADSET_ALLOWED, HEADSET_NOT_ALLOWED), (HEADSET_ALLOWED, HEADSET_NOT_ALLOWED),
)  # fmt: skip
HEADSET_PIN = Parameter(
    EM, "PIN entry for headset-based sign in", PIN_REQUIRED,
    _("Whether a headset's owner enters the PIN to sign in, or is signed in by the headset alone after a while."),
    one_of(PIN_REQUIRED, PIN_NOT_REQUIRED), (PIN_REQUIRED, PIN_NOT_REQUIRED),
)  # fmt: skip
HEADSET_LOGIN_TIMER = Parameter(
    EM, "Auto login timer after headset connect (seconds)", "15",
    _("How long the offer to sign in waits for the user before it signs in by itself: 1 to 60 seconds. It matters only "
      "while PIN entry for headset-based sign in is Not Required."),
    whole_number(1, 60), values=_("a whole number from 1 to 60"),
)  # fmt: skip
HEADSET_LOGOUT_TIMER = Parameter(
    EM, "Auto logout timer after headset disconnect (minutes)", "5",
    _("How long a session waits for its owner's headset to come back before it ends: 1 to 15 minutes. It has no effect "
      "while headset-based Extension Mobility is not allowed."),
    whole_number(1, 15), values=_("a whole number from 1 to 15"),
)  # fmt: skip
PINLESS_NEEDS_MARKED_PHONE = Parameter(
    EM, "Pinless sign-in needs a marked phone", "True",
    _("True lets a headset sign its owner in without a PIN only on phones marked for it: a serial number is a claim of "
      "the device that reports it, not a proof."),
    boolean, ("True", "False"), advanced=True,
)  # fmt: skip
HEADSET_ASSOCIATION = Parameter(
    ENTERPRISE, "Headset Association", PROMPT_ALL,
    _("On which phones connecting a headset without owner asks whose it is. Headsets that have an owner are not "
      "touched by a change, and the menu on the phone always works. Takes effect with Apply config."),
    one_of(PROMPT_ALL, PROMPT_EM_ONLY, PROMPT_NONE), (PROMPT_ALL, PROMPT_EM_ONLY, PROMPT_NONE), needs_apply=True,
)  # fmt: skip

PARAMETERS = (
    HEADSET_SIGN_IN,
    HEADSET_PIN,
    HEADSET_LOGIN_TIMER,
    HEADSET_LOGOUT_TIMER,
    PINLESS_NEEDS_MARKED_PHONE,
    HEADSET_ASSOCIATION,
)
