"""What a Cisco phone is told by REFER."""

from __future__ import annotations

import pytest
from lxml import etree

from roamline.wires import remote_control


@pytest.mark.parametrize(
    ("on", "rejects", "state", "option"),
    [
        (True, True, "enable", "callreject"),
        (True, False, "enable", "ringeroff"),
        (False, True, "disable", "callreject"),
    ],
)
def test_do_not_disturb_names_state_and_option(on: bool, rejects: bool, state: str, option: str) -> None:
    body = remote_control.dnd_update(on, rejects=rejects)
    assert f"<dndupdate><state>{state}</state><option>{option}</option></dndupdate>" in body


def test_forwards_are_told_line_by_line_also_of_lines_that_are_not_forwarded() -> None:
    body = remote_control.forward_update(["1002", ""])
    told = etree.fromstring(body.encode()).findall("bulkupdate/contact")
    assert [(each.get("line"), each.findtext("cfwdallupdate/fwdaddress")) for each in told] == [
        ("1", "1002"),
        ("2", ""),
    ]


def test_the_refer_names_its_body_and_has_no_user_in_from() -> None:
    headers = dict(remote_control.refer_headers("sip.example", "1001", "192.0.2.9:51234", "abc"))
    assert headers["From"] == "<sip:sip.example>"
    assert headers["To"] == "<sip:1001@192.0.2.9:51234>"
    assert headers["Refer-To"] == "<cid:abc@sip.example>"
    assert headers["Content-Id"] == "<abc@sip.example>"


def test_an_address_that_fits_into_no_header_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        remote_control.refer_headers("sip.example", "10\r\n01", "192.0.2.9", "abc")
