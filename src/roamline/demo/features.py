"""The demo's telephone features: bob is alice's assistant; the phone services Assistant and Call Back."""

from __future__ import annotations

from django.conf import settings

from roamline.rooms.directory.models import Account
from roamline.rooms.features.models import Assistance, ManagerSettings
from roamline.rooms.phones import addressing
from roamline.rooms.phones.models import DeviceProfile, PhoneService


def build() -> None:
    """Make bob alice's assistant, both subscribed to the Assistant service; everybody may ask for call backs."""
    alice, bob = (DeviceProfile.objects.get(name=name) for name in ("EM_alice", "EM_bob"))
    Assistance.objects.create(profile=alice, account=Account.objects.get(user_id="bob"))
    ManagerSettings.objects.create(profile=alice)
    assistant = _service("Assistant", "/assistant/AssistantServlet")
    for profile in (alice, bob):
        profile.services.add(assistant)
    _service("Call Back", "/callback/CallBackServlet", enterprise_subscription=True)


def _service(name: str, path: str, *, enterprise_subscription: bool = False) -> PhoneService:
    host, query = addressing.bracketed(settings.CONFIG["site.advertised_host"]), "?device=#DEVICENAME#"
    return PhoneService.objects.create(
        name=name,
        url=f"http://{host}:{settings.CONFIG['phones.port']}{path}{query}",
        secure_url=f"https://{host}:{settings.CONFIG['secure.port']}{path}{query}",
        enterprise_subscription=enterprise_subscription,
    )
