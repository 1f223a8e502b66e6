"""Which addresses are registered, told from baresip's events. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from roamline_desk_agent.words import gettext_noop

REFUSED = ("401", "403", "407")


@dataclass(frozen=True, slots=True)
class Registration:
    """`registering`, `registered` or `failed`; `reason` is the registrar's status line."""

    state: str
    reason: str = ""

    @property
    def is_registered(self) -> bool:
        """Whether calls reach this number here."""
        return self.state == "registered"

    @property
    def is_refused(self) -> bool:
        """Whether the registrar did not accept the secret: a newer configuration is likely to exist."""
        return self.state == "failed" and self.reason.startswith(REFUSED)


@dataclass(slots=True)
class Registrations:
    """By address of record. Forgets an address when its last account is gone."""

    by_aor: dict[str, Registration] = field(default_factory=dict)

    def of(self, aor: str) -> Registration:
        """The state of one address."""
        return self.by_aor.get(aor, Registration(gettext_noop("unregistered")))

    def begin(self, aor: str) -> None:
        """An account for this address was just made."""
        self.by_aor[aor] = Registration(gettext_noop("registering"))

    def forget(self, aor: str) -> None:
        """Nothing is registered for this address from now on."""
        self.by_aor.pop(aor, None)

    def keep_only(self, aors: Iterable[str]) -> None:
        """The addresses that still have an account."""
        kept = set(aors)
        self.by_aor = {aor: state for aor, state in self.by_aor.items() if aor in kept}

    def hear(self, event: Mapping[str, object]) -> str | None:
        """Take one baresip event in. The address, when it has just become registered."""
        aor = str(event.get("accountaor") or "")
        if aor not in self.by_aor:
            return None
        before = self.by_aor[aor]
        match event.get("type"):
            case "REGISTER_OK":
                self.by_aor[aor] = Registration(gettext_noop("registered"))
                return None if before.is_registered else aor
            case "REGISTER_FAIL":
                self.by_aor[aor] = Registration(gettext_noop("failed"), str(event.get("param") or "no answer"))
        return None
