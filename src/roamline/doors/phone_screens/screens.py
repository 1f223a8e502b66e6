"""The screens of the Extension Mobility application, as data; every soft key leads somewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from roamline.kernel.errors import Error
from roamline.rooms.directory.rules.credentials import CredentialPolicy, Objection
from roamline.rooms.mobility.rules.log_in import LOGIN_TYPES
from roamline.wires.phone_xml import MOST_MENU_ITEMS, Input, InputItem, InputKind, Menu, MenuItem, SoftKey, Text

SERVICE = "/emapp/EMAppServlet"
_DEVICE_NAME = re.compile(r"[A-Za-z0-9._-]{1,128}")
_TICKET = re.compile(r"[0-9]{1,12}\.[0-9]{1,12}\.[A-Za-z0-9_-]{1,32}")
CHANGE_SERVICE = "/changecredential/ChangeCredentialServlet"
CALL_BACK_SERVICE = "/callback/CallBackServlet"
ASSISTANT_SERVICE = "/assistant/AssistantServlet"


def service_url(base_url: str, service: str = SERVICE, **parameters: str) -> str:
    """A URL of the Extension Mobility application, or of another service for phones."""
    return f"{base_url}{service}?{urlencode(parameters)}"


def own_url(base_url: str, device: str, login_type: str, *, emcc: bool = False) -> str:
    """The log-in service for a phone: of what was asked, only what can be right goes back into a link."""
    across = {"EMCC": "true"} if emcc else {}
    return service_url(base_url, **_that_can_be_right(device, login_type), **across)


def change_url(base_url: str, device: str, login_type: str, ticket: str = "") -> str:
    """The service that changes a PIN, for a phone, with the ticket of a log-in that asked for it."""
    more = {"ticket": ticket} if _TICKET.fullmatch(ticket) else {}
    return service_url(base_url, CHANGE_SERVICE, **_that_can_be_right(device, login_type), **more)


def feature_url(base_url: str, service: str, device: str, **parameters: str) -> str:
    """A telephone feature's service, for a phone."""
    return service_url(base_url, service, **_that_can_be_right(device, ""), **parameters)


def _that_can_be_right(device: str, login_type: str) -> dict[str, str]:
    named = {"device": device} if _DEVICE_NAME.fullmatch(device) else {}
    return named | ({"loginType": login_type} if login_type in LOGIN_TYPES[1:] else {})


def _keys(*keys: tuple[str, str]) -> tuple[SoftKey, ...]:
    return tuple(SoftKey(name, position, url) for position, (name, url) in enumerate(keys, start=1))


def log_in_form(url: str, login_type: str, remembered: str = "", *, digits_only: bool = False) -> Input:
    """The log-in form: the id that the login type asks for, and the PIN, masked (EM-20, EM-25, EM-26)."""
    label, kind = {
        "SP": (_("Self-service ID"), InputKind.TELEPHONE),
        "DN": (_("Extension"), InputKind.TELEPHONE),
    }.get(login_type, (_("User ID"), InputKind.NUMERIC if digits_only else InputKind.ASCII))
    return Input(
        title=_("Extension Mobility"),
        prompt=_("Enter your ID and PIN"),
        url=url,
        items=(
            InputItem(label, "userid", kind, default=remembered),
            InputItem(_("PIN"), "seq", InputKind.NUMERIC, masked=True),
        ),
        soft_keys=_keys(
            (_("Submit"), "SoftKey:Submit"), ("<<", "SoftKey:<<"), (_("Exit"), "SoftKey:Exit"),
            (_("Code"), f"{url}&do=code"),
        ),
    )  # fmt: skip


def log_in_code(url: str, code: str) -> Text:
    """A code with which somebody who is here logs in from self-care (EM-36)."""
    return Text(
        title=_("Extension Mobility"),
        text=_("In self-care, choose Log in on a phone and type: %(code)s\nThe code is good once, for two minutes.")
        % {"code": f"\n{code}"},  # on a line of its own: it must not be broken
        soft_keys=_keys((_("New code"), f"{url}&do=code"), (_("Exit"), "SoftKey:Exit")),
    )


def profile_menu(url: str, profiles: tuple[str, ...], tickets: tuple[str, ...]) -> Menu:
    """The user's profiles to choose from (EM-20), as many as a phone's menu takes."""
    offered = list(zip(profiles, tickets, strict=True))[:MOST_MENU_ITEMS]
    items = tuple(MenuItem(name, f"{url}&{urlencode({'ticket': ticket})}") for name, ticket in offered)
    return Menu(
        title=_("Extension Mobility"),
        prompt=_("Choose a device profile"),
        items=items,
        soft_keys=_keys((_("Select"), "SoftKey:Select"), (_("Exit"), "SoftKey:Exit")),
    )


def ask_to_log_out(url: str, user_id: str) -> Text:
    """The phone is taken: by whom, and whether to log them out (EM-20)."""
    return Text(
        title=_("Extension Mobility"),
        text=_("%(user)s is logged in. Log out?") % {"user": user_id},
        soft_keys=_keys((_("Yes"), f"{url}&doLogout=true"), (_("No"), "SoftKey:Exit")),
    )


def logged_in(user_id: str, *, others_learn: bool = True) -> Text:
    """The log-in is done; the phone loads its new configuration. Other clusters may not know of it yet (RO-20)."""
    said = _("Login successful. Welcome, %(user)s. The phone is loading your settings.") % {"user": user_id}
    warning = "" if others_learn else _("Other clusters do not know of it yet.")
    return Text(
        title=_("Extension Mobility"),
        text=f"{said} {warning}".strip(),
        soft_keys=_keys((_("Exit"), "SoftKey:Exit")),
    )


def logged_out(user_id: str) -> Text:
    """The log-out is done; the phone is itself again."""
    return Text(
        title=_("Extension Mobility"),
        text=_("Logout successful. Goodbye, %(user)s.") % {"user": user_id},
        soft_keys=_keys((_("Exit"), "SoftKey:Exit")),
    )


def logs_out_after_call(user_id: str) -> Text:
    """The log-out waits for the call that is up (EM-42)."""
    return Text(
        title=_("Extension Mobility"),
        text=_("%(user)s will be logged out when the call ends.") % {"user": user_id},
        soft_keys=_keys((_("Exit"), "SoftKey:Exit")),
    )


def change_form(url: str, *, must: bool) -> Input:
    """The form for a new PIN, typed twice; who came from a log-in (``must``) has given id and PIN already (EM-6)."""
    who = () if must else (
        InputItem(_("User ID"), "userid", InputKind.ASCII),
        InputItem(_("Current PIN"), "seq", InputKind.NUMERIC, masked=True),
    )  # fmt: skip
    return Input(
        title=_("Change PIN"),
        prompt=_("Your PIN must be changed") if must else _("Enter the new PIN twice"),
        url=url,
        items=(
            *who,
            InputItem(_("New PIN"), "newseq", InputKind.NUMERIC, masked=True),
            InputItem(_("New PIN again"), "newseqagain", InputKind.NUMERIC, masked=True),
        ),
        soft_keys=_keys((_("Submit"), "SoftKey:Submit"), ("<<", "SoftKey:<<"), (_("Exit"), "SoftKey:Exit")),
    )


def pin_changed() -> Text:
    """The new PIN is good."""
    return Text(
        title=_("Change PIN"),
        text=_("Your PIN has been changed."),
        soft_keys=_keys((_("Exit"), "SoftKey:Exit")),
    )


def pin_objected(objections: Iterable[Objection], policy: CredentialPolicy, retry_url: str) -> Text:
    """What the credential policy has against the new PIN."""
    texts = {
        Objection.NOT_DIGITS: _("A PIN has digits only."),
        Objection.LENGTH: _("A PIN has %(least)d to %(most)d digits."),
        Objection.TRIVIAL: _("A PIN of equal digits, or one that counts up or down, is too easy to guess."),
        Objection.OWN_NUMBER: _("A PIN must not be the own number or user id."),
        Objection.USED_BEFORE: _("This PIN was used before."),
        Objection.NOT_REPEATED: _("The two new PINs differ."),
    }
    numbers = {"least": policy.minimum_length, "most": policy.maximum_length}
    return Text(
        title=_("Change PIN"),
        text="\n".join(texts[objection] % numbers for objection in objections),
        soft_keys=_keys((_("Retry"), retry_url), (_("Exit"), "SoftKey:Exit")),
    )


def pin_must_change_at_home(retry_url: str) -> Text:
    """The PIN must be changed first (41), which a phone of another cluster cannot do."""
    return Text(
        title=_("Extension Mobility"),
        text=_("Change your PIN in your own cluster first, then log in here."),
        soft_keys=_keys((_("Retry"), retry_url), (_("Exit"), "SoftKey:Exit")),
    )


def refusal(error: Error, *, at_log_out: bool, retry_url: str, reference: str = "") -> Text:
    """One screen for every refusal: the text that service desks know, in the phone's language, with its number.

    ``reference`` is what the log has of a failure that nobody foresaw.
    """
    text = refusal_text(error, at_log_out=at_log_out)
    return Text(
        title=_("Extension Mobility"),
        text=f"{text}\n{_('Reference: %(reference)s') % {'reference': reference}}" if reference else text,
        soft_keys=_keys((_("Retry"), retry_url), (_("Exit"), "SoftKey:Exit")),
    )


def refusal_text(error: Error, *, at_log_out: bool) -> str:
    """The registry's text, translated. The number stands apart, so that one translation serves all of its form."""
    texts = (error.value.log_out_text, error.value.log_in_text)
    text = (texts[0] if at_log_out else texts[1]) or texts[1] or texts[0] or error.short_name
    wording, bracket, number = text.partition("(")
    translated = {
        "Login is unavailable": _("Login is unavailable"),
        "Logout is unavailable": _("Logout is unavailable"),
        "Login is Unavailable": _("Login is Unavailable"),
        "Please try to login again": _("Please try to login again"),
        "Multi-Login Not Allowed": _("Multi-Login Not Allowed"),
        "Login is unsuccessful": _("Login is unsuccessful"),
        "LoginType invalid": _("LoginType invalid"),
        "DN has multiple users": _("DN has multiple users"),
    }
    space = " " if wording.endswith(" ") else ""
    return f"{translated.get(wording.strip(), wording.strip())}{space}{bracket}{number}"
