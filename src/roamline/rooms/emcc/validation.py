"""*Validate*: what of EMCC's set-up will not work, here and with each other cluster (RO-31)."""

from __future__ import annotations

from urllib.parse import parse_qs

from roamline.rooms.clusters import service as clusters
from roamline.rooms.dialplan import trunks
from roamline.rooms.directory.models import Account
from roamline.rooms.emcc import devices, remote, settings, telling
from roamline.rooms.emcc.rules import Finding, Remote, Setup, judge
from roamline.rooms.parameters import activation, rules
from roamline.rooms.parameters import service as parameters
from roamline.rooms.phones import administration

CROSS_CLUSTER = "#EMCC#"
"""What a phone replaces by whether it can log in across clusters."""


def report() -> list[Finding]:
    """Every finding, this cluster's first; nothing is changed, and no other cluster is asked anything."""
    return judge(setup())


def setup() -> Setup:
    """How EMCC is set up here, and what the other clusters say."""
    profile, values = settings.profile(), parameters.now_in_force()
    held = devices.capacity()
    state = trunks.state_of(profile.pstn_trunk) if profile.pstn_trunk else None
    return Setup(
        origin=clusters.own_origin(), emcc_active=profile.emcc_active, pstn_active=profile.pstn_access_active,
        trunk=profile.pstn_trunk.name if profile.pstn_trunk else "",
        is_trunk_silent=state is not None and not state.is_up, tftp=settings.tftp_servers(),
        devices=held.devices, free=held.devices - len(devices.uses()),
        users=Account.objects.filter(kind=Account.END, is_active=True, emcc_enabled=True).count(),
        has_service=_hands_over_emcc(), login_time=values.text(rules.INTER_CLUSTER_MAXIMUM_LOGIN_TIME),
        is_limited=values.inter_cluster_login_time() is not None, unknown_nodes=_unknown_nodes(),
        capacity=held, same=telling.same_everywhere(), is_joined=clusters.is_joined(), remotes=_remotes(),
    )  # fmt: skip


def _remotes() -> tuple[Remote, ...]:
    told, shared = telling.told(), telling.names_shared()
    enabled = {each.origin for each in settings.enabled_clusters()}
    return tuple(
        Remote(
            each.name or each.origin, each.state == "reachable", each.origin in enabled, told.get(each.origin),
            shared.get(each.origin, ()),
        )
        for each in settings.others()
    )  # fmt: skip


def _hands_over_emcc() -> bool:
    # Phones replace #EMCC# themselves, so it stands where a URL has its fragment.
    offered = administration.extension_mobility_services()
    return any(CROSS_CLUSTER in parse_qs(each.url.partition("?")[2]).get("EMCC", []) for each in offered)


def _unknown_nodes() -> tuple[str, ...]:
    known = {node.lower() for node in activation.nodes()}
    return tuple(each for each in remote.servers() if each and each.lower() not in known)
