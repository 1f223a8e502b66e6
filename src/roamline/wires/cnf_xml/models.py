"""What differs from model to model inside configuration files.

Source: public documentation of the usecallmanager project.
"""

from __future__ import annotations

import re

MODEL_NUMBERS = {
    "7811": 36213,
    "7821": 621,
    "7832": 36247,
    "7841": 622,
    "7861": 623,
    "8811": 36217,
    "8832": 36258,
    "8841": 683,
    "8845": 36224,
    "8851": 684,
    "8861": 685,
    "8865": 36225,
}
"""The number by which ``XMLDefault.cnf.xml`` and a REGISTER name a model."""

_MOST_CALLS = {
    **dict.fromkeys(("7811", "7821", "7832", "8832"), 12),
    "7841": 24,
    **dict.fromkeys(("8811", "8841", "8845", "8851", "8861", "8865"), 200),
}
_FEWEST_MOST_CALLS = 12

_DEVICE_NAME = re.compile(r"SEP[0-9A-F]{12}")


def most_calls(model: str) -> int:
    """The highest number of calls on one line that the model accepts; the lowest of all for an unknown model."""
    return _MOST_CALLS.get(model, _FEWEST_MOST_CALLS)


def locale_file(model: str) -> str | None:
    """The file with a model's texts inside a locale's folder; None for a model whose file is not known."""
    if model in ("7811", "7821", "7841", "7861"):
        return "sp-sip.jar"
    if model in ("8811", "8841", "8851", "8861"):
        return "sl-be-sip.jar"
    return "sl-bev-sip.jar" if model in ("8845", "8865") else None


def device_file_name(device_name: str) -> str | None:
    """The file a phone asks for; None for a device that is no Cisco phone. Names are upper case, phones care."""
    return f"{device_name}.cnf.xml" if _DEVICE_NAME.fullmatch(device_name) else None
