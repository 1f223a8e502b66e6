"""Service activation and control centre: which services run on which node, and starting and stopping them (EM-1)."""

from __future__ import annotations

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web.who import ADMINISTRATORS, account_of, may, source_of
from roamline.platform.wording import said
from roamline.rooms.mobility.service import Way
from roamline.rooms.parameters import activation

DEEDS = {
    activation.ACTIVATE: _("Activate"),
    activation.DEACTIVATE: _("Deactivate"),
    activation.START: _("Start"),
    activation.STOP: _("Stop"),
    activation.RESTART: _("Restart"),
}


def deeds_for(state: activation.State) -> list[tuple[str, object]]:
    """What can be done with a service in this state."""
    if not state.activated:
        names = [activation.ACTIVATE]
    elif state.running:
        names = [activation.STOP, activation.RESTART, activation.DEACTIVATE]
    else:
        names = [activation.START, activation.DEACTIVATE]
    return [(name, DEEDS[name]) for name in names]


def control_page(request: HttpRequest) -> HttpResponse:
    """Every service on every node, with its state; administrators start and stop them here."""
    if not account_of(request).has_perm("parameters.view_servicestate"):
        raise PermissionDenied
    if request.method == "POST":
        if not may(request, ADMINISTRATORS):
            raise PermissionDenied
        _do(request)
        return HttpResponseRedirect(request.path)
    nodes = [(node, [(state, deeds_for(state)) for state in activation.states(node)]) for node in activation.nodes()]
    context = {
        **admin.site.each_context(request),
        "title": _("Control centre"),
        "nodes": nodes,
        "may_change": may(request, ADMINISTRATORS),
    }
    return TemplateResponse(request, "admin_web/control.html", context)


def _do(request: HttpRequest) -> None:
    service, deed, node = (request.POST.get(name, "") for name in ("service", "deed", "node"))
    if node not in activation.nodes():
        messages.error(request, gettext("There is no such node."))
        return
    try:
        state = activation.change(
            service, deed, node=node, actor=account_of(request).user_id, way=Way.ADMINISTRATOR,
            source=source_of(request), now=timezone.now(),
        )  # fmt: skip
    except KeyError:
        messages.error(request, gettext("There is no such service."))
    except activation.NotActivated as refusal:
        messages.error(request, said(refusal))
    else:
        text = gettext("%(service)s runs on %(node)s.") if state.running else gettext("%(service)s is off on %(node)s.")
        messages.success(request, text % {"service": state.service, "node": state.node})
