"""The unit file that ships with the agent starts a command that there is."""

import configparser
import shlex
from pathlib import Path

import pytest

from roamline_desk_agent.cli import parser

UNIT = Path(__file__).parents[2] / "desk_agent/systemd/roamline-agent@.service"


@pytest.mark.parametrize(("role", "which"), [("--device", "device"), ("--for", "bound_to")])
def test_the_service_runs_the_agent_for_its_device(role: str, which: str) -> None:
    unit = configparser.ConfigParser(interpolation=None)
    unit.read(UNIT)
    line = unit["Service"]["ExecStart"].removesuffix(" $MORE")
    facts = {"${ROLE}": role, "%i": "SEP0011AA220021", "${SERVER}": "https://em.example.org", "%h": "/home/alice"}
    for name, value in facts.items():
        line = line.replace(name, value)
    programme, *arguments = shlex.split(line)
    options = parser().parse_args(arguments)
    assert programme == "/home/alice/.local/bin/roamline-agent"
    assert vars(options)[which] == "SEP0011AA220021"
    assert options.state == Path("/home/alice/.local/state/roamline-agent/SEP0011AA220021")
    assert "$" not in line
    assert "%" not in line
