from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from roamline.platform import config


def test_the_printed_default_configuration_is_the_default_configuration() -> None:
    assert config.parse(tomllib.loads(config.render())).values == config.parse({}).values


def test_the_printed_configuration_explains_every_setting() -> None:
    text = config.render()
    for setting in config.SETTINGS:
        assert f"{setting.name} = " in text
        assert setting.help.split()[0] in text


def test_changed_settings_are_written_as_they_are(tmp_path: Path) -> None:
    file = tmp_path / "roamline.toml"
    file.write_text(config.render({"web.port": 9090, "site.node": 'quote " and ü', "site.demo": True}))
    loaded = config.load(file)
    assert (loaded["web.port"], loaded["site.node"], loaded["site.demo"]) == (9090, 'quote " and ü', True)


def test_a_setting_that_does_not_exist_cannot_be_written() -> None:
    with pytest.raises(config.ConfigError, match=r"web\.prt: unknown setting"):
        config.render({"web.prt": 1})


def test_all_mistakes_are_listed_at_once() -> None:
    with pytest.raises(config.ConfigError) as caught:
        config.parse({"web": {"port": 70_000, "color": 1}, "phones": {"threads": "many"}})
    text = str(caught.value)
    assert "web.port: 70000 is not a port" in text
    assert "web.color: unknown setting" in text
    assert "phones.threads" in text
