"""Add end users to an access control group: find them, tick them, add them (EM-10)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import account_of
from roamline.rooms.directory import service as directory
from roamline.rooms.directory.models import AccessControlGroup, Account

MOST_SHOWN = 100
LONGEST_TEXT = 200


def add_users_page(request: HttpRequest, key: int) -> HttpResponse:
    """End users who are not in the group, found by the beginning of id or name; those ticked join it."""
    if not account_of(request).has_perm("directory.change_accesscontrolgroup"):
        raise PermissionDenied
    group = AccessControlGroup.objects.filter(pk=key).first()
    if group is None:
        raise Http404
    back = reverse("admin:directory_accesscontrolgroup_change", args=[group.pk])
    outside = Account.objects.filter(kind=Account.END).exclude(groups=group).order_by("user_id")
    if request.method == "POST":
        _add(request, group, outside)
        return HttpResponseRedirect(back)
    text = request.GET.get("text", "").strip()[:LONGEST_TEXT]
    found = list(_found(outside, text)[: MOST_SHOWN + 1])
    context = {
        **admin.site.each_context(request),
        "title": _("Add end users to group"),
        "subtitle": group.name,
        "group": group,
        "text": text,
        "users": found[:MOST_SHOWN],
        "has_more": len(found) > MOST_SHOWN,
        "opts": AccessControlGroup._meta,
        "back": back,
    }
    return TemplateResponse(request, "admin_web/group_members.html", context)


def _found(accounts: QuerySet[Account], text: str) -> QuerySet[Account]:
    if not text:
        return accounts
    return accounts.filter(
        Q(user_id__istartswith=text) | Q(first_name__istartswith=text) | Q(last_name__istartswith=text)
    )


@transaction.atomic
def _add(request: HttpRequest, group: AccessControlGroup, outside: QuerySet[Account]) -> None:
    keys = [key for key in request.POST.getlist("user")[:MOST_SHOWN] if key.isdecimal() and len(key) < 19]
    chosen = list(outside.filter(pk__in=keys))
    for account in chosen:
        directory.join_group(account, group, actor=account_of(request).user_id, now=timezone.now())
    if chosen:
        names: Any = ", ".join(account.user_id for account in chosen)
        messages.success(request, gettext("Added to the group: %(names)s") % {"names": names})
    else:
        messages.info(request, gettext("Nobody was selected."))
