"""NOTIFY ``Event: service-control``: how a Cisco phone is told to restart, reset or look for a new configuration.

The shape is that of public free call-control projects for these phones (the usecallmanager patch, FreeSWITCH, wazo)
and of the SIP stack that Cisco once published. They disagree on the number of version stamps: 8861 phones with
firmware 14.1.1 were seen to answer 400 to the longer form, which newer samples send. So the shape is a setting and
the short form its default.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

EVENT = "service-control"
CONTENT_TYPE = "text/plain"
LARGEST_BODY = 4096
NO_STAMP = "00000000-0000-0000-0000-000000000000"
NO_HEADSET_STAMP = "0-0000000000"

_UNSAFE = re.compile(r"[\x00-\x1f\x7f{}]")
_UNSAFE_URI = re.compile(r"[\x00-\x20\x7f<>]")
_LINE = re.compile(r"\s*([A-Za-z]+)\s*=\s*(?:\{([^{}]*)\}|([^{}]*?))\s*")


class Action(Enum):
    """What the phone is to do.

    RESTART: re-read the configuration and register again. RESET: start from power-on. CHECK_VERSION: compare the
    stamps with its own and act only on a difference. APPLY_CONFIG: take over a changed configuration in place.
    """

    RESTART = "restart"
    RESET = "reset"
    CHECK_VERSION = "check-version"
    APPLY_CONFIG = "apply-config"


class BodyShape(Enum):
    """Which version stamps the body carries after the three that every phone knows."""

    SHORT = "short"
    WITH_FEATURE_CONTROL = "with feature control"
    WITH_FEATURE_CONTROL_AND_HEADSET = "with feature control and headset"


class MalformedServiceControl(ValueError):
    """A service-control body cannot be understood."""


@dataclass(frozen=True, slots=True)
class ServiceControl:
    """One order to a phone.

    ``register_call_id`` is the Call-ID of that very contact's REGISTER; phones answer 400 to any other. The stamps
    are those of the configuration file, the dial template and the soft key file; NO_STAMP where none is known.
    """

    action: Action
    register_call_id: str
    config_stamp: str = NO_STAMP
    dial_plan_stamp: str = NO_STAMP
    soft_key_stamp: str = NO_STAMP

    def __post_init__(self) -> None:
        for value in (self.register_call_id, self.config_stamp, self.dial_plan_stamp, self.soft_key_stamp):
            if len(value) > 256 or _UNSAFE.search(value):
                raise ValueError("a value that does not fit between braces on one line")


def render_body(order: ServiceControl, shape: BodyShape = BodyShape.SHORT) -> str:
    """The text body, lines ending in CRLF, every value but the action in braces as the phone's parser wants it."""
    lines = [
        f"action={order.action.value}",
        f"RegisterCallId={{{order.register_call_id}}}",
        f"ConfigVersionStamp={{{order.config_stamp}}}",
        f"DialplanVersionStamp={{{order.dial_plan_stamp}}}",
        f"SoftkeyVersionStamp={{{order.soft_key_stamp}}}",
    ]
    if shape is not BodyShape.SHORT:
        lines.append(f"FeatureControlVersionStamp={{{NO_STAMP}}}")
    if shape is BodyShape.WITH_FEATURE_CONTROL_AND_HEADSET:
        lines.append(f"HeadsetVersionStamp={{{NO_HEADSET_STAMP}}}")
    return "".join(f"{line}\r\n" for line in lines)


def notify_headers(sender_host: str, line_name: str, contact_host: str) -> tuple[tuple[str, str], ...]:
    """The headers of the NOTIFY that are not the transport's own business, in order.

    ``From`` has no user part and no tag (phones were seen to refuse a user; the SIP server adds the tag). ``To`` is
    the name of the phone's first line at the host and port of its Contact, as the phone itself gave them. No
    Content-Length: Kamailio counts for itself and refuses one.
    """
    for value in (sender_host, line_name, contact_host):
        if not value or len(value) > 256 or _UNSAFE_URI.search(value):
            raise ValueError("a value that does not fit into a SIP header")
    return (
        ("From", f"<sip:{sender_host}>"),
        ("To", f"<sip:{line_name}@{contact_host}>"),
        ("Event", EVENT),
        ("Subscription-State", "active"),
        ("Content-Type", CONTENT_TYPE),
    )


def header_block(headers: tuple[tuple[str, str], ...]) -> str:
    """The headers as Kamailio's transaction commands take them: one text, each line ended by CRLF."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers)


def parse_body(body: str | bytes) -> ServiceControl:
    """Read a body, as a phone does: keys in any case, values in braces (the action without), unknown keys skipped.

    For simulated phones. Raises MalformedServiceControl.
    """
    text = body.decode("utf-8", errors="replace") if isinstance(body, bytes) else body
    if len(text) > LARGEST_BODY:
        raise MalformedServiceControl(f"more than {LARGEST_BODY} characters")
    values = _values(text)
    try:
        action = Action(values.get("action", "").lower())
        return ServiceControl(
            action,
            values.get("registercallid", ""),
            values.get("configversionstamp", NO_STAMP),
            values.get("dialplanversionstamp", NO_STAMP),
            values.get("softkeyversionstamp", NO_STAMP),
        )
    except ValueError:
        raise MalformedServiceControl("no known action, or a value that is none") from None


def _values(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    for line in re.split(r"\r\n|\n", text):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise MalformedServiceControl("a line that is not key=value")
        key, braced, bare = match.groups()
        values[key.lower()] = braced if braced is not None else bare
    return values
