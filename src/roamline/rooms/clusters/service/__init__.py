"""Clusters in step: say things to the network, take up what others say, ask where users and numbers are.

Theory of operation. What a cluster says is a record, written in the transaction of its cause and sealed with the
cluster's own key. One node of the cluster speaks: its engine sends what is new at once, and what others say arrives
in the same table, before it is taken up by the reader of its kind.
"""

from __future__ import annotations

from roamline.rooms.clusters.ring import on_key_in_use, on_network_key
from roamline.rooms.clusters.rules import CannotJoin, Received
from roamline.rooms.clusters.service.cutting import CannotCut, cut, cut_links, mend
from roamline.rooms.clusters.service.keys import (
    key_in_use,
    key_name,
    network_key,
    network_keys,
    rotate_key,
    waiting_for,
)
from roamline.rooms.clusters.service.learning import (
    on_newer_log_in,
    on_record,
    take_up,
    try_again,
)
from roamline.rooms.clusters.service.membership import (
    Plan,
    ask_to_synchronise,
    change,
    leave,
    let_in,
    network,
    own_address,
    put_out,
    take_part,
)
from roamline.rooms.clusters.service.publishing import foreign, publish, publish_kind, source
from roamline.rooms.clusters.service.saying import append, append_many, is_joined, log_in, log_out
from roamline.rooms.clusters.service.showing import (
    Cluster,
    Whereabouts,
    by_origin,
    clusters,
    homes_of,
    is_number_elsewhere,
    is_running,
    named,
    own,
    own_origin,
    records,
    records_of_kind,
    where_is,
)

__all__ = [
    "CannotCut",
    "CannotJoin",
    "Cluster",
    "Plan",
    "Received",
    "Whereabouts",
    "append",
    "append_many",
    "ask_to_synchronise",
    "by_origin",
    "change",
    "clusters",
    "cut",
    "cut_links",
    "foreign",
    "homes_of",
    "is_joined",
    "is_number_elsewhere",
    "is_running",
    "key_in_use",
    "key_name",
    "leave",
    "let_in",
    "log_in",
    "log_out",
    "mend",
    "named",
    "network",
    "network_key",
    "network_keys",
    "on_key_in_use",
    "on_network_key",
    "on_newer_log_in",
    "on_record",
    "own",
    "own_address",
    "own_origin",
    "publish",
    "publish_kind",
    "put_out",
    "records",
    "records_of_kind",
    "rotate_key",
    "source",
    "take_part",
    "take_up",
    "try_again",
    "waiting_for",
    "where_is",
]
