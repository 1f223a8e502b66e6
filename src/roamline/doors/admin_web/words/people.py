"""What administrators read for accounts, groups, and what belongs to users."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

_LOCALES = {"": _("The phone's own")}

# model: one, many
NOUNS: dict[str, tuple[Any, Any]] = {
    "directory.Account": (_("account"), _("accounts")),
    "admin_web.EndUser": (_("end user"), _("end users")),
    "admin_web.ApplicationUser": (_("application user"), _("application users")),
    "directory.AccessControlGroup": (_("access control group"), _("access control groups")),
    "directory.Membership": (_("member"), _("members")),
    "directory.ControlledProfile": (_("controlled profile"), _("controlled profiles, in order")),
    "directory.PhoneOwner": (_("owned phone"), _("owned phones")),
    "directory.AssociatedPhone": (_("associated phone"), _("associated phones")),
    "directory.UserProfile": (_("user profile"), _("user profiles")),
    "directory.GuessingSource": (_("address that guesses"), _("addresses that guess")),
}

# model: field: what stands beside it
FIELDS: dict[str, dict[str, Any]] = {
    "directory.Account": {
        "user_id": _("user id"),
        "kind": _("kind"),
        "first_name": _("first name"),
        "last_name": _("last name"),
        "email": _("email"),
        "is_active": _("active"),
        "user_locale": _("user locale"),
        "self_service_id": _("self-service user id"),
        "primary_extension": _("primary extension"),
        "home_cluster": _("home cluster"),
        "emcc_enabled": _("enable extension mobility cross cluster"),
        "pin_must_change": _("user must change PIN at next login"),
        "user_profile": _("user profile"),
        "own_login_minutes": _("own maximum login time"),
        "last_login": _("last sign-in here"),
    },
    "directory.AccessControlGroup": {"name": _("name"), "description": _("description"), "roles": _("roles")},
    "directory.Membership": {"account": _("account"), "group": _("access control group")},
    "directory.ControlledProfile": {
        "profile": _("device profile"),
        "position": _("order"),
        "is_default": _("default profile"),
    },
    "directory.PhoneOwner": {"phone": _("phone")},
    "directory.AssociatedPhone": {"phone": _("phone"), "account": _("user")},
    "directory.UserProfile": {
        "name": _("name"),
        "allow_own_login_time": _("allow end user to set their Extension Mobility maximum login time"),
    },
    "directory.GuessingSource": {"source": _("address"), "failures": _("failures")},
}

HELP: dict[str, dict[str, Any]] = {}

# model, field: what each choice is called
CHOICES: dict[tuple[str, str], dict[str, Any]] = {
    ("directory.Account", "user_locale"): _LOCALES,
    ("directory.Account", "kind"): {"end": _("End user"), "application": _("Application user")},
}
