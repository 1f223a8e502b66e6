"""``{{ entry|deed }}``: what an audit entry says happened, for its user."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext

from roamline.rooms.ledger.models import AuditEntry

register = template.Library()


@register.filter
def deed(entry: AuditEntry) -> str:
    """A log-in or log-out in a few words."""
    if entry.action == "em.login":
        return gettext("logged in on a phone")
    if entry.action == "em.logout":
        return gettext("logged out")
    return gettext("signed in here")
