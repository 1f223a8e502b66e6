"""Who may use the device API: a device, by its token."""

from __future__ import annotations

import hmac

from django.http import HttpRequest
from ninja.security import HttpBearer

from roamline.kernel.secret import Secret
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import Phone

_NOBODYS_HASH = "0" * 64


class DeviceToken(HttpBearer):
    """``Authorization: Bearer <device token>``, for the device that the path names."""

    openapi_description = "The device's own token; an administrator issues it."

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """The device's name as the database has it, or None (401) when the token is not this device's."""
        match = request.resolver_match
        return device_of(str(match.kwargs.get("device", "")) if match else "", token)


def device_of(device: str, token: str) -> str | None:
    """The device's name when the token is its own, else None; takes the same time for an unknown device."""
    if not device.isprintable():  # no device is called so, and PostgreSQL refuses NUL
        return None
    found = Phone.objects.filter(folded_name=device.lower()).values_list("name", "token_hash").first()
    name, known_hash = found or ("", "")
    matches = hmac.compare_digest(known_hash or _NOBODYS_HASH, secrets.token_hash(Secret(token)))
    return name if matches else None


def takes_configuration(device: str) -> bool:
    """Whether a device is run from here: a software phone is.

    A desk phone reads its own files, so what holds its token is a desk agent, which needs no SIP secret and gets none.
    """
    return Phone.objects.filter(folded_name=device.lower(), model__is_software=True).exists()
