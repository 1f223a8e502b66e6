"""Telling a Cisco phone by REFER what it is to show, without a restart."""

from __future__ import annotations

import secrets

from django.conf import settings

from roamline.doors.call_control import launch
from roamline.doors.call_control.effects import LOOK_AGAIN_SECONDS
from roamline.doors.call_control.rpc import Rpc, RpcRefused, Unreachable
from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones import addressing
from roamline.rooms.phones.models import Phone
from roamline.wires import remote_control


def cisco_phone(name: str) -> Phone | None:
    """A phone that can be told so; None for any other kind, and where there is no call control."""
    if not settings.CONFIG["call_control.enabled"] or launch.missing() is not None:
        return None
    found = Phone.objects.select_related("model", "own_profile", "current_profile")
    return found.filter(name=name, model__registers_once=True).first()


def tell(phone: Phone, body: str) -> None:
    """Send it to where the phone is registered now, if it is.

    Errors: TryAgain while Kamailio does not answer.
    """
    rpc = Rpc.of(settings.CONFIG)
    try:
        for contact in rpc.contacts(phone.folded_name):
            host = addressing.own_sip_host(contact.host)
            headers = remote_control.refer_headers(host, contact.user, contact.host, secrets.token_hex(8))
            rpc.request("REFER", contact, headers, body)
    except Unreachable as silence:
        raise ledger.TryAgain(LOOK_AGAIN_SECONDS, str(silence)) from silence
    except (RpcRefused, ValueError):
        return  # a contact that is not a Cisco phone's
