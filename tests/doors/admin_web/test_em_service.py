"""No EM service after log-in or log-out: said wherever an administrator looks, and found in the lists (EM-35)."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.test import Client

from roamline.doors.admin_web.models import EndUser
from roamline.processes import cli
from roamline.rooms.directory.models import ControlledProfile
from roamline.rooms.phones.administration import logout_profile_of as logged_out
from roamline.rooms.phones.administration import offers_extension_mobility as offers
from roamline.rooms.phones.models import Button, DeviceProfile, Phone, PhoneService
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import SmallSite
from tests.doors.admin_web.test_in_use import log_in

pytestmark = pytest.mark.django_db

AFTER_LOG_IN, AFTER_LOG_OUT = "No EM service after log-in", "No EM service after log-out"
DEVICE = "SEP0011AA220001"  # of the model that alice's profile is made for


def found(admin: Client, model: Any, value: str = "missing") -> list[str]:
    """What the list's filter leaves."""
    rows = admin.get(pages.list_of(model), {"em_service": value}).context["cl"].result_list
    return [str(row) for row in rows]


def said(admin: Client, noun: Any) -> str:
    return pages.text_of(admin.get(pages.address_of(noun)))


def explained(admin: Client) -> str:
    return pages.text_of(admin.get("/admin/explain/", {"user": "alice", "device": DEVICE}))


@pytest.mark.proves("EM-35")
def test_after_log_in_the_phone_the_profile_the_user_the_lists_and_explain_warn(
    small_site: SmallSite, admin: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    log_in(small_site, DEVICE)
    phone, user = Phone.objects.get(name=DEVICE), EndUser.objects.get(user_id="alice")
    for noun in (phone, small_site.profile, user):
        assert AFTER_LOG_IN not in said(admin, noun)
    assert AFTER_LOG_IN not in explained(admin)
    small_site.profile.services.clear()
    for noun in (phone, small_site.profile, user):
        assert AFTER_LOG_IN in said(admin, noun)
    assert found(admin, Phone, "missing_now") == [DEVICE]
    assert "EM_alice" in found(admin, DeviceProfile)
    assert found(admin, EndUser) == ["alice"]
    assert "nobody can log out on SEP0011AA220001" in explained(admin)
    cli.main(["explain", "--user", "alice", "--device", DEVICE])
    assert f"warns      {AFTER_LOG_IN}" in capsys.readouterr().out


@pytest.mark.proves("EM-35")
def test_after_log_out_the_phone_its_list_and_explain_warn(small_site: SmallSite, admin: Client) -> None:
    phone = Phone.objects.get(name=DEVICE)
    assert AFTER_LOG_OUT not in said(admin, phone) + explained(admin)
    phone.own_profile.services.clear()
    assert AFTER_LOG_OUT in said(admin, phone)
    assert found(admin, Phone) == [DEVICE]
    assert AFTER_LOG_OUT in explained(admin)


def test_a_key_an_enterprise_subscription_or_the_models_default_profile_is_a_service_too(
    small_site: SmallSite, admin: Client
) -> None:
    (service,) = small_site.routing.services
    small_site.profile.services.clear()
    key = Button.objects.create(profile=small_site.profile, position=3, kind="service", label="Log in", service=service)
    assert AFTER_LOG_IN not in said(admin, small_site.profile)
    assert "EM_alice" not in found(admin, DeviceProfile)
    key.delete()
    log_in(small_site, "SEP0011AA220003")  # a 7841, whose default device profile is subscribed
    assert AFTER_LOG_IN not in said(admin, Phone.objects.get(name="SEP0011AA220003"))
    assert found(admin, Phone, "missing_now") == []
    PhoneService.objects.update(enterprise_subscription=True)
    assert AFTER_LOG_IN not in said(admin, small_site.profile)
    assert found(admin, DeviceProfile) == found(admin, EndUser) == found(admin, Phone) == []


@pytest.mark.parametrize("seed", range(4))
def test_the_lists_find_whatever_lacks_the_service_however_services_came_to_phones(
    small_site: SmallSite, admin: Client, seed: int
) -> None:
    dice = random.Random(seed)
    log_in(small_site, DEVICE)
    (service,) = small_site.routing.services
    models = [small_site.routing.models["Cisco 8851"], small_site.routing.models["Cisco 7841"]]
    PhoneService.objects.create(name="News", url="http://192.0.2.1/news")
    made = [DeviceProfile.objects.create(name=f"EM_{n}", model=dice.choice(models)) for n in range(8)]
    for profile in DeviceProfile.objects.all():
        profile.services.set(dice.sample(list(PhoneService.objects.all()), dice.randint(0, 2)))
        if dice.random() < 0.3:
            Button.objects.create(profile=profile, position=9, kind="service", label="Log in", service=service)
    for phone in Phone.objects.all():
        phone.logout_profile = dice.choice([None, *made])
        phone.em_enabled = dice.random() < 0.8
        phone.save()
    ControlledProfile.objects.create(account=small_site.alice, profile=dice.choice(made))
    users = [profile for profile in DeviceProfile.objects.filter(kind="user") if not offers(profile)]
    assert set(found(admin, DeviceProfile)) == set(map(str, users))
    assert found(admin, EndUser) == ["alice"] * ControlledProfile.objects.filter(profile__in=users).exists()
    here = Phone.objects.get(name=DEVICE)
    assert found(admin, Phone, "missing_now") == [DEVICE] * (not offers(here.current_profile, here.model))
    phones = [phone for phone in Phone.objects.filter(em_enabled=True) if not offers(logged_out(phone), phone.model)]
    assert set(found(admin, Phone)) == set(map(str, phones))
