"""Which accounts to add and to remove, and in which order: a pure function.

Adding comes before removing, so that at every instant there is an account to place an emergency call from. That holds
for an unchanged number too: baresip keeps two accounts of one address side by side, each with a Contact of its own, so
the late un-REGISTER of the old one cannot take the new registration with it (removing first would let baresip reuse
the Contact: seen with 1.0.0). `uadel` removes the oldest account of an address.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from roamline_desk_agent.accounts import Account


@dataclass(frozen=True, slots=True)
class Add:
    """Create the account and register it."""

    account: Account


@dataclass(frozen=True, slots=True)
class Remove:
    """Un-register and delete the oldest account of this one's address."""

    account: Account


Step = Add | Remove


def plan(present: Sequence[Account], wanted: Sequence[Account], stale: Collection[Account] = ()) -> tuple[Step, ...]:
    """The steps from the accounts `present` (oldest first) to those `wanted` (line order).

    An account in `stale` is made anew although it is wanted as it is: its registration failed. Nothing to change
    gives no steps. Carrying the steps out halfway and planning again reaches the same end.
    """
    newest = {account.aor: account for account in present}
    kept = {account for account in newest.values() if account in wanted and account not in stale}
    added = [account for account in wanted if account not in kept]
    removed = _without_newest(present, kept)
    return (*map(Add, added), *map(Remove, removed))


def _without_newest(present: Sequence[Account], kept: Collection[Account]) -> list[Account]:
    last = {account.aor: position for position, account in enumerate(present)}
    return [account for position, account in enumerate(present) if account not in kept or position != last[account.aor]]


def after(present: Sequence[Account], step: Step) -> tuple[Account, ...]:
    """The accounts there are once baresip has carried out `step`."""
    match step:
        case Add(account):
            return (*present, account)
        case Remove(account):
            oldest = next((i for i, each in enumerate(present) if each.aor == account.aor), len(present))
            return (*present[:oldest], *present[oldest + 1 :])


def dialling_account(
    present: Sequence[Account], wanted: Sequence[Account], *, is_emergency: bool = False
) -> Account | None:
    """The account to dial from: the first wanted line that is there, else any (its old secret still reaches 112).

    An emergency call goes by the account that is there for that, when there is one (RO-32).
    """
    for_it = next((account for account in wanted if account.for_emergency and account in present), None)
    if is_emergency and for_it is not None:
        return for_it
    return next((account for account in wanted if account in present), present[-1] if present else None)
