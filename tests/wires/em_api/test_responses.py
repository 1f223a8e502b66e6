from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roamline.kernel.errors import Error
from roamline.wires.em_api import (
    CheckedUser,
    CheckUserResults,
    DeviceProfileResults,
    DeviceUser,
    DeviceUserResults,
    Failure,
    ProfileOfUser,
    Response,
    Success,
    UnknownDevice,
    UnknownUser,
    UserDevices,
    UserDevicesResults,
    UserProfiles,
    render_response,
)
from roamline.wires.safe_xml import parse_xml

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


@pytest.mark.proves("API-1")
@pytest.mark.parametrize(
    ("response", "expected"),
    [
        (Success(), "<success/>"),
        (Failure(Error.PHONE_TAKEN), '<failure><error code="18">Another user logged in</error></failure>'),
        (
            Failure(Error.INVALID_APP_USER, "Could not authenticate <x>"),
            '<failure><error code="3">Could not authenticate &lt;x&gt;</error></failure>',
        ),
        (
            DeviceUserResults((DeviceUser("SEP1", "alice@x", "bob", is_emcc=True), DeviceUser("SEP2", None, "bob"))),
            '<deviceUserResults><device name="SEP1"><userID>alice%40x</userID><lastlogin>bob</lastlogin>'
            '<emccDevice>yes</emccDevice></device><device name="SEP2"><none/><lastlogin>bob</lastlogin>'
            "<emccDevice>no</emccDevice></device></deviceUserResults>",
        ),
        (
            DeviceUserResults((DeviceUser("SEP1"), UnknownDevice("SEPX"))),
            '<deviceUserResults><device name="SEP1"><none/><none/><emccDevice>no</emccDevice></device>'
            '<device name="SEPX"><doesNotExist/></device></deviceUserResults>',
        ),
        (
            UserDevicesResults((UserDevices("김", ("SEP1", "SEP2")), UserDevices("bob"), UnknownUser("nobody"))),
            '<userDevicesResults><user id="%EA%B9%80"><deviceName>SEP1</deviceName><deviceName>SEP2</deviceName></user>'
            '<user id="bob"><none/></user><user id="nobody"><doesNotExist/></user></userDevicesResults>',
        ),
        (
            DeviceProfileResults(
                (
                    UserProfiles("chen", (ProfileOfUser("EM_chen_desk", True), ProfileOfUser("EM_chen_lab"))),
                    UserProfiles("dana"),
                    UnknownUser("x"),
                )
            ),
            '<deviceProfileResults><user id="chen"><deviceProfile><deviceProfileName>EM_chen_desk</deviceProfileName>'
            "<isDefaultDeviceProfile>t</isDefaultDeviceProfile></deviceProfile><deviceProfile><deviceProfileName>"
            "EM_chen_lab</deviceProfileName><isDefaultDeviceProfile>f</isDefaultDeviceProfile></deviceProfile></user>"
            '<user id="dana"><none/></user><user id="x"><doesNotExist/></user></deviceProfileResults>',
        ),
        (
            CheckUserResults((CheckedUser("a b"), UnknownUser("x"))),
            '<checkUserResults><user id="a%20b"><exists>a%20b</exists></user>'
            '<user id="x"><doesNotExist/></user></checkUserResults>',
        ),
    ],
)
def test_each_answer_has_the_shape_that_clients_read(response: Response, expected: str) -> None:
    assert render_response(response).decode() == f"{DECLARATION}<response>{expected}</response>"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_can_break_an_answer(device: str, user: str) -> None:
    for response in (
        DeviceUserResults((DeviceUser(device, user), UnknownDevice(device))),
        UserDevicesResults((UserDevices(user, (device,)),)),
        Failure(Error.UNKNOWN_ERROR, device),
    ):
        assert parse_xml(render_response(response)).tag == "response"
