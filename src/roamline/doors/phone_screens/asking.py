"""Reading what a phone sent: query or form parameters, language, address."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.http import HttpRequest

from roamline.kernel.secret import Secret
from roamline.rooms.mobility.rules.log_in import PhoneFacts
from roamline.rooms.phones import addressing

LONGEST_VALUE = 256
LONGEST_HEADER = 1000
LANGUAGES = {"en": "en", "zh": "zh-hans", "ko": "ko"}


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of a phone to the Extension Mobility application, or to change a PIN.

    ``identifier`` and ``pin`` are None when the phone sent none (it opens the service), and may be empty. ``do`` and
    ``of`` are what a feature service is to do, and with what. ``emcc``: the phone can log in across clusters (RO-30).
    """

    device: str
    login_type: str
    identifier: str | None
    pin: Secret | None
    do_logout: bool
    profile: str | None
    ticket: str | None
    connection: str
    forwarded_for: str
    via: str
    base_url: str
    accept_language: str
    new_pin: Secret | None = None
    new_pin_again: Secret | None = None
    is_secure: bool = False
    do: str = ""
    of: str = ""
    emcc: bool = False

    @property
    def opens_the_service(self) -> bool:
        """Whether the phone only opened the service, without id and PIN."""
        return self.identifier is None and self.pin is None


def read(request: HttpRequest) -> Asked:
    """Read a GET or POST; parameter names are case-sensitive, values longer than 256 characters are cut."""
    connection, is_secure = request.META.get("REMOTE_ADDR", ""), request.is_secure()
    both = request.GET.dict()
    if request.method == "POST":
        both |= request.POST.dict()
    return Asked(
        device=_clean(both.get("device", "")),
        login_type=_clean(both.get("loginType", "UID")),
        identifier=_clean(both["userid"]) if "userid" in both else None,
        pin=_secret(both, "seq"),
        do_logout=both.get("doLogout") == "true",
        profile=_clean(both["profile"]) if "profile" in both else None,
        ticket=_clean(both["ticket"]) if "ticket" in both else None,
        connection=connection,
        forwarded_for=request.META.get("HTTP_X_FORWARDED_FOR", "")[-LONGEST_HEADER:],
        via=request.META.get("HTTP_VIA", "")[:LONGEST_HEADER],
        base_url=addressing.own_base_url(addressing.mode_of_source(connection), secure=is_secure),
        is_secure=is_secure,
        accept_language=request.META.get("HTTP_ACCEPT_LANGUAGE", "")[:200],
        new_pin=_secret(both, "newseq"),
        new_pin_again=_secret(both, "newseqagain"),
        do=_clean(both.get("do", ""))[:32],
        of=_clean(both.get("of", ""))[:36],
        emcc=both.get("EMCC") == "true",
    )


# They are in no id, name or PIN, and PostgreSQL refuses NUL: such a value then matches nothing.
_CONTROL_CHARACTERS = dict.fromkeys([*range(32), 127], "\N{REPLACEMENT CHARACTER}")


def _secret(values: dict[str, str], name: str) -> Secret | None:
    return Secret(_clean(values[name])) if name in values else None


def _clean(text: str) -> str:
    cut = text[:LONGEST_VALUE].strip(" ")
    return cut if cut.isprintable() else cut.translate(_CONTROL_CHARACTERS)


def for_phone(asked: Asked, phone: PhoneFacts) -> Asked:
    """The request with this node's address as that very phone reaches it (EM-2)."""
    base_url = addressing.own_base_url(phone.address_mode, secure=asked.is_secure)
    return asked if base_url == asked.base_url else replace(asked, base_url=base_url)


def language_for(locale: str, accept_language: str) -> str:
    """Django's language for a phone: its profile's locale, else what the phone prefers, else English."""
    if locale in LANGUAGES:
        return LANGUAGES[locale]
    for preferred in accept_language.split(","):
        code = preferred.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return LANGUAGES[code]
    return "en"
