"""Patterns of the dial plan: route patterns lead to trunks, translation patterns make other numbers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import NounPage
from roamline.platform.wording import translated
from roamline.rooms.dialplan import administration
from roamline.rooms.dialplan.models import RoutePattern, TranslationPattern

SYNTAX = _("Digits; X is any one digit, [2-9] one of several, ! one or more digits; one dot may mark where digits are "
           "discarded, as in 9.X!")  # fmt: skip


class PatternForm(forms.ModelForm):  # type: ignore[type-arg]
    """A pattern is refused here when it cannot be compiled, or stands there as another kind already."""

    def clean_pattern(self) -> str:
        """The pattern, when it compiles."""
        pattern: str = self.cleaned_data["pattern"].strip()
        objection = administration.objection_to(pattern)
        if objection:
            raise forms.ValidationError(translated(objection))
        return pattern

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            objection = self.objection()
            if objection:
                self.add_error("pattern", translated(objection))

    def objection(self) -> str:
        """What keeps the whole pattern from being saved; empty for nothing."""
        return administration.objection_to_place(self.instance)


class TranslationForm(PatternForm):
    """A translation is refused, too, when it leads back to itself."""

    def objection(self) -> str:
        """The ring that it would close."""
        return super().objection() or administration.objection_to_translation(self.instance)


@admin.register(RoutePattern)
class RoutePatternPage(NounPage):
    """Patterns that lead to a trunk, or are blocked."""

    kind = "route_pattern"
    form = PatternForm
    list_display = ("pattern", "partition", "leads_to", "discard_before_dot", "prefix", "description")
    list_select_related = ("partition", "trunk")
    list_filter = (("partition", admin.RelatedOnlyFieldListFilter), "trunk")
    find_fields = ("pattern", "partition__name", "trunk__name", "description")
    search_fields = ("pattern", "description")
    autocomplete_fields = ("partition", "trunk")
    fieldsets = (
        (None, {"fields": ("pattern", "partition", "description")}),
        (_("Where it leads"), {"fields": ("trunk", "discard_before_dot", "prefix")}),
    )
    help_texts = {
        "pattern": SYNTAX,
        "trunk": _("Where calls go that match. Without a trunk they are blocked."),
        "discard_before_dot": _("Send the trunk only what stands after the dot."),
        "prefix": _("Digits that are put in front of what the trunk is sent."),
    }  # fmt: skip

    @skin.display(description=_("leads to"), ordering="trunk__name")
    def leads_to(self, pattern: RoutePattern) -> Any:
        """The trunk, or that it is blocked."""
        return pattern.trunk or format_html("<em>{}</em>", _("blocked"))

    def write(self, request: HttpRequest, noun: RoutePattern, form: Any, is_new: bool) -> None:
        """Save and compile."""
        administration.save_route_pattern(noun)


@admin.register(TranslationPattern)
class TranslationPatternPage(NounPage):
    """Patterns that turn what was dialled into another number, which is looked up again."""

    kind = "translation_pattern"
    form = TranslationForm
    list_display = ("pattern", "partition", "becomes", "css", "description")
    list_select_related = ("partition", "css")
    list_filter = (("partition", admin.RelatedOnlyFieldListFilter),)
    find_fields = ("pattern", "partition__name", "prefix", "description")
    search_fields = ("pattern", "description")
    autocomplete_fields = ("partition", "css")
    fieldsets = (
        (None, {"fields": ("pattern", "partition", "description")}),
        (_("What it becomes"), {"fields": ("discard_before_dot", "prefix", "css")}),
    )
    help_texts = {
        "pattern": SYNTAX,
        "discard_before_dot": _("Keep only what stands after the dot."),
        "prefix": _("Digits that are put in front of what is kept."),
        "css": _("Where the new number is looked up. Empty: in the caller's own calling search spaces."),
    }

    @skin.display(description=_("becomes"), ordering="prefix")
    def becomes(self, pattern: TranslationPattern) -> str:
        """The new number, as a pattern."""
        kept = pattern.pattern.partition(".")[2] if pattern.discard_before_dot else pattern.pattern.replace(".", "")
        return f"{pattern.prefix}{kept}" or "–"

    def write(self, request: HttpRequest, noun: TranslationPattern, form: Any, is_new: bool) -> None:
        """Save and compile."""
        administration.save_translation_pattern(noun)
