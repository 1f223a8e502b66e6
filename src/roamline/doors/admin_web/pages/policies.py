"""Who may try what: the credential policy, user profiles, and addresses that guess (EM-6, EM-23, S-2)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import optimistic, skin
from roamline.doors.admin_web.base import NounPage, Record
from roamline.doors.admin_web.deeds import Deed, DeedForm
from roamline.doors.admin_web.pages.records import one_line
from roamline.doors.admin_web.who import HELP, account_of, may, source_of
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import CredentialPolicy, GuessingSource, UserProfile
from roamline.rooms.directory.rules.credentials import SOURCE_POLICY, is_locked
from roamline.rooms.directory.store import PASSWORDS_FROM
from roamline.rooms.mobility.service import Way


class CredentialPolicyForm(forms.ModelForm):  # type: ignore[type-arg]
    """The one policy of all PINs."""

    class Meta:
        model = CredentialPolicy
        exclude = ("uuid", "revision")
        widgets = {
            "minimum_length": skin.number(4, 16), "history": skin.number(0, 24),
            "expires_after_days": skin.number(0, 3650), "lock_after": skin.number(1, 100),
            "lock_minutes": skin.number(0, 1440), "refuse_trivial": skin.switch(),
            "must_change_after_reset": skin.switch(),
        }  # fmt: skip
        labels = {
            "minimum_length": _("Minimum length"),
            "refuse_trivial": _("Refuse trivial PINs"),
            "history": _("Earlier PINs that may not come again"),
            "expires_after_days": _("Expires after days"),
            "lock_after": _("Lock after failures"),
            "lock_minutes": _("Lock for minutes"),
            "must_change_after_reset": _("User must change a PIN that an administrator set"),
        }
        help_texts = {
            "minimum_length": _("Digits, from 4 to 16."),
            "refuse_trivial": _("Equal digits, digits that count up or down, and the own extension or user id."),
            "history": _("From 0 to 24."),
            "expires_after_days": _("0: a PIN never expires; at most 3650."),
            "lock_after": _("Wrong PINs in a row, from 1 to 100."),
            "lock_minutes": _("At most 1440; 0: until an administrator unlocks."),
        }

    def clean(self) -> Any:
        """Refuse to be saved over somebody else's change."""
        cleaned = super().clean()
        for objection in optimistic.objections(self.instance, self.data.get(optimistic.FIELD)):
            self.add_error(None, objection)
        return cleaned


def credential_policy_page(request: HttpRequest) -> HttpResponse:
    """Show and change the credential policy; it counts for the next PIN that is set and the next wrong one."""
    account = account_of(request)
    if not account.has_perm("directory.view_credentialpolicy"):
        raise PermissionDenied
    may_change = account.has_perm("directory.change_credentialpolicy")
    policy = directory.policy_row()
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        form = CredentialPolicyForm(request.POST, instance=policy)
        if form.is_valid() and _saved(request, form):
            return HttpResponseRedirect(request.path)
        policy = directory.policy_row()
    else:
        form = CredentialPolicyForm(instance=policy)
    context = {
        **admin.site.each_context(request),
        "title": _("Credential policy"),
        "form": form,
        "may_change": may_change,
        "revision_field": optimistic.FIELD,
        "revision": policy.revision,
        "source_policy": SOURCE_POLICY,
    }
    return TemplateResponse(request, "admin_web/credential_policy.html", context)


def _saved(request: HttpRequest, form: CredentialPolicyForm) -> bool:
    try:
        changed = directory.change_policy(
            actor=account_of(request).user_id, now=timezone.now(), way=Way.ADMINISTRATOR, source=source_of(request),
            **form.cleaned_data,
        )  # fmt: skip
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    messages.success(request, gettext("Saved.") if changed else gettext("Nothing was changed."))
    return True


@admin.register(UserProfile)
class UserProfilePage(NounPage):
    """What end users may do for themselves; a user's page says which profile they have."""

    kind = "user_profile"
    list_display = ("name", "allow_own_login_time", "users_with_it")
    search_fields = ("name",)
    find_fields = ("name",)
    list_filter = ("allow_own_login_time",)
    fieldsets = ((None, {"fields": ("name", "allow_own_login_time")}),)
    help_texts = {
        "allow_own_login_time": _("In self-care; it counts for new log-ins, also while no maximum is enforced."),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[UserProfile]:
        """With how many users have each."""
        return super().get_queryset(request).annotate(user_count=Count("accounts"))  # type: ignore[no-any-return]

    @skin.display(description=_("users"), ordering="user_count")
    def users_with_it(self, profile: Any) -> int:
        """How many users have it."""
        return int(profile.user_count)


def _release(request: HttpRequest, source: GuessingSource, _form: DeedForm) -> HttpResponse:
    release_addresses(request, [source])
    return HttpResponseRedirect(reverse("admin:directory_guessingsource_changelist"))


def release_addresses(request: HttpRequest, sources: Any) -> None:
    """Forget the wrong credentials of these addresses."""
    for source in sources:
        address = source.source.removeprefix(PASSWORDS_FROM)
        directory.release_source(
            address, actor=account_of(request).user_id, now=timezone.now(), way=Way.ADMINISTRATOR,
            source=source_of(request),
        )  # fmt: skip
        messages.success(request, gettext("%(address)s is released.") % {"address": address})


class HeldBackFilter(admin.SimpleListFilter):
    """Whether an address is held back now."""

    title = _("held back")
    parameter_name = "held_back"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Only those held back."""
        return [("now", _("held back now"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Whose time has not passed."""
        return queryset.filter(held_back_until__gt=timezone.now()) if self.value() == "now" else queryset


@admin.register(GuessingSource)
class GuessingSourcePage(Record):
    """Addresses that wrong PINs and passwords came from; the help desk releases those that are held back."""

    kind = "guessing_source"
    list_display = ("address", "what", "failures", "last_failure", "held_back")
    list_filter = (HeldBackFilter,)
    search_fields = ("source",)
    find_fields = ("source",)
    ordering = ("-last_failure_at",)
    actions = ("release_selected",)
    fieldsets = ((None, {"fields": ("address", "what", "failures", "last_failure", "held_back")}),)
    deeds = (
        Deed("release", _("Release"), "lock_open", _release, roles=HELP,
             question=_("What came from this address is forgotten, and it may try again at once.")),
    )  # fmt: skip

    @skin.display(description=_("address"), ordering="source")
    def address(self, source: GuessingSource) -> str:
        """The address alone."""
        return source.source.removeprefix(PASSWORDS_FROM)

    @skin.display(description=_("wrong"))
    def what(self, source: GuessingSource) -> str:
        """PINs are counted apart from passwords."""
        return gettext("passwords") if source.source.startswith(PASSWORDS_FROM) else gettext("PINs")

    @skin.display(description=_("last failure"), ordering="last_failure_at")
    def last_failure(self, source: GuessingSource) -> str:
        """To the second."""
        return one_line(source.last_failure_at)

    @skin.display(description=_("held back until"), ordering="held_back_until")
    def held_back(self, source: GuessingSource) -> str:
        """Until when, or not."""
        until = source.held_back_until
        return one_line(until) if until is not None and is_locked(until, timezone.now()) else "–"

    def has_release_permission(self, request: HttpRequest) -> bool:
        """Administrators and the help desk."""
        return may(request, HELP)

    @admin.action(permissions=["release"], description=_("Release the selected addresses"))
    def release_selected(self, request: HttpRequest, queryset: QuerySet[GuessingSource]) -> None:
        """Release them."""
        release_addresses(request, list(queryset))
