"""The screens of the Extension Mobility application, as data; every soft key leads somewhere."""

from __future__ import annotations

from urllib.parse import urlencode

from django.utils.translation import gettext as _

from roamline.kernel.errors import Error
from roamline.wires.phone_xml import MOST_MENU_ITEMS, Input, InputItem, InputKind, Menu, MenuItem, SoftKey, Text

SERVICE = "/emapp/EMAppServlet"


def service_url(base_url: str, **parameters: str) -> str:
    """A URL of the Extension Mobility application."""
    return f"{base_url}{SERVICE}?{urlencode(parameters)}"


def _keys(*keys: tuple[str, str]) -> tuple[SoftKey, ...]:
    return tuple(SoftKey(name, position, url) for position, (name, url) in enumerate(keys, start=1))


def log_in_form(url: str, login_type: str, remembered: str = "") -> Input:
    """The log-in form: the id that the login type asks for, and the PIN, masked (EM-20)."""
    label, kind = {
        "SP": (_("Self-service ID"), InputKind.TELEPHONE),
        "DN": (_("Extension"), InputKind.TELEPHONE),
    }.get(login_type, (_("User ID"), InputKind.ASCII))
    return Input(
        title=_("Extension Mobility"),
        prompt=_("Enter your ID and PIN"),
        url=url,
        items=(
            InputItem(label, "userid", kind, default=remembered),
            InputItem(_("PIN"), "seq", InputKind.NUMERIC, masked=True),
        ),
        soft_keys=_keys((_("Submit"), "SoftKey:Submit"), ("<<", "SoftKey:<<"), (_("Exit"), "SoftKey:Exit")),
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


def logged_in(user_id: str) -> Text:
    """The log-in is done; the phone loads its new configuration."""
    return Text(
        title=_("Extension Mobility"),
        text=_("Login successful. Welcome, %(user)s. The phone is loading your settings.") % {"user": user_id},
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


def refusal(error: Error, *, at_log_out: bool, retry_url: str) -> Text:
    """One screen for every refusal: the text that service desks know, in the phone's language, with its number."""
    return Text(
        title=_("Extension Mobility"),
        text=refusal_text(error, at_log_out=at_log_out),
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
