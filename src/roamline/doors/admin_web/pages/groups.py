"""Access control groups: who may do what (AD-1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import NounPage
from roamline.doors.admin_web.counting import count_of
from roamline.doors.admin_web.pages.user_rows import Members
from roamline.doors.admin_web.words.deeds import ROLES
from roamline.rooms.directory import administration
from roamline.rooms.directory.models import AccessControlGroup, Membership
from roamline.rooms.directory.rules.roles import EM_PROXY
from roamline.rooms.ledger.changes import InUse


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    """A group, its roles to tick."""

    roles = forms.MultipleChoiceField(
        choices=list(ROLES.items()), required=False, label=_("Roles"), widget=skin.checkboxes(),
        help_text=_("What membership lets an account do."),
    )  # fmt: skip


@admin.register(AccessControlGroup)
class AccessControlGroupPage(NounPage):
    """Groups with their members; the standard ones keep their names and roles."""

    kind = "access_control_group"
    form = GroupForm
    children = ("memberships",)
    list_display = ("name", "description", "role_names", "member_count", "standard")
    search_fields = ("name", "description")
    find_fields = ("name", "description")
    inlines = (Members,)
    fieldsets = ((None, {"fields": ("name", "description", "roles")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[AccessControlGroup]:
        """With how many members each has."""
        return super().get_queryset(request).annotate(members=count_of(Membership.objects.all(), "group"))  # type: ignore[no-any-return]

    @skin.display(description=_("roles"))
    def role_names(self, group: AccessControlGroup) -> str:
        """What membership lets an account do."""
        return "; ".join(str(ROLES.get(role, role)) for role in group.roles)

    @skin.display(description=_("members"), ordering="members")
    def member_count(self, group: Any) -> int:
        """How many members."""
        return int(group.members)

    @skin.display(description=_("standard group"), boolean=True)
    def standard(self, group: AccessControlGroup) -> bool:
        """Whether the group came with the product."""
        return group.is_standard

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Programs know the standard groups by name."""
        return ("name", "role_names") if obj and obj.is_standard else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Roles to tick, or to read."""
        roles = "role_names" if (obj and obj.is_standard) or not self.has_change_permission(request) else "roles"
        return ((None, {"fields": ("name", "description", roles)}),)

    def after_rows(self, request: HttpRequest, noun: AccessControlGroup, form: Any) -> None:
        """Whoever would be the last administrator stays one."""
        if not administration.administrators_left():
            raise InUse([gettext("Nobody would be an administrator any more.")])

    def obstacles(self, request: HttpRequest, nouns: Sequence[Any]) -> list[str]:
        """Standard groups stay, and so does the last way to be an administrator."""
        found = [gettext("%(group)s is a standard group.") % {"group": noun} for noun in nouns if noun.is_standard]
        if not administration.administrators_left(without_groups=nouns):
            found.append(gettext("Nobody would be an administrator any more."))
        return found

    def related_links(self, request: HttpRequest, noun: AccessControlGroup) -> list[tuple[Any, str]]:
        """The page that finds end users and adds them (EM-10)."""
        if not self.has_change_permission(request):
            return []
        return [(_("Add end users to group"), reverse("admin:group_add_users", args=[noun.pk]))]

    def warnings(self, request: HttpRequest, noun: AccessControlGroup) -> list[Any]:
        """What the proxy right does not do (S-3)."""
        if EM_PROXY not in noun.roles:
            return []
        return [_("The right to log in and out for others is for application users. An end user who is put into this "
                  "group still acts for themselves only: anybody else gives error 10.")]  # fmt: skip
