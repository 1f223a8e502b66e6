"""What is asked before the network gets a new key, or loses a cluster (RO-6, S-8)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.rooms.clusters import service as clusters

Words = tuple[str | Promise, str | Promise, str | Promise]
ROTATE, PUT_OUT = "rotate_key", "put_out"
_WORDS: dict[str, Words] = {
    ROTATE: (
        _("Rotate the network's key"),
        _("Every cluster takes a new key over, and super users' PIN verifiers are sealed anew with it. Nobody has to "
          "type a PIN, and nobody is logged out."),
        _("Clusters that cannot be reached now get the new key when they are back; until then the old one is held, "
          "too."),
    ),
    PUT_OUT: (
        _("Put %(cluster)s out"),
        _("It is not let in again, and the network gets a new key that it is not given: what is sealed from now on it "
          "cannot open."),
        _("It may have kept what it was given before. If it was stolen, change the network's password and have super "
          "users change their PINs, too."),
    ),
}  # fmt: skip


def is_to_be_asked(request: HttpRequest) -> bool:
    """Whether what was pressed is one of these deeds and was not confirmed yet."""
    return request.POST.get("deed") in _WORDS and "confirmed" not in request.POST


def ask(request: HttpRequest) -> HttpResponse:
    """The page that says what follows, and asks."""
    deed, origin = str(request.POST["deed"]), str(request.POST.get("origin", ""))[:24]
    cluster = clusters.by_origin(origin)
    title, question, warning = (
        str(text) % {"cluster": cluster.name if cluster else origin} if "%(" in str(text) else text
        for text in _WORDS[deed]
    )
    context: dict[str, Any] = admin.site.each_context(request)
    context |= {"title": title, "question": question, "warning": warning, "deed": deed, "origin": origin}
    return TemplateResponse(request, "admin_web/ils_confirm.html", context)


def done(deed: str) -> str:
    """What is said when it was done."""
    if deed == ROTATE:
        return gettext("The network has a new key; the clusters take it over.")
    return gettext("The cluster is put out of the network. Change the password, too.")
