"""What ``roamline check`` says of web phones' media."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from roamline.platform import config
from roamline.processes.commands import check


def errors(**media: object) -> list[str]:
    """What is wrong with some settings."""
    found = check.findings_media.look_at_media(config.parse({"media": media}), datetime.now(UTC))
    return [finding.what for finding in found if finding.level is check.Level.ERROR]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"first_port": 12000}, "media.first_port is not below media.last_port"),
        ({"first_port": 5000, "last_port": 6000}, "5060/udp (call_control.port)"),
        ({"bind": "0.0.0.0"}, "media.bind is the address of every interface"),
    ],
)
def test_media_ports_and_their_address_are_looked_at(wrong: dict[str, object], said: str) -> None:
    (found, *_) = errors(**wrong)
    assert said in found


def test_the_defaults_are_sound() -> None:
    assert errors() == []
