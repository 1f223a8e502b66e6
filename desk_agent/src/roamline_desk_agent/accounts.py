"""The SIP accounts that a configuration asks for, in baresip's own notation.

Notation: the "accounts" file of baresip 1.0.0; every line is authenticated as the device, not as its number.
"""

import re
from dataclasses import dataclass

from roamline_desk_agent.configuration import Configuration, Registrar
from roamline_desk_agent.secret import Secret

REGISTER_EVERY_S = 60
UNSAFE_IN_A_NAME = re.compile(r'["\\<>;\x00-\x1f\x7f]')


@dataclass(frozen=True, slots=True)
class Account:
    """One registration: a line's number at a registrar, under the device's name and secret.

    One that is ``for_emergency`` registers nowhere: only emergency calls are made with it, in the phone's own cluster.
    """

    number: str
    realm: str
    display_name: str
    auth_user: str
    secret: Secret
    registrar: Registrar
    for_emergency: bool = False

    @property
    def aor(self) -> str:
        """The address of record, as baresip names the account in its events."""
        return address(self.number, self.realm)


def address(number: str, realm: str) -> str:
    """A number's SIP address; `#` may not stand bare in one (RFC 3261 section 25.1)."""
    return f"sip:{number.replace('#', '%23')}@{realm}"


def accounts_of(configuration: Configuration, override: Registrar | None = None) -> tuple[Account, ...]:
    """One account per number, in line order; a number on two keys registers once. `override` replaces the registrar."""
    by_number = {line.number: line for line in reversed(configuration.lines)}
    firsts = sorted(by_number.values(), key=lambda line: line.index)
    lines = tuple(
        Account(
            number=line.number,
            realm=configuration.realm,
            display_name=line.display_name or line.label,
            auth_user=configuration.auth_user,
            secret=configuration.secret,
            registrar=override or configuration.registrar,
        )
        for line in firsts
    )
    return (*lines, *_emergency(configuration, override))


def _emergency(configuration: Configuration, override: Registrar | None) -> tuple[Account, ...]:
    at = configuration.emergency
    if at is None:
        return ()
    registrar = override or at.registrar
    return (Account(at.number, at.realm, "", at.auth_user, at.secret, registrar, for_emergency=True),)


def account_line(account: Account) -> str:
    """The account as `uanew` takes it. Holds the secret: for baresip only, never for a log."""
    name = UNSAFE_IN_A_NAME.sub(" ", account.display_name).strip()
    at = account.registrar
    host = f"[{at.host}]" if ":" in at.host else at.host
    every = 0 if account.for_emergency else REGISTER_EVERY_S
    return (
        f'"{name}" <{account.aor};transport={at.transport}>;auth_user={account.auth_user}'
        f";auth_pass={account.secret.reveal()}"
        f';outbound="sip:{host}:{at.port};transport={at.transport}";regint={every}'
    )
