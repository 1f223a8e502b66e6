"""End users, application users and the accounts that both are (EM-4)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import deletion, related, skin
from roamline.doors.admin_web.base import NounPage, Record
from roamline.doors.admin_web.counting import count_of
from roamline.doors.admin_web.models import ApplicationUser, EndUser
from roamline.doors.admin_web.pages import user_deeds, user_selection
from roamline.doors.admin_web.pages.headsets import AssociatedHeadsets, save_headsets
from roamline.doors.admin_web.pages.user_forms import AccountForm, EndUserForm
from roamline.doors.admin_web.pages.user_rows import (
    AssociatedPhones,
    ControlledProfiles,
    Memberships,
    OwnedPhones,
    save_controlled,
)
from roamline.doors.admin_web.who import account_of, source_of
from roamline.rooms.directory import administration
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import Account, AssociatedPhone, ControlledProfile
from roamline.rooms.directory.rules.credentials import FOREVER, is_locked
from roamline.rooms.headsets.models import Association
from roamline.rooms.ledger.changes import InUse, Names
from roamline.rooms.ledger.models import AuditEntry
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.mobility.service import Way
from roamline.rooms.phones import administration as phones
from roamline.rooms.phones.models import DeviceProfile
from roamline.rooms.roaming import service as roaming


class LockFilter(admin.SimpleListFilter):
    """Whether an account is locked."""

    title = _("lock")
    parameter_name = "lock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Only those locked."""
        return [("locked", _("locked now"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Whose lock has not ended."""
        return queryset.filter(locked_until__gt=timezone.now()) if self.value() == "locked" else queryset


class AccountPage(NounPage):
    """What the pages of end users and application users share."""

    account_kind = ""
    find_fields: tuple[str, ...] = ("user_id", "first_name", "last_name", "email")
    search_fields: tuple[str, ...] = ("user_id", "first_name", "last_name", "email")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """One kind of account."""
        return super().get_queryset(request).filter(kind=self.account_kind)  # type: ignore[no-any-return]

    def names(self, noun: Account) -> Names:
        """An account is the audit's user."""
        return Names(user_id=noun.user_id)

    def write(self, request: HttpRequest, noun: Account, form: Any, is_new: bool) -> None:
        """Save the account; a new password goes through the service that keeps and audits it."""
        if is_new:
            noun.kind = self.account_kind
            noun.set_unusable_password()
        super().write(request, noun, form, is_new)
        password = form.new_secret("new_password")
        if password:
            directory.set_password(noun, password, **by_whom(request))

    def after_rows(self, request: HttpRequest, noun: Account, form: Any) -> None:
        """Whoever would be the last administrator stays one."""
        if not administration.administrators_left():
            raise InUse([gettext("Nobody would be an administrator any more.")])

    def refuse_bad(self, noun: Account) -> None:
        """Whoever would be the last administrator stays one."""
        if not noun.is_active and not administration.administrators_left(without=[noun]):
            raise InUse([gettext("Nobody would be an administrator any more.")])

    def remove(self, noun: Account) -> None:
        """Delete the account; never while it is logged in on a phone."""
        mobility.delete_account(noun)

    def obstacles(self, request: HttpRequest, nouns: Sequence[Any]) -> list[str]:
        """Open sessions, oneself, and the last administrators."""
        found = deletion.listed([session for noun in nouns for session in mobility.why_account_stays(noun)])
        if account_of(request).pk in {noun.pk for noun in nouns}:
            found.append(gettext("You are signed in with this account."))
        elif not administration.administrators_left(without=nouns):
            found.append(gettext("Nobody would be an administrator any more."))
        return found

    def history(self, noun: Account) -> Any:
        """Everything that happened to the account and that it did on phones."""
        return AuditEntry.objects.filter(user_id=noun.user_id).order_by("-id")

    def panel(self, request: HttpRequest, noun: Account) -> list[tuple[Any, Any]]:
        """Whether the account is locked, and when it was last here."""
        rows: list[tuple[Any, Any]] = []
        if is_locked(noun.locked_until, timezone.now()):
            until = _("somebody unlocks it") if noun.locked_until == FOREVER else time_text(noun.locked_until)
            rows.append((_("Locked until"), until))
        else:
            rows.append((_("Locked"), _("no")))
        if noun.failed_attempts:
            rows.append((_("Failed attempts"), noun.failed_attempts))
        rows.append((_("Password"), _("set") if noun.has_usable_password() else _("none")))
        rows.append((_("Last sign-in here"), time_text(noun.last_login) if noun.last_login else "–"))
        return rows


def by_whom(request: HttpRequest) -> dict[str, Any]:
    """Actor, time, way and source, as the directory's services take them."""
    return {
        "actor": account_of(request).user_id,
        "now": timezone.now(),
        "way": Way.ADMINISTRATOR,
        "source": source_of(request),
    }


def time_text(moment: Any) -> str:
    """A time for people."""
    return formats.localize(timezone.localtime(moment)) if moment else "–"


class NoServiceFilter(admin.SimpleListFilter):
    """Users one of whose profiles leaves a phone without a log-in service, so nobody can log out there (EM-35)."""

    title = _("Extension Mobility service")
    parameter_name = "em_service"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        """Only those in trouble."""
        return [("missing", _("no EM service after log-in"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """With such a profile among the controlled ones."""
        if self.value() != "missing":
            return queryset
        without = phones.without_extension_mobility(DeviceProfile.objects.all())
        controlled = ControlledProfile.objects.filter(profile__in=without.values("pk"))
        return queryset.filter(pk__in=controlled.values("account"))


@admin.register(EndUser)
class EndUserPage(AccountPage):
    """People."""

    kind = "end_user"
    account_kind = Account.END
    form = EndUserForm
    children = ("controlled_profiles", "owned_phones", "associated_phones", "headsets", "memberships")
    list_display = (
        "user_id", "first_name", "last_name", "primary_extension", "profile_count", "logged_in_on", "lock", "is_active",
    )  # fmt: skip
    list_select_related = ("primary_extension__partition",)
    list_filter = (
        LockFilter, "is_active", "user_locale", "pin_must_change", "home_cluster", "emcc_enabled", NoServiceFilter,
    )  # fmt: skip
    find_fields = (
        *AccountPage.find_fields, "self_service_id", "primary_extension__pattern",
        "controlled_profiles__profile__name", "headsets__headset__serial",
    )  # fmt: skip
    find_labels = {
        "controlled_profiles__profile__name": _("controlled profile"),
        "headsets__headset__serial": _("headset"),
    }
    search_fields = (*AccountPage.search_fields, "self_service_id", "primary_extension__pattern")
    autocomplete_fields = ("primary_extension",)
    change_form_template = "admin_web/user.html"
    inlines = (ControlledProfiles, OwnedPhones, AssociatedPhones, AssociatedHeadsets, Memberships)
    deeds = (user_deeds.UNLOCK, user_deeds.RESET_PIN, user_deeds.LOG_OUT, user_deeds.LOCK)
    selection_deeds = user_selection.DEEDS
    fieldsets = (
        (_("Person"), {"fields": ("user_id", "first_name", "last_name", "email", "user_locale", "is_active")}),
        (_("Logging in with a number"), {"fields": ("primary_extension", "self_service_id")}),
        (_("PIN"), {"fields": ("new_pin", "new_pin_again", "pin_must_change")}),
        (_("Password"), {"fields": ("new_password", "new_password_again")}),
        (_("Extension Mobility"), {"fields": ("user_profile", "own_login_minutes")}),
        (_("Clusters"), {"fields": ("home_cluster", "emcc_enabled")}),
    )
    help_texts = {
        "user_id": _("1 to 128 of a-z 0-9 . _ @ - (lower case)."),
        "user_locale": _("The language that phones speak to this user."),
        "is_active": _("Off: the user cannot log in on phones or sign in here."),
        "primary_extension": _("The user's own number; with loginType=DN it is entered instead of the user id."),
        "self_service_id": _("With loginType=SP it is entered instead of the user id."),
        "user_profile": _("What the user may do in self-care."),
        "own_login_minutes": _("In minutes, to 10080 (168 hours); it counts while the user profile allows one."),
        "home_cluster": _("This cluster answers for the user. Off: the user is known here and at home elsewhere."),
        "emcc_enabled": _("The user may log in on phones of other clusters."),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With where each is logged in."""
        where = LoginSession.objects.filter(account=OuterRef("pk"), ended_at__isnull=True).order_by("-id")
        users: QuerySet[Any] = super().get_queryset(request)
        found: QuerySet[Any] = users.annotate(
            number_of_profiles=count_of(ControlledProfile.objects.all(), "account"),
            phone_now=Subquery(where.values("phone__name")[:1]),
        )
        return found

    @skin.display(description=_("profiles"))
    def profile_count(self, user: Any) -> int:
        """How many profiles the user controls."""
        return int(user.number_of_profiles)

    @skin.display(description=_("logged in on"), empty_value="–")
    def logged_in_on(self, user: Any) -> str | None:
        """The phone of the newest session."""
        phone: str | None = user.phone_now
        return phone

    @skin.display(description=_("locked"), ordering="locked_until")
    def lock(self, user: Account) -> str:
        """Until when the account is locked."""
        return time_text(user.locked_until) if is_locked(user.locked_until, timezone.now()) else "–"

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the fields for new secrets for those who only look."""
        return without_secrets(super().get_fieldsets(request, obj), self.has_change_permission(request, obj))

    def origin(self, noun: Account) -> str:
        """A super user of another cluster is changed there."""
        return roaming.origin_of_account(noun)

    def write(self, request: HttpRequest, noun: Account, form: Any, is_new: bool) -> None:
        """Save the user and a new PIN."""
        super().write(request, noun, form, is_new)
        pin = form.new_secret("new_pin")
        if pin:
            directory.set_pin(noun, pin, must_change=noun.pin_must_change, **by_whom(request))

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Save the rows; controlled profiles in their order."""
        if formset.model is ControlledProfile:
            save_controlled(formset)
        elif formset.model is Association:
            save_headsets(request, formset)
        else:
            formset.save()

    def after_rows(self, request: HttpRequest, noun: Account, form: Any) -> None:
        """Owners are associated with their phones."""
        super().after_rows(request, noun, form)
        for owned in noun.owned_phones.all():
            AssociatedPhone.objects.get_or_create(phone_id=owned.phone_id, account_id=noun.pk)

    def panel(self, request: HttpRequest, noun: Account) -> list[tuple[Any, Any]]:
        """Where the user is logged in, lock and PIN."""
        sessions = LoginSession.objects.filter(account=noun.pk, ended_at__isnull=True).select_related("phone")
        rows: list[tuple[Any, Any]] = [
            (_("Logged in on"), format_html("{}, {}", deletion.link(session.phone), time_text(session.started_at)))
            for session in sessions
        ]
        pin = gettext("set on %(when)s") % {"when": time_text(noun.pin_changed_at)} if noun.pin_verifier else _("none")
        return [*(rows or [(_("Logged in on"), "–")]), (_("PIN"), pin), *super().panel(request, noun)]

    def related_links(self, request: HttpRequest, noun: Account) -> list[tuple[Any, str]]:
        """Explain, sessions, audit."""
        return related.links_of_user(request, noun)

    def warnings(self, request: HttpRequest, noun: Account) -> list[Any]:
        """Why a log-in will fail (205) or will not end (EM-35)."""
        controlled = noun.controlled_profiles.select_related("profile")
        if not controlled:
            return [_("No controlled profile: a log-in on a phone fails with error 205.")]
        found: list[Any] = [] if noun.pin_verifier else [_("No PIN: the user cannot log in on a phone.")]
        for row in controlled:
            if row.profile.kind == DeviceProfile.USER and not phones.offers_extension_mobility(row.profile):
                found.append(gettext("No EM service after log-in with %(profile)s.") % {"profile": row.profile})
        return found


@admin.register(ApplicationUser)
class ApplicationUserPage(AccountPage):
    """Programs and administrators."""

    kind = "application_user"
    account_kind = Account.APPLICATION
    form = AccountForm
    children = ("associated_phones", "memberships")
    list_display = ("user_id", "first_name", "last_name", "group_names", "last_login", "is_active")
    list_filter = (LockFilter, "is_active")
    inlines = (Memberships, AssociatedPhones)
    deeds = (user_deeds.UNLOCK,)
    fieldsets = (
        (None, {"fields": ("user_id", "first_name", "last_name", "email", "is_active")}),
        (_("Password"), {"fields": ("new_password", "new_password_again")}),
    )
    help_texts = {
        "user_id": _("1 to 128 of a-z 0-9 . _ @ - (lower case)."),
        "is_active": _("Off: the account cannot sign in anywhere."),
    }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With their groups."""
        return super().get_queryset(request).prefetch_related("groups")

    @skin.display(description=_("access control groups"))
    def group_names(self, user: Account) -> str:
        """The groups' names."""
        return ", ".join(sorted(group.name for group in user.groups.all()))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Without the fields for a new password for those who only look."""
        return without_secrets(super().get_fieldsets(request, obj), self.has_change_permission(request))


def without_secrets(fieldsets: Any, may_change: bool) -> Any:
    """The groups of fields; for those who may not change anything without the empty fields for secrets."""
    if may_change:
        return fieldsets
    kept = []
    for title, options in fieldsets:
        fields = tuple(name for name in options["fields"] if not str(name).startswith("new_"))
        if fields:
            kept.append((title, {**options, "fields": fields}))
    return kept


@admin.register(Account)
class AccountLookUp(Record):
    """All accounts, for fields that find one by typing; leads on to the page of its kind."""

    kind = "account"
    search_fields = ("user_id", "first_name", "last_name")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Not in the navigation."""
        return False

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        """People only where a phone's user is looked for."""
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        if request.GET.get("model_name") in {"phoneowner", "associatedphone"}:
            found = found.filter(Q(kind=Account.END))
        return found, may_repeat

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The end users."""
        return HttpResponseRedirect(reverse("admin:admin_web_enduser_changelist"))

    def changeform_view(self, request: HttpRequest, object_id: Any = None, *args: Any, **kwargs: Any) -> HttpResponse:
        """The account's own page."""
        account = self.get_object(request, str(object_id)) if object_id else None
        model = "applicationuser" if account and account.kind == Account.APPLICATION else "enduser"
        if account is None:
            return HttpResponseRedirect(reverse(f"admin:admin_web_{model}_changelist"))
        return HttpResponseRedirect(reverse(f"admin:admin_web_{model}_change", args=[account.pk]))
