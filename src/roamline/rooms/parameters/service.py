"""Asking and changing parameters."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from roamline.rooms.ledger import service as ledger
from roamline.rooms.parameters import rules, store
from roamline.rooms.parameters.moment import once
from roamline.rooms.parameters.rules import REGISTRY, InvalidValue, Parameter
from roamline.rooms.parameters.rules.parameter import NODE

PROPOSED_LOGIN_TIME = "8:00"
APPLIED = "applied: "


class Parameters:
    """The values in force at one moment on one node, read with one statement; ask with the registry's entries."""

    __slots__ = ("_values",)

    def __init__(self, values: dict[tuple[str, str], str]) -> None:
        self._values = values

    def text(self, parameter: Parameter) -> str:
        """A parameter's value as the interfaces show it."""
        return self._values.get((parameter.service, parameter.name), parameter.default)

    def value(self, parameter: Parameter) -> object:
        """A parameter's value as the code uses it."""
        return parameter.parse(self.text(parameter))

    def applied_text(self, parameter: Parameter) -> str:
        """The value in force of a parameter that needs *Apply config*; a saved one that was not applied waits."""
        return self._values.get((APPLIED + parameter.service, parameter.name), parameter.default)

    def pending(self) -> tuple[Parameter, ...]:
        """The parameters that were saved and wait for *Apply config*."""
        waiting = (each for each in REGISTRY.values() if each.needs_apply)
        return tuple(each for each in waiting if self.text(each) != self.applied_text(each))

    def number(self, parameter: Parameter) -> int:
        """A whole-number parameter."""
        return int(self.text(parameter))

    def is_true(self, parameter: Parameter) -> bool:
        """A parameter that is True or False."""
        return self.value(parameter) is True

    def list(self, parameter: Parameter) -> tuple[str, ...]:
        """A parameter that lists addresses."""
        found = self.value(parameter)
        return found if isinstance(found, tuple) else ()

    def maximum_login_time(self) -> timedelta | None:
        """The intra-cluster maximum login time, or None when it is not enforced (EM-23)."""
        limit = self.value(rules.MAXIMUM_LOGIN_TIME)
        enforced = self.is_true(rules.ENFORCE_MAXIMUM_LOGIN_TIME)
        return limit if enforced and isinstance(limit, timedelta) and limit else None

    def inter_cluster_login_time(self) -> timedelta | None:
        """How long a user of another cluster stays logged in here, or None for no limit (EM-23)."""
        limit = self.value(rules.INTER_CLUSTER_MAXIMUM_LOGIN_TIME)
        return limit if isinstance(limit, timedelta) and limit else None


def this_node() -> str:
    """The name of the node that this process belongs to."""
    return str(settings.CONFIG["site.node"])


def now_in_force(node: str | None = None) -> Parameters:
    """Every parameter's value, as committed now, on this node or a named one."""
    where = this_node() if node is None else node
    return once(("parameters", where), lambda: Parameters(store.on_node(where).values))


@transaction.atomic
def change(
    *, service: str, name: str, value: str, actor: str, way: str, source: str, now: datetime, node: str | None = None
) -> None:
    """Set a parameter, with its audit entry; KeyError for an unknown name, InvalidValue for a bad value.

    One of scope node is set on ``node``, or on this node; for the others ``node`` means nothing. What else happens: a
    login time above 0:00 turns its enforcement on, turning the enforcement on over 0:00 proposes 8:00, and turning it
    off stores 0:00 (EM-23).
    """
    parameter = REGISTRY[(service, name)]
    parameter.parse(value)
    where = (node or this_node()) if parameter.scope == NODE else ""
    for follower, text in _with_consequences(parameter, value).items():
        before = now_in_force(where or None).text(follower)
        if text == follower.default:
            store.drop(follower.service, follower.name, where)
        else:
            store.put(follower.service, follower.name, where, text)
        ledger.record(
            at=now, action="parameter.changed", actor=actor, way=way, source=source,
            subject=f"{follower.service}: {follower.name}",
            details={"before": before, "after": text} | ({"node": where} if where else {}),
        )  # fmt: skip


@transaction.atomic
def apply_config(*, actor: str, way: str, source: str, now: datetime) -> int:
    """*Apply config*: put the saved values of parameters that need it in force; how many changed (HS-10)."""
    saved = now_in_force()
    pending = saved.pending()
    for parameter in pending:
        text, before = saved.text(parameter), saved.applied_text(parameter)
        if text == parameter.default:
            store.drop(APPLIED + parameter.service, parameter.name, "")
        else:
            store.put(APPLIED + parameter.service, parameter.name, "", text)
        ledger.record(
            at=now, action="parameter.applied", actor=actor, way=way, source=source,
            subject=f"{parameter.service}: {parameter.name}", details={"before": before, "after": text},
        )  # fmt: skip
    return len(pending)


def reset(
    *, service: str, name: str, actor: str, way: str, source: str, now: datetime, node: str | None = None
) -> None:
    """Give a parameter its default back, with its audit entry; KeyError for an unknown name."""
    default = REGISTRY[(service, name)].default
    change(service=service, name=name, value=default, actor=actor, way=way, source=source, now=now, node=node)


def _with_consequences(parameter: Parameter, value: str) -> dict[Parameter, str]:
    enforce, limit = rules.ENFORCE_MAXIMUM_LOGIN_TIME, rules.MAXIMUM_LOGIN_TIME
    if parameter is limit:
        return {limit: value, enforce: "True" if limit.parse(value) else "False"}
    if parameter is not enforce:
        return {parameter: value}
    if not enforce.parse(value):
        return {enforce: "False", limit: "0:00"}
    stands = now_in_force().text(limit)
    return {enforce: "True", limit: stands if limit.parse(stands) else PROPOSED_LOGIN_TIME}


__all__ = ["InvalidValue", "Parameters", "apply_config", "change", "now_in_force", "reset", "this_node"]
