"""What administrators read for log-ins, jobs, parameters, the audit trail and what waits for its time."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

# model: one, many
NOUNS: dict[str, tuple[Any, Any]] = {
    "parameters.ParameterValue": (_("parameter"), _("parameters")),
    "mobility.LoginSession": (_("login session"), _("login sessions")),
    "emcc.RemoteClusterServices": (_("remote cluster"), _("remote clusters")),
    "emcc.InterclusterServiceProfile": (_("intercluster service profile"), _("intercluster service profiles")),
    "bulk.Job": (_("job"), _("jobs")),
    "mobility.LogOutSchedule": (_("scheduled log-out"), _("scheduled log-outs")),
    "ledger.AuditEntry": (_("audit entry"), _("audit trail")),
    "ledger.Deadline": (_("deadline"), _("deadlines")),
    "ledger.Effect": (_("effect"), _("effects")),
}

# model: field: what stands beside it
FIELDS: dict[str, dict[str, Any]] = {
    "emcc.RemoteClusterServices": {
        "name": _("cluster"),
        "emcc_enabled": _("EMCC"),
        "pstn_access_enabled": _("PSTN access"),
    },
    "mobility.LogOutSchedule": {
        "name": _("name"),
        "whom": _("whom"),
        "device_pool": _("device pool"),
        "account": _("user"),
        "at": _("at"),
        "days": _("days"),
        "once_on": _("only on"),
        "enabled": _("enabled"),
    },
    "mobility.LoginSession": {
        "phone": _("phone"),
        "account": _("user"),
        "profile": _("device profile"),
        "started_at": _("logged in at"),
        "way": _("way"),
        "source": _("from address"),
        "expires_at": _("until at most"),
        "confirmation": _("confirmation by the phone"),
        "confirmed_at": _("confirmed at"),
        "ended_at": _("logged out at"),
        "ended_way": _("logged out by"),
        "ended_reason": _("reason"),
        "restart_kind": _("the phone was told to"),
    },
    "bulk.Job": {
        "kind": _("kind"),
        "table": _("table"),
        "state": _("state"),
        "file_name": _("file"),
        "requested_by": _("asked for by"),
        "problem": _("problem"),
    },
    "ledger.AuditEntry": {
        "at": _("when"),
        "action": _("what"),
        "actor": _("who"),
        "way": _("way"),
        "source": _("from address"),
        "user_id": _("user"),
        "device": _("phone"),
        "subject": _("on what"),
        "result": _("result"),
        "succeeded": _("succeeded"),
        "reason": _("reason"),
        "details": _("details"),
    },
    "ledger.Deadline": {
        "kind": _("what happens"),
        "subject": _("to what"),
        "due_at": _("when"),
        "payload": _("details"),
        "claimed_by": _("worked on by"),
        "attempts": _("attempts"),
        "last_error": _("last error"),
    },
    "ledger.Effect": {
        "kind": _("what is told"),
        "subject": _("to whom"),
        "version": _("version"),
        "due_at": _("when"),
        "payload": _("details"),
        "claimed_by": _("worked on by"),
        "attempts": _("attempts"),
        "last_error": _("last error"),
    },
}

HELP: dict[str, dict[str, Any]] = {}

# model, field: what each choice is called
CHOICES: dict[tuple[str, str], dict[str, Any]] = {
    ("bulk.Job", "kind"): {"import": _("Import"), "export": _("Export")},
    ("bulk.Job", "state"): {
        "waiting": _("Waiting"),
        "running": _("Running"),
        "done": _("Done"),
        "failed": _("Failed"),
        "cancelled": _("Cancelled"),
    },
    ("mobility.LogOutSchedule", "whom"): {
        "everybody": _("Everybody"),
        "device pool": _("A device pool"),
        "user": _("A user"),
    },
    ("mobility.LoginSession", "confirmation"): {
        "waiting": _("Waiting"),
        "confirmed": _("Confirmed"),
        "not confirmed": _("Not confirmed"),
    },
}
