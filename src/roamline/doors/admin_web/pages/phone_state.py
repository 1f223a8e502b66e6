"""What a phone is right now, and what will not work as it is set."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import deletion
from roamline.platform.wording import translated
from roamline.rooms.directory.models import AssociatedPhone
from roamline.rooms.emcc import devices as emcc_devices
from roamline.rooms.emcc import visits
from roamline.rooms.headsets.models import Headset
from roamline.rooms.headsets.rules.terms import MOST_CONNECTED
from roamline.rooms.headsets.service.inventory import explain_headset
from roamline.rooms.mobility.configuration import effective_configuration_of
from roamline.rooms.mobility.models import LoginSession, PhoneAlarm
from roamline.rooms.phones import administration, files
from roamline.rooms.phones.emcc_devices import is_emcc_device
from roamline.rooms.phones.models import Phone, PhoneAddress

ASSOCIATED_SHOWN = 20


def open_session_of(phone: Phone) -> LoginSession | None:
    """The session of whoever is logged in."""
    sessions = LoginSession.objects.filter(phone=phone, ended_at__isnull=True)
    return sessions.select_related("account", "profile", "phone").first()


def state_of(phone: Phone) -> list[tuple[Any, Any]]:
    """Who is logged in, since when, by which way, until when; what the phone runs."""
    session = open_session_of(phone)
    rows: list[tuple[Any, Any]] = _session_rows(session) if session else [(_("Logged in"), _("Nobody"))]
    if is_emcc_device(phone):
        return [*_emcc_rows(phone), (_("Runs"), _what_runs(phone))]
    if phone.visitor:
        rows = _visitor_rows(phone)
    rows += [
        (_("Runs"), _what_runs(phone)),
        *_what_fits(phone),
        (_("Configuration"), _("version %(version)d") % {"version": phone.configuration_version}),
        *_registration(phone),
        (_("Subscribed services"), ", ".join(s.name for s in phone.own_profile.services.all()) or "–"),
        (_("Sign-in by headset"), headset_state_of(phone)),
        *_connected_headsets(phone),
        (_("Hold reversion"), _("not supported")),
        (_("Device token"), _("issued") if phone.token_hash else _("none")),
    ]
    associated = AssociatedPhone.objects.filter(phone=phone).select_related("account")[:ASSOCIATED_SHOWN]
    if associated:
        rows.append((_("Associated users"), ", ".join(row.account.user_id for row in associated)))
    return rows


def headset_state_of(phone: Phone) -> str:
    """Whether a headset's owner may sign in here, else the first condition that fails and its remedy (HS-15)."""
    return _first_hindrance(phone, "")


def _connected_headsets(phone: Phone) -> list[tuple[Any, Any]]:
    """For each headset that is connected here, whose it is and whether they may sign in by it (HS-15)."""
    connected = Headset.objects.filter(last_phone=phone, connected=True, association__isnull=False)
    rows = connected.select_related("association__account").order_by("folded_serial")[:MOST_CONNECTED]
    return [
        (f"{headset.serial} ({headset.association.account.user_id})", _first_hindrance(phone, headset.serial))
        for headset in rows
    ]


def _first_hindrance(phone: Phone, serial: str) -> str:
    for finding in explain_headset(phone.name, serial) or ():
        if finding.holds is False:
            return f"{gettext('not possible')}: {translated(finding.reason)}. {translated(finding.remedy)}"
    return gettext("possible")


def _registration(phone: Phone) -> list[tuple[Any, Any]]:
    """Whether it registered with its configuration; its last REGISTER's address, since when, and the phone's reason."""
    found = PhoneAddress.objects.filter(phone=phone).first()
    waits = phone.previous_until != 0
    rows: list[tuple[Any, Any]] = [(_("Registered with it"), _("not yet") if waits else _("yes") if found else "–")]
    rows.append((_("Registered from"), f"{found.address}, {_time(found.since)}" if found else "–"))
    return [*rows, (_("Reason of the last REGISTER"), found.reason)] if found and found.reason else rows


def _what_runs(phone: Phone) -> Any:
    if phone.current_profile_id == phone.own_profile_id:
        return _("its own settings")
    return deletion.link(phone.current_profile)


def _what_fits(phone: Phone) -> list[tuple[Any, Any]]:
    """What of a profile for another model the phone does not show, and what fills in (EM-38)."""
    if phone.current_profile.model_id == phone.model_id:
        return []
    runs = effective_configuration_of(phone)
    return [(_("Made for"), phone.current_profile.model),
            (_("Not shown on this phone"), ", ".join(runs.dropped) or "–"),
            (_("From the default device profile"), ", ".join(runs.filled) or "–")]  # fmt: skip


def _session_rows(session: LoginSession) -> list[tuple[Any, Any]]:
    return [
        (_("Logged in"), deletion.link(session.account)),
        (_("Since"), _time(session.started_at)),
        (_("By way of"), f"{translated(session.way)} {session.source}".strip()),
        (_("Until at most"), _time(session.expires_at) if session.expires_at else _("log-out")),
        (_("Confirmation by the phone"), session.get_confirmation_display()),
        *([(_("Is logged out after the call"), session.ending_way)] if session.ending_since else []),
    ]


def _emcc_rows(phone: Phone) -> list[tuple[Any, Any]]:
    """Who uses an EMCC device, on which phone of which cluster."""
    use = emcc_devices.uses().get(phone.name)
    if use is None:
        return [(_("EMCC device"), _("free"))]
    return [
        (_("EMCC device"), _("in use")),
        (_("User"), use.user_id),
        (_("Visited phone"), use.phone),
        (_("Cluster"), use.cluster),
        (_("Since"), _time(use.since)),
    ]


def _visitor_rows(phone: Phone) -> list[tuple[Any, Any]]:
    """The user of another cluster who is logged in; the phone registers there meanwhile (RO-30)."""
    visit = visits.on_phone(phone.pk)
    if visit is None:
        return [(_("Logged in"), phone.visited_by)]
    return [
        (_("Logged in"), phone.visited_by),
        (_("Since"), _time(visit.began_at) if visit.began_at else "–"),
        (_("By way of"), f"{translated(visit.way)} {visit.source}".strip()),
        (_("Until at most"), _time(visit.expires_at) if visit.expires_at else _("log-out")),
        (_("EMCC device there"), visit.emcc_device),
    ]


def _time(moment: datetime) -> str:
    return formats.localize(timezone.localtime(moment))


def warnings_of(phone: Phone) -> list[Any]:
    """What a user or administrator would stumble over (EM-13, EM-35, EM-36); nobody stands before an EMCC device."""
    if is_emcc_device(phone):
        return []
    found: list[Any] = []
    logged_out = administration.logout_profile_of(phone)
    if phone.em_enabled and not administration.offers_extension_mobility(logged_out, phone.model):
        found.append(_("No EM service after log-out: the phone is enabled for Extension Mobility, but not subscribed "
                       "to an Extension Mobility service, so nobody can log in on it."))  # fmt: skip
    session = open_session_of(phone)
    if session and not administration.offers_extension_mobility(session.profile, phone.model):
        found.append(_("No EM service after log-in: the profile that is logged in now is not subscribed to an "
                       "Extension Mobility service, so nobody can log out on the phone."))  # fmt: skip
    alarm = PhoneAlarm.objects.filter(phone=phone).first()
    if alarm:
        text = _("Alarm: the phone did not register with version %(version)d of its configuration, not even after a "
                 "reset. Since %(since)s. Is it connected, and does it reach this server?")  # fmt: skip
        found.append(text % {"version": alarm.version, "since": _time(alarm.since)})
    if not phone.own_profile.lines.exists():
        found.append(_("The phone has no line of its own: it cannot call when nobody is logged in."))
    missing = files.missing_locale_files(phone)
    if missing:
        text = _("Files of its locale are missing: %(names)s. Until they are uploaded, the phone cannot show "
                 "its own texts in this language.")  # fmt: skip
        found.append(text % {"names": ", ".join(missing)})
    return found
