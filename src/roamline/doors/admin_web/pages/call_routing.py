"""Call routing: partitions, calling search spaces, directory numbers (EM-40)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import deletion, skin
from roamline.doors.admin_web.base import NounPage, Rows
from roamline.doors.admin_web.counting import count_of
from roamline.doors.admin_web.ordered import OrderedForm, save_rows
from roamline.rooms.dialplan.models import (
    CallingSearchSpace,
    CallingSearchSpaceMember,
    DirectoryNumber,
    Partition,
    RoutePattern,
)
from roamline.rooms.phones.models import Line, Phone
from roamline.rooms.roaming import service as roaming


@admin.register(Partition)
class PartitionPage(NounPage):
    """Named sets of numbers and patterns."""

    kind = "partition"
    list_display = ("name", "description", "numbers_in_it", "patterns_in_it")
    search_fields = ("name", "description")
    find_fields = ("name", "description")
    fieldsets = ((None, {"fields": ("name", "description")}),)
    help_texts = {"name": _("Numbers and patterns in one partition are reached, or not reached, together.")}

    def get_queryset(self, request: HttpRequest) -> QuerySet[Partition]:
        """With how much is in each."""
        counts = {
            "number_count": count_of(DirectoryNumber.objects.all(), "partition"),
            "pattern_count": count_of(RoutePattern.objects.all(), "partition"),
        }
        return super().get_queryset(request).annotate(**counts)  # type: ignore[no-any-return]

    @skin.display(description=_("directory numbers"), ordering="number_count")
    def numbers_in_it(self, partition: Any) -> int:
        """How many numbers."""
        return int(partition.number_count)

    @skin.display(description=_("route patterns"), ordering="pattern_count")
    def patterns_in_it(self, partition: Any) -> int:
        """How many patterns."""
        return int(partition.pattern_count)


class MemberForm(OrderedForm):
    """A partition's place in a space."""

    position = forms.IntegerField(label=_("Order"), min_value=1, max_value=9999, widget=skin.text(type="number"))


class Members(Rows):
    """The partitions of a calling search space."""

    model = CallingSearchSpaceMember
    form = MemberForm
    fields = ("position", "partition")
    autocomplete_fields = ("partition",)
    ordering = ("position",)


@admin.register(CallingSearchSpace)
class CallingSearchSpacePage(NounPage):
    """Ordered lists of partitions: what a line or a device may call."""

    kind = "calling_search_space"
    children = ("members",)
    list_display = ("name", "description", "in_order")
    search_fields = ("name", "description")
    find_fields = ("name", "description")
    inlines = (Members,)
    fieldsets = ((None, {"fields": ("name", "description")}),)
    help_texts = {
        "name": _("A line or device with this space reaches the numbers and patterns of its partitions, nothing else.")
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[CallingSearchSpace]:
        """With their partitions."""
        return super().get_queryset(request).prefetch_related("members__partition")  # type: ignore[no-any-return]

    @skin.display(description=_("partitions in order"))
    def in_order(self, css: CallingSearchSpace) -> str:
        """The partitions' names."""
        return ", ".join(member.partition.name for member in css.members.all())

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Number the partitions in their order."""
        save_rows(formset, "position", sort_by=lambda member: member.position)


@admin.register(DirectoryNumber)
class DirectoryNumberPage(NounPage):
    """Numbers that lines of phones and profiles refer to."""

    kind = "directory_number"
    phones_see = frozenset({"pattern", "alerting_name"})
    list_display = ("pattern", "partition", "alerting_name", "description", "lines_with_it")
    list_select_related = ("partition",)
    list_filter = (("partition", admin.RelatedOnlyFieldListFilter),)
    find_fields = ("pattern", "partition__name", "alerting_name", "description")
    search_fields = ("pattern", "alerting_name", "description")
    autocomplete_fields = ("partition",)
    fieldsets = ((None, {"fields": ("pattern", "partition", "alerting_name", "description")}),)
    help_texts = {
        "pattern": _("1 to 24 digits, * or #, with an optional + in front. A number on several devices rings on all."),
        "alerting_name": _("What the caller sees while it rings."),
    }

    def origin(self, noun: DirectoryNumber) -> str:
        """A super user's number of another cluster is changed there."""
        return roaming.origin_of_number(noun.pk)

    def get_queryset(self, request: HttpRequest) -> QuerySet[DirectoryNumber]:
        """With how many lines each has."""
        return super().get_queryset(request).annotate(line_count=count_of(Line.objects.all(), "directory_number"))  # type: ignore[no-any-return]

    @skin.display(description=_("lines"), ordering="line_count")
    def lines_with_it(self, number: Any) -> int:
        """How many lines."""
        return int(number.line_count)

    def reach(self, noun: DirectoryNumber) -> Iterable[int]:
        """Phones with a line of this number right now."""
        return Phone.objects.filter(current_profile__lines__directory_number=noun).values_list("pk", flat=True)

    def panel(self, request: HttpRequest, noun: DirectoryNumber) -> list[tuple[Any, Any]]:
        """Where the number is."""
        lines = noun.lines.select_related("profile__phone_of_its_own", "directory_number__partition")[: deletion.SHOWN]
        return [(_("Line of"), deletion.link(deletion.page_of(line))) for line in lines]
