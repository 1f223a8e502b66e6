"""What administrators read for nouns, fields and choices, translated; the rooms' models stay free of languages.

Only the names shown to people are set: Django keeps what a migration compares apart from them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.words import calls, devices, people, running

SUBJECTS = (calls, devices, people, running)

AREAS = {
    "parameters": _("System"),
    "emcc": _("System"),
    "dialplan": _("Call routing"),
    "phones": _("Device"),
    "directory": _("User management"),
    "admin_web": _("User management"),
    "headsets": _("Headset Services"),
    "bulk": _("Bulk administration"),
    "features": _("Serviceability"),
    "mobility": _("Serviceability"),
    "ledger": _("Serviceability"),
}


def speak() -> None:
    """Give the models these names; once, when the application starts."""
    for app, area in AREAS.items():
        application: Any = apps.app_configs[app]
        application.verbose_name = area
    for name, (one, many) in _all("NOUNS"):
        options: Any = apps.get_model(name)._meta
        options.verbose_name, options.verbose_name_plural = one, many
    for name, fields in _all("FIELDS"):
        model = apps.get_model(name)
        for field_name, label in fields.items():
            if field_name in {field.name for field in model._meta.get_fields()}:
                named: Any = model._meta.get_field(field_name)
                named.verbose_name = label
    for name, helps in _all("HELP"):
        for field_name, text in helps.items():
            helped: Any = apps.get_model(name)._meta.get_field(field_name)
            helped.help_text = text
    for (name, field_name), labels in _all("CHOICES"):
        field: Any = apps.get_model(name)._meta.get_field(field_name)
        field.choices = [(value, labels.get(value, text)) for value, text in field.choices]


def _all(kind: str) -> Iterator[tuple[Any, Any]]:
    for subject in SUBJECTS:
        yield from getattr(subject, kind).items()
