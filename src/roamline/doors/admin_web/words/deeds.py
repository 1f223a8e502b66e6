"""What roles allow, what timers do, and what the audit trail tells, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

ROLES = {
    "administration": _("Everything"),
    "read only": _("See everything, change nothing"),
    "help desk": _("Unlock, reset a PIN, log out, explain"),
    "em authentication proxy": _("Log in and out for others over the EM API"),
    "axl": _("Use AXL"),
    "em roaming": _("Log in in every cluster of the ILS network"),
}


DEADLINES = {
    "mobility.maximum_login_time": _("The maximum login time ends"),
    "mobility.scheduled_log_out": _("Scheduled log-out"),
    "phone.confirmation": _("A phone is to confirm its configuration"),
    "phones.reconfigure": _("Phones fetch their configuration anew"),
    "headsets.sign_in": _("A headset signs its user in"),
    "headsets.sign_out": _("A headset signs its user out"),
    "headsets.settle": _("A headset settles"),
    "roaming.sync": _("Super users are taken over from the network"),
    "retention.purge": _("Old sessions and audit entries are removed"),
}
"""What a timer does, by its kind; others show the kind itself."""

EFFECTS = {
    "apply-config": _("A phone looks whether its configuration changed"),
    "emcc.leave": _("A user's own cluster is told that they are logged out here"),
    "emcc.tell_changed": _("A phone of another cluster fetches a user's configuration anew"),
    "emcc.tell_ended": _("Another cluster is told that a user is logged out on its phone"),
    "headsets.look_anew": _("Phones look at their headsets again"),
    "headsets.show_screen": _("A phone shows what a headset asks"),
    "mobility.end_when_idle": _("Somebody is logged out when their call ends"),
    "mobility.log_out_visitor": _("A user of another cluster is logged out"),
    "phone.clear_history": _("A phone clears its call history"),
    "phone.do_not_disturb": _("A phone learns whether it is not to be disturbed"),
    "phone.forwards": _("A phone shows how its calls are forwarded"),
    "phone.reconfigure": _("A phone fetches its configuration anew"),
    "roaming.look": _("It is looked at whether failed log-ins are a super user's"),
    "roaming.tell": _("Other clusters are told of a super user"),
}
"""What the outside is told, by its kind; others show the kind itself."""
