"""``{{ text|translated }}``: a rule's text in the language of whoever looks; and the words for clusters' terms."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.words.audit import in_words, reason_in_words
from roamline.platform.wording import in_parts, translated

ROLES = {"standalone": _("stands alone"), "hub": _("Hub Cluster"), "spoke": _("Spoke Cluster")}
KINDS = {
    "number": _("directory number"),
    "pattern": _("route pattern"),
    "user": _("user"),
    "profile": _("device profile"),
    "headset": _("headset"),
}

register = template.Library()
register.filter("translated", translated)
register.filter("in_parts", in_parts)
register.filter("in_words", in_words)
register.filter("reason_in_words", reason_in_words)


@register.filter
def cluster_role(role: str) -> Any:
    """A cluster's part in the network, in words."""
    return ROLES.get(role, role)


@register.filter
def record_kind(kind: str) -> Any:
    """What a record of the network is about, in words."""
    return KINDS.get(kind, kind)
