"""Device profiles: all that one says is given on its page, and the phone has it from log-in to log-out (EM-3)."""

from __future__ import annotations

import pytest
from django.test import Client
from lxml import etree

from roamline.doors.device_api.rendering import configuration_of
from roamline.doors.provisioning import device_files
from roamline.rooms.dialplan.models import CallingSearchSpace
from roamline.rooms.mobility import service as mobility
from roamline.rooms.mobility.service import By, LoggedIn, LogIn, Way
from roamline.rooms.phones.models import Button, DeviceProfile, Forward, Line, Phone, PhoneService
from tests.doors.admin_web import pages
from tests.doors.admin_web.small_site import NOW, SmallSite

BY = By("admin", Way.ADMINISTRATOR)


@pytest.fixture
def profile(small_site: SmallSite, admin: Client) -> DeviceProfile:
    """One that was filled in on its page, with everything that a profile has."""
    model = small_site.profile.model.pk
    facts = {"name": "EM_full", "description": "All of it", "kind": "user", "model": model, "user_locale": "zh"}
    assert pages.send(admin, pages.add_to(DeviceProfile), facts).status_code == 302
    made = DeviceProfile.objects.get(name="EM_full")
    inside = CallingSearchSpace.objects.get(name="Internal only").pk
    values = pages.open_form(admin, pages.address_of(made)) | {
        "dnd_enabled": "on", "dnd_option": "ringer_off", "dnd_alert": "flash", "always_use_prime_line": "on",
        "ignore_presentation": "on",
    }  # fmt: skip
    for key, (number, more) in enumerate(
        {
            "1001": {"label": "Desk", "display_name": "Alice A.", "external_mask": "555XXXX", "ring_setting": "once"},
            "1003": {"ring_setting": "flash"},
            "8001": {"is_intercom": "on", "default_phone": small_site.phone(1).pk},
        }.items(),
        start=1,
    ):
        line = {"button": key, "directory_number": small_site.routing.number(number).pk, "css": inside}
        values = pages.add_row(values, "lines", **{"ring_setting": "default", **line, **more})
    values = pages.add_row(values, "buttons", position=4, kind="speed_dial", label="Lobby", number="1901")
    values = pages.add_row(values, "buttons", position=5, kind="blf", label="Bob", number="1002")
    answer = admin.post(pages.address_of(made), values)
    assert answer.status_code == 302, pages.text_of(answer)
    Forward.objects.create(line=made.lines.get(index=1), kind="busy", destination="1901", css_id=inside)
    made.services.set(PhoneService.objects.all())
    made.refresh_from_db()
    return made


def texts(path: str) -> list[str]:
    content = device_files.render("SEP0011AA220001")
    assert content is not None
    return [element.text or "" for element in etree.fromstring(content).findall(path)]


def rung() -> list[str]:
    return texts(".//line[@lineIndex]/ringSettingIdle")


@pytest.mark.proves("EM-3")
def test_all_of_a_profile_is_on_the_phone_from_log_in_to_log_out(small_site: SmallSite, profile: DeviceProfile) -> None:
    phone = small_site.phone(1)
    before = (rung(), texts("dndCallAlert"), texts(".//alwaysUsePrimeLine"))
    profile.controllers.create(account_id=small_site.alice.pk, position=1)
    assert isinstance(mobility.log_in(LogIn(phone.name, "alice", None, profile="EM_full"), BY, NOW), LoggedIn)
    assert rung() == ["3", "2", "4"]
    assert texts("dndCallAlert") == ["5"]
    assert texts(".//alwaysUsePrimeLine") == ["true"]
    assert texts("userLocale/langCode") == ["zh_CN"]
    assert texts(".//line[@lineIndex]/featureLabel") == ["Desk", "1003", "8001"]
    assert texts(".//line[@lineIndex]/displayName")[0] == "Alice A."
    assert texts(".//speedDialNumber") == ["1901", "1002"]
    assert "Extension Mobility" in texts("phoneServices/phoneService/name")
    read = configuration_of(phone.name)
    assert read is not None
    assert (read.do_not_disturb, read.do_not_disturb_option, read.do_not_disturb_alert) == (True, "ringer_off", "flash")
    assert [line.ring_setting for line in read.lines] == ["once", "flash", "default"]
    mobility.log_out(phone.name, BY, NOW)
    assert (rung(), texts("dndCallAlert"), texts(".//alwaysUsePrimeLine")) == before == (["4"], ["1"], ["false"])


@pytest.mark.proves("EM-3")
def test_a_copy_has_everything_and_the_one_goes_when_it_is_deleted(
    small_site: SmallSite, profile: DeviceProfile, admin: Client
) -> None:
    assert admin.post(pages.address_of(profile).replace("/change/", "/copy/"), {"name": "EM_two"}).status_code == 302
    copy = DeviceProfile.objects.get(name="EM_two")

    def facts(of: DeviceProfile) -> list[object]:
        plain = {field.name for field in DeviceProfile._meta.concrete_fields} - {"id", "uuid", "name", "revision"}
        lines = {field.name for field in Line._meta.concrete_fields} - {"id", "uuid", "profile", "revision"}
        return [
            {name: getattr(of, name) for name in plain},
            list(of.lines.values(*lines)),
            list(Button.objects.filter(profile=of).values("position", "kind", "label", "number", "service")),
            list(Forward.objects.filter(line__profile=of).values("kind", "destination", "css", "line__index")),
            set(of.services.all()),
        ]

    assert facts(copy) == facts(profile)
    listed = admin.get(pages.list_of(DeviceProfile), {"find": "name", "how": "is", "text": "em_two"})
    assert [each.name for each in listed.context["cl"].result_list] == ["EM_two"]
    pages.send(admin, pages.address_of(copy), {"dnd_alert": "", "lines-0-ring_setting": "disable"})
    copy.refresh_from_db()
    assert (copy.dnd_alert, copy.lines.get(index=1).ring_setting) == ("", "disable")
    assert "Protocol SIP" in pages.text_of(admin.get(pages.address_of(copy)))
    admin.post(pages.address_of(copy, "delete"), {"post": "yes"})
    assert list(DeviceProfile.objects.filter(name__in=["EM_two", "EM_full"])) == [profile]


@pytest.mark.parametrize(
    ("alert", "said"),
    [("", "1"), ("disable", "0"), ("beep", "1"), ("flash", "5")],
    ids=["none", "off", "beep", "flash"],
)
def test_the_alert_of_a_phones_own_settings_is_given_on_its_page(
    small_site: SmallSite, admin: Client, alert: str, said: str
) -> None:
    phone = small_site.phone(1)
    changes = {"own_dnd_alert": alert, "own_dnd_option": "ringer_off", "lines-0-ring_setting": "disable"}
    assert pages.send(admin, pages.address_of(phone), changes).status_code == 302
    own = Phone.objects.get(pk=phone.pk).own_profile
    assert (own.dnd_alert, own.dnd_option) == (alert, "ringer_off")
    assert (texts("dndCallAlert"), rung()) == ([said], ["1"])


def test_a_value_that_there_is_not_is_refused(profile: DeviceProfile, admin: Client) -> None:
    for bad in ({"dnd_alert": "loud"}, {"lines-0-ring_setting": "loud"}):
        assert "Select a valid choice" in pages.text_of(pages.send(admin, pages.address_of(profile), bad))
