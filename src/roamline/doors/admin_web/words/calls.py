"""What administrators read for numbers, patterns, spaces, and what call features keep."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# model: one, many
NOUNS: dict[str, tuple[Any, Any]] = {
    "dialplan.Partition": (_("partition"), _("partitions")),
    "dialplan.CallingSearchSpace": (_("calling search space"), _("calling search spaces")),
    "dialplan.CallingSearchSpaceMember": (_("partition of the space"), _("partitions, in order")),
    "dialplan.DirectoryNumber": (_("directory number"), _("directory numbers")),
    "dialplan.RoutePattern": (_("route pattern"), _("route patterns")),
    "dialplan.TranslationPattern": (_("translation pattern"), _("translation patterns")),
    "dialplan.Trunk": (_("trunk"), _("trunks")),
    "features.Assistance": (_("assistant"), _("assistants, in order")),
    "features.ManagerSettings": (_("manager's switches"), _("manager's switches")),
    "features.FilteredCaller": (_("caller that the filter names"), _("callers that the filter names")),
    "features.CallBack": (_("call back"), _("call backs")),
}

# model: field: what stands beside it
FIELDS: dict[str, dict[str, Any]] = {
    "dialplan.Partition": {"name": _("name"), "description": _("description")},
    "dialplan.CallingSearchSpace": {"name": _("name"), "description": _("description")},
    "dialplan.CallingSearchSpaceMember": {"partition": _("partition"), "position": _("order")},
    "dialplan.DirectoryNumber": {
        "pattern": _("directory number"),
        "partition": _("partition"),
        "alerting_name": _("alerting name"),
        "description": _("description"),
    },
    "dialplan.RoutePattern": {
        "pattern": _("route pattern"),
        "partition": _("partition"),
        "trunk": _("trunk"),
        "discard_before_dot": _("discard digits before the dot"),
        "prefix": _("prefix digits"),
        "description": _("description"),
    },
    "dialplan.TranslationPattern": {
        "pattern": _("translation pattern"),
        "partition": _("partition"),
        "css": _("calling search space"),
        "discard_before_dot": _("discard digits before the dot"),
        "prefix": _("prefix digits"),
        "description": _("description"),
    },
    "dialplan.Trunk": {
        "name": _("name"),
        "host": _("host"),
        "port": _("port"),
        "transport": _("transport"),
        "inbound_css": _("inbound calling search space"),
        "description": _("description"),
    },
    "features.Assistance": {"account": _("assistant"), "position": _("order")},
    "features.ManagerSettings": {
        "divert_all": _("divert all calls to the assistants"),
        "filter_on": _("call filter on"),
        "filter_kind": _("what the filter does"),
    },
    "features.FilteredCaller": {"pattern": _("caller")},
    "features.CallBack": {
        "phone": _("phone"),
        "account": _("user"),
        "line": _("own number"),
        "number": _("directory number"),
        "waits_for": _("why it waits"),
    },
}

# model: field: the help beneath it
HELP: dict[str, dict[str, Any]] = {
    "dialplan.Trunk": {
        "inbound_css": _("What calls that arrive here may reach. Empty: every directory number, and nothing outside."),
    },
}

# model, field: what each choice is called
CHOICES: dict[tuple[str, str], dict[str, Any]] = {
    ("features.ManagerSettings", "filter_kind"): {
        "these": _("These callers go to the assistants"),
        "others": _("All but these callers go to the assistants"),
    },
    ("features.CallBack", "waits_for"): {"idle": _("busy"), "use": _("no answer")},
}
