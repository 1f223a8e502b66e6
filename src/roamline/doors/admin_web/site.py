"""The administration as a whole: its name, its first page, *About*, and changing one's own password."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.models import Group
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline import __version__
from roamline.doors.admin_web import skin
from roamline.doors.admin_web.changing import undo_page
from roamline.doors.admin_web.pages.analyse import analyse_page
from roamline.doors.admin_web.pages.bulk import bulk_page, export_page, import_page, template_page
from roamline.doors.admin_web.pages.control import control_page
from roamline.doors.admin_web.pages.effective import effective_page
from roamline.doors.admin_web.pages.emcc_devices import emcc_devices_page
from roamline.doors.admin_web.pages.explain import explain_page
from roamline.doors.admin_web.pages.feature_list import feature_list_page
from roamline.doors.admin_web.pages.forwards import forwards_page
from roamline.doors.admin_web.pages.group_members import add_users_page
from roamline.doors.admin_web.pages.ils import ils_page
from roamline.doors.admin_web.pages.phone_files import delete_page, files_page, upload_page
from roamline.doors.admin_web.pages.phones_that_asked import add_page, asked_page, forget_page
from roamline.doors.admin_web.pages.policies import credential_policy_page
from roamline.doors.admin_web.pages.service_profile import service_profile_page
from roamline.doors.admin_web.pages.super_users import super_users_now, super_users_page
from roamline.doors.admin_web.search import search_page
from roamline.doors.admin_web.who import account_of, source_of
from roamline.kernel.secret import Secret
from roamline.rooms.directory import service as directory
from roamline.rooms.mobility.service import Way


class SignInForm(skin.AuthenticationForm):  # type: ignore[misc]
    """Signing in; one answer for whatever was wrong (S-1)."""

    error_messages = {
        **skin.AuthenticationForm.error_messages,
        "invalid_login": _("The user id or password is wrong, or the account is locked or may not sign in here."),
    }


def furnish() -> None:
    """Set up Django's administration site: names, first page, our own pages; nothing that bypasses the audit."""
    site = admin.site
    site.site_title = "Roamline"
    site.site_header = "Roamline"
    site.index_title = _("Overview")
    site.login_form = SignInForm
    site.index_template = "admin_web/index.html"
    site.enable_nav_sidebar = True
    site.search = search_page  # type: ignore[attr-defined]
    site.extra_urls = own_pages  # type: ignore[attr-defined]
    if site.is_registered(Group):  # Django's own groups give nobody anything here
        site.unregister(Group)


def own_pages() -> list[URLPattern]:
    """Pages that belong to no noun; they stand before Django's of the same address."""
    return [
        path("about/", admin.site.admin_view(about), name="about"),
        path("services/", admin.site.admin_view(control_page), name="services"),
        path("ils/", admin.site.admin_view(ils_page), name="ils"),
        path("service-profile/", admin.site.admin_view(service_profile_page), name="service_profile"),
        path("emcc-devices/", admin.site.admin_view(emcc_devices_page), name="emcc_devices"),
        path("tables/", admin.site.admin_view(bulk_page), name="bulk"),
        path("tables/import/", admin.site.admin_view(import_page), name="bulk_import"),
        path("tables/export/", admin.site.admin_view(export_page), name="bulk_export"),
        path("tables/template/<str:table>.csv", admin.site.admin_view(template_page), name="bulk_template"),
        path("phones/phone/<int:key>/configuration/", admin.site.admin_view(effective_page), name="effective"),
        path(
            "directory/accesscontrolgroup/<int:key>/add-users/",
            admin.site.admin_view(add_users_page),
            name="group_add_users",
        ),
        path("undo/", admin.site.admin_view(undo_page), name="undo"),
        path("analyse/", admin.site.admin_view(analyse_page), name="analyse"),
        path("forwarding/<int:profile_id>/", admin.site.admin_view(forwards_page), name="forwards"),
        path("credential-policy/", admin.site.admin_view(credential_policy_page), name="credential_policy"),
        path("feature-list/", admin.site.admin_view(feature_list_page), name="feature_list"),
        path("explain/", admin.site.admin_view(explain_page), name="explain"),
        path("phone-files/", admin.site.admin_view(files_page), name="phone_files"),
        path("phone-files/upload/", admin.site.admin_view(upload_page), name="phone_files_upload"),
        path("phone-files/delete/", admin.site.admin_view(delete_page), name="phone_files_delete"),
        path("phones-that-asked/", admin.site.admin_view(asked_page), name="phones_that_asked"),
        path("phones-that-asked/forget/", admin.site.admin_view(forget_page), name="phones_that_asked_forget"),
        path("phones-that-asked/<str:name>/add/", admin.site.admin_view(add_page), name="phones_that_asked_add"),
        path("super-users/", admin.site.admin_view(super_users_page), name="super_users"),
        path("super-users/now/", admin.site.admin_view(super_users_now), name="super_users_now"),
        path("password_change/", admin.site.admin_view(change_password, cacheable=False), name="password_change"),
    ]


def about(request: HttpRequest) -> HttpResponse:
    """What this is, its licence, and whose names it uses."""
    context = {**admin.site.each_context(request), "title": _("About Roamline"), "version": __version__}
    return TemplateResponse(request, "admin_web/about.html", context)


def change_password(request: HttpRequest) -> HttpResponse:
    """Change one's own password, audited; the session goes on, all others of the account end."""
    account = account_of(request)
    form: Any = skin.AdminOwnPasswordChangeForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        directory.set_password(
            account, Secret(form.cleaned_data["new_password1"]), actor=account.user_id, now=timezone.now(),
            way=Way.ADMINISTRATOR, source=source_of(request),
        )  # fmt: skip
        update_session_auth_hash(request, account)
        messages.success(request, gettext("Your password is changed."))
        return HttpResponseRedirect(reverse("admin:index"))
    context = {
        **admin.site.each_context(request),
        "title": _("Change password"),
        "form": form,
        "deed": {"question": _("Your other sessions end.")},
        "media": form.media,
        "back": reverse("admin:index"),
    }
    return TemplateResponse(request, "admin_web/deed.html", context)
