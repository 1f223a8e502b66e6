"""``{{ text|translated }}``: a rule's text in the language of whoever looks."""

from __future__ import annotations

from django import template

from roamline.platform.wording import translated

register = template.Library()
register.filter("translated", translated)
