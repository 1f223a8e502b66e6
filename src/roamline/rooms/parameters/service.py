"""Asking and changing parameters."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from roamline.rooms.ledger import service as ledger
from roamline.rooms.parameters import rules, store
from roamline.rooms.parameters.rules import REGISTRY, InvalidValue, Parameter

PROPOSED_LOGIN_TIME = "8:00"
APPLIED = "applied: "


class Parameters:
    """The values in force at one moment, read with one statement; ask with the registry's entries."""

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

    def maximum_login_time(self) -> timedelta | None:
        """The intra-cluster maximum login time, or None when it is not enforced (EM-23)."""
        return rules.parse_time_limit(
            self.value(rules.ENFORCE_MAXIMUM_LOGIN_TIME), self.value(rules.MAXIMUM_LOGIN_TIME)
        )


def now_in_force() -> Parameters:
    """Every parameter's value, as committed now."""
    return Parameters(store.all_values())


@transaction.atomic
def change(*, service: str, name: str, value: str, actor: str, way: str, source: str, now: datetime) -> None:
    """Set a parameter, with its audit entry; KeyError for an unknown name, InvalidValue for a bad value.

    What else happens: a login time above 0:00 turns its enforcement on, turning the enforcement on over 0:00
    proposes 8:00, and turning it off stores 0:00 (EM-23).
    """
    parameter = REGISTRY[(service, name)]
    parameter.parse(value)
    for follower, text in _with_consequences(parameter, value).items():
        before = now_in_force().text(follower)
        if text == follower.default:
            store.drop(follower.service, follower.name)
        else:
            store.put(follower.service, follower.name, text)
        ledger.record(
            at=now, action="parameter.changed", actor=actor, way=way, source=source,
            subject=f"{follower.service}: {follower.name}", details={"before": before, "after": text},
        )  # fmt: skip


@transaction.atomic
def apply_config(*, actor: str, way: str, source: str, now: datetime) -> int:
    """*Apply config*: put the saved values of parameters that need it in force; how many changed (HS-10)."""
    saved = now_in_force()
    pending = saved.pending()
    for parameter in pending:
        text, before = saved.text(parameter), saved.applied_text(parameter)
        if text == parameter.default:
            store.drop(APPLIED + parameter.service, parameter.name)
        else:
            store.put(APPLIED + parameter.service, parameter.name, text)
        ledger.record(
            at=now, action="parameter.applied", actor=actor, way=way, source=source,
            subject=f"{parameter.service}: {parameter.name}", details={"before": before, "after": text},
        )  # fmt: skip
    return len(pending)


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


__all__ = ["InvalidValue", "Parameters", "apply_config", "change", "now_in_force"]
