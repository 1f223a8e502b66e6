"""What the audit trail says, in words: of what kind an entry is, and what became of it; unknown ones as they are."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.kernel.wording import recognised
from roamline.platform.wording import in_parts
from roamline.rooms.mobility.rules import log_in, sources

REASONS = (*log_in.REASONS, sources.UNTRUSTED)

WHOLE = {
    "em.login": _("log-in on a phone"),
    "em.logout": _("log-out on a phone"),
    "web.login": _("sign-in here"),
    "site.begun": _("the site was set up"),
    "group.joined": _("added to an access control group"),
    "phone.given": _("the phone has an owner"),
    "phone.reconfigured": _("the phone fetches its configuration anew"),
    "phone.not_confirmed": _("the phone did not confirm its configuration"),
    "phone.settings_restored": _("the phone has its own settings again"),
    "phone.token_issued": _("a device token was issued"),
    "phone.browser_paired": _("a browser became the phone"),
    "phone_that_asked.forgotten": _("a phone that asked was forgotten"),
    "intercom.default_device": _("an intercom line has its default device"),
    "headset.at_two_phones": _("a headset was reported at two phones"),
    "headset.too_many_new": _("a phone reported too many new headsets"),
    "headset.sign_in": _("a headset signed its user in"),
    "headset.sign_out": _("a headset signed its user out"),
    "headset.skipped": _("whose headset it is was not answered"),
    "headset.skip_cleared": _("whose headset it is is asked again"),
    "source.released": _("an address is no longer held back"),
    "speed_dials.set": _("own speed dials were changed"),
    "language.set": _("own language was changed"),
    "own_login_time.set": _("own maximum login time was changed"),
    "dnd.on": _("do not disturb was switched on"),
    "dnd.off": _("do not disturb was switched off"),
    "line.forwarded": _("calls of a line are forwarded"),
    "line.not_forwarded": _("calls of a line are no longer forwarded"),
    "profile.controlled": _("a profile was added to the controlled ones"),
    "profile.not_controlled": _("a profile was taken from the controlled ones"),
    "ils.link_cut": _("the link with a cluster was cut"),
    "ils.link_mended": _("the link with a cluster was mended"),
    "ils.key_rotated": _("the network of clusters got a new key"),
    "ils.put out": _("a cluster was put out of the network"),
    "ils.let in": _("a cluster that was put out may come back"),
    "emcc.refused": _("a log-in on another cluster's phone was refused"),
    "emcc_device.inserted": _("EMCC devices were inserted"),
    "super_users.default_css": _("super users got another calling search space"),
}

OF_WHAT = {
    "access_control_group": _("access control group"),
    "account": _("account"),
    "application_user": _("application user"),
    "assistant": _("assistant"),
    "call_back": _("call back"),
    "calling_search_space": _("calling search space"),
    "credential_policy": _("credential policy"),
    "device_pool": _("device pool"),
    "device_profile": _("device profile"),
    "directory_number": _("directory number"),
    "end_user": _("end user"),
    "feature_report": _("phone feature list"),
    "headset": _("headset"),
    "headset_model": _("phone model for headsets"),
    "ils": _("ILS"),
    "intercluster_service_profile": _("intercluster service profile"),
    "job": _("job"),
    "line": _("line"),
    "parameter": _("parameter"),
    "partition": _("partition"),
    "password": _("password"),
    "phone": _("phone"),
    "phone_file": _("phone file"),
    "phone_model": _("phone model"),
    "phone_service": _("phone service"),
    "pin": _("PIN"),
    "remote_cluster": _("remote cluster"),
    "route_pattern": _("route pattern"),
    "schedule": _("scheduled log-out"),
    "service": _("service"),
    "super_user": _("super user"),
    "super_users": _("super users"),
    "translation_pattern": _("translation pattern"),
    "trunk": _("trunk"),
    "user_profile": _("user profile"),
}

BECAME = {
    "activate": _("activated"),
    "added": _("added"),
    "adopted": _("taken over from another cluster"),
    "alarm": _("alarm"),
    "applied": _("applied"),
    "associated": _("associated"),
    "cancelled": _("cancelled"),
    "changed": _("changed"),
    "asked": _("requested"),
    "deactivate": _("deactivated"),
    "deleted": _("deleted"),
    "dissociated": _("dissociated"),
    "done": _("done"),
    "export": _("export"),
    "failed": _("failed"),
    "fired": _("carried out"),
    "generated": _("generated"),
    "import": _("import"),
    "joined": _("joined"),
    "left": _("left"),
    "locked": _("locked"),
    "removed": _("removed"),
    "restart": _("restarted"),
    "scheduled": _("planned"),
    "set": _("set"),
    "start": _("started"),
    "stop": _("stopped"),
    "synchronised": _("synchronised"),
    "unlocked": _("unlocked"),
    "uploaded": _("uploaded"),
}


def in_words(action: str) -> str:
    """What an entry's action says to people: ``phone.added`` as *Phone: added*."""
    if action in WHOLE:
        return capfirst(str(WHOLE[action]))
    kind, _between, what = action.partition(".")
    noun: Any = OF_WHAT.get(kind)
    deed: Any = BECAME.get(what)
    if noun is None or deed is None:
        return action
    return gettext("%(noun)s: %(what)s") % {"noun": capfirst(str(noun)), "what": deed}


def reason_in_words(reason: str) -> str:
    """Why something failed, in the active language, also where it names somebody or something."""
    return in_parts(recognised(reason, REASONS))
