"""The enterprise parameters."""

from __future__ import annotations

from roamline.kernel.wording import gettext_noop as _
from roamline.rooms.parameters.rules.parameter import Parameter
from roamline.rooms.parameters.rules.parsing import boolean, cluster_id, one_of, whole_number

ENTERPRISE = "Enterprise Parameters"
CONFIGURED_CSS, ACTIVATING_CSS = "With Configured CSS", "With Activating Device/Line CSS"

CLUSTER_ID = Parameter(
    ENTERPRISE, "Cluster ID", "StandAloneCluster",
    _("This cluster's name, unique among clusters that are joined."),
    cluster_id, values=_("1 to 50 of letters, digits, dot and hyphen"),
)  # fmt: skip
PROFILE_SYNCHRONIZATION = Parameter(
    ENTERPRISE, "Synchronization Between Auto Device Profile and Phone Configuration", "True",
    _("True keeps what is changed on a phone's page while somebody is logged in on it. False gives the phone back its "
      "settings from before that log-in when they log out."),
    boolean, ("True", "False"),
)  # fmt: skip
CFA_CSS_POLICY = Parameter(
    ENTERPRISE, "CFA CSS Activation Policy", CONFIGURED_CSS,
    _("Which calling search space decides where all calls may be forwarded to when that is set on a phone: the one "
      "configured for the line's forward, or those of the line and the phone that it is set on. Forwards that are set "
      "keep theirs."),
    one_of(CONFIGURED_CSS, ACTIVATING_CSS), (CONFIGURED_CSS, ACTIVATING_CSS),
)  # fmt: skip
AUDIT_RETENTION = Parameter(
    ENTERPRISE, "Audit Retention (days)", "365",
    _("For how many days the audit trail is kept. Older days are removed whole, every night, and a row that stays "
      "says how many entries they had."),
    whole_number(1, 3650), advanced=True, values=_("a whole number from 1 to 3650"),
)  # fmt: skip
SESSION_RETENTION = Parameter(
    ENTERPRISE, "Login Session Retention (days)", "90",
    _("For how many days login sessions are kept after their end, for statistics and for the last user of a phone."),
    whole_number(1, 3650), advanced=True, values=_("a whole number from 1 to 3650"),
)  # fmt: skip
INTER_CLUSTER_CALL_TIMEOUT = Parameter(
    ENTERPRISE, "Inter-cluster call timeout", "4",
    _("For how many seconds a call waits for an answer of any kind from another cluster. After that the caller is "
      "told that the user cannot be reached."),
    whole_number(1, 30), values=_("a whole number from 1 to 30"),
)  # fmt: skip

LEARNED_OBJECTS = Parameter(
    ENTERPRISE, "ILS Max Number of Learned Objects in Database", "100000",
    _("How many numbers and patterns of other clusters are used. Lowering it stops new ones and drops none; log-ins "
      "and super users never count."),
    whole_number(1, 1_000_000), advanced=True, values=_("a whole number from 1 to 1000000"),
)  # fmt: skip

PARAMETERS = (
    CLUSTER_ID, LEARNED_OBJECTS, PROFILE_SYNCHRONIZATION, CFA_CSS_POLICY, INTER_CLUSTER_CALL_TIMEOUT,
    AUDIT_RETENTION, SESSION_RETENTION,
)  # fmt: skip
