"""Remote clusters: which services of EMCC are enabled for which other cluster of the network (RO-31)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, DateTimeField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from roamline.doors.admin_web import skin
from roamline.doors.admin_web.base import NounPage
from roamline.doors.admin_web.pages.records import one_line
from roamline.doors.admin_web.who import ADMINISTRATORS, author_of, may
from roamline.rooms.clusters import service as clusters
from roamline.rooms.clusters.models import Cluster
from roamline.rooms.emcc import remote, settings, telling
from roamline.rooms.emcc.models import RemoteClusterServices
from roamline.rooms.ledger.changes import InUse

STATES = {"reachable": _("reachable"), "unreachable": _("not reachable"), "": _("not in the network")}


def _is_in_network(row: RemoteClusterServices) -> bool:
    return row.origin in {each.origin for each in settings.others()}


@admin.register(RemoteClusterServices)
class RemoteClusterPage(NounPage):
    """The other clusters that ILS knows, with the services that are enabled for each."""

    kind = remote.KIND
    list_before_template = "admin_web/remote_clusters.html"
    list_display = ("cluster", "emcc_enabled", "pstn_access_enabled", "reachable", "last_seen", "updated")
    list_filter = ("emcc_enabled", "pstn_access_enabled")
    search_fields = ("name", "origin")
    find_fields = ("name", "origin")
    find_labels = {"name": _("cluster"), "origin": _("fingerprint")}
    fieldsets = ((_("Services enabled for this cluster"), {"fields": ("emcc_enabled", "pstn_access_enabled")}),)
    help_texts = {
        "emcc_enabled": _("Its users log in on this cluster's phones, and this cluster's users on its phones."),
        "pstn_access_enabled": _("Calls to the public network from phones here on which its users are logged in "
                                 "leave through this cluster's trunk, and the other way round. Both clusters must "
                                 "enable it."),
    }  # fmt: skip

    def get_queryset(self, request: HttpRequest) -> QuerySet[RemoteClusterServices]:
        """With how each stands in the network."""
        known = {each.origin: each.state for each in settings.others()}
        last = Coalesce("last_heard", "learned_at", "checked_at")  # behind a hub nothing is heard directly
        heard = Cluster.objects.filter(origin=OuterRef("origin")).values(at=last)[:1]
        state = Case(*(When(origin=origin, then=Value(state)) for origin, state in known.items()), default=Value(""))
        rows = super().get_queryset(request)
        return rows.annotate(heard=Subquery(heard, output_field=DateTimeField()), standing=state)  # type: ignore[no-any-return]

    def get_urls(self) -> list[URLPattern]:
        """*Update now*, then the usual ones."""
        update = path("update/", self.admin_site.admin_view(self.update_view), name="remote_clusters_update")
        return [update, *super().get_urls()]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never: clusters become known by ILS."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only what is not in the network any more."""
        stays = obj is not None and _is_in_network(obj)
        return not stays and bool(super().has_delete_permission(request, obj))

    def obstacles(self, request: HttpRequest, nouns: Sequence[Any]) -> list[str]:
        """Those that are in the network."""
        text = gettext("%(cluster)s is in the network.")
        return [text % {"cluster": noun} for noun in nouns if _is_in_network(noun)]

    def remove(self, noun: RemoteClusterServices) -> None:
        """Forget what was set for a cluster that is gone."""
        if _is_in_network(noun):
            raise InUse([gettext("%(cluster)s is in the network.") % {"cluster": noun}])
        super().remove(noun)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list; whoever may change it may update it."""
        context = {"may_update": may(request, ADMINISTRATORS), "is_joined": clusters.is_joined()}
        return super().changelist_view(request, {**context, **(extra_context or {})})

    def update_view(self, request: HttpRequest) -> HttpResponse:
        """Look at what the other clusters say, and tell them, now."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not may(request, ADMINISTRATORS):
            raise PermissionDenied
        if clusters.is_joined():
            count = remote.update_now(author_of(request), timezone.now())
            text = ngettext("%(count)d remote cluster is updated.", "%(count)d remote clusters are updated.", count)
            messages.success(request, text % {"count": count})
        else:
            messages.error(request, gettext("This cluster is in no network of clusters: see ILS."))
        return HttpResponseRedirect(reverse("admin:emcc_remoteclusterservices_changelist"))

    def after_rows(self, request: HttpRequest, noun: RemoteClusterServices, form: Any) -> None:
        """The other clusters are told."""
        telling.tell(timezone.now())

    @skin.display(description=_("cluster"), ordering="name")
    def cluster(self, row: RemoteClusterServices) -> str:
        """Its Cluster ID."""
        return str(row)

    @skin.display(description=_("reachable"))
    def reachable(self, row: Any) -> Any:
        """Whether it is reached now."""
        return STATES[row.standing]

    @skin.display(description=_("last seen"), ordering="heard", empty_value="–")
    def last_seen(self, row: Any) -> str | None:
        """When it was heard last."""
        return one_line(row.heard) if row.heard else None

    @skin.display(description=_("updated"), ordering="updated_at", empty_value="–")
    def updated(self, row: RemoteClusterServices) -> str | None:
        """When it was reached at an update last."""
        return one_line(row.updated_at) if row.updated_at else None

    def panel(self, request: HttpRequest, noun: Any) -> list[tuple[Any, Any]]:
        """How it stands in the network, and what it says of itself."""
        known = clusters.by_origin(noun.origin)
        said = telling.told().get(noun.origin)
        rows: list[tuple[Any, Any]] = [
            (_("Fingerprint"), noun.origin),
            (_("State"), STATES[noun.standing]),
            (_("Last seen"), self.last_seen(noun) or "–"),
            (_("Updated"), self.updated(noun) or "–"),
        ]
        if known is not None:
            rows += [(_("Address"), f"{known.host}:{known.sip_port}"), (_("Route string"), known.route_string or "–")]
        if said is None:
            return [*rows, (_("EMCC there"), _("it has told nothing yet"))]
        is_for_us = clusters.own_origin() in said.enabled
        return [
            *rows,
            (_("EMCC there"), _("active") if said.emcc_active else _("not active")),
            (_("Enabled there for this cluster"), _("yes") if is_for_us else _("no")),
        ]

    def related_links(self, request: HttpRequest, noun: RemoteClusterServices) -> list[tuple[Any, str]]:
        """Where the network itself is set up, and whether EMCC is."""
        return [
            (_("ILS"), reverse("admin:ils")),
            (_("Intercluster service profile"), reverse("admin:service_profile")),
        ]
