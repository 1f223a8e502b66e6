"""Nothing in the registry is without a test: of its default, of its values at the door, of what it refuses."""

from __future__ import annotations

import pytest

from roamline.rooms.parameters import service
from roamline.rooms.parameters.models import ParameterValue
from roamline.rooms.parameters.rules import REGISTRY, InvalidValue, Parameter
from tests.support.factories import set_parameter
from tests.support.shown import shown_values

TIME = "Give a time as HHH:MM from 0:00 to 168:00."
TRUTH = "Give True or False."
LONG = "Give at most 1024 characters."
HOST = "Give one host name or address."
LISTED = "is no address or host name; ranges and patterns are not taken."

# What each parameter refuses, and what it says.
REFUSED: dict[str, list[tuple[str, str]]] = {
    "Enforce Intra-cluster Maximum Login Time": [("", TRUTH), ("yes", TRUTH)],
    "Intra-cluster Maximum Login Time": [(bad, TIME) for bad in ("168:01", "8:60", ":5", "8", "-1:00", "999:00", "")],
    "Multiple Login Behavior": [("Sometimes", "Give one of: Multiple Logins Allowed, ")],
    "Maximum Concurrent Requests": [(bad, "from 1 to 10000") for bad in ("0", "10001", "five", "5.0", "-1", "")],
    "Alphanumeric User ID": [("2", TRUTH)],
    "Remember the Last User Logged In": [("on", TRUTH)],
    "Clear Call Logs on Intra-cluster EM": [("on", TRUTH)],
    "Validate IP Address": [("on", TRUTH)],
    "Trusted List of IPs": [
        ("192.0.2.0/24", LISTED), ("192.0.2.1-192.0.2.9", LISTED), ("192.0.2.*", LISTED), ("a b", LISTED),
        ("x" * 1025, LONG), ("192.0.2.300", LISTED), ("10.0.0.1,10.0.0.2", LISTED),
    ],
    "Allow Proxy": [("on", TRUTH)],
    "EMCC Allow Proxy": [("on", TRUTH)],
    "Trusted Balancers": [("balancer.example.com", "is no address; host names"), ("10.0.0.0/8", LISTED)],
    "Extension Mobility Cache Size": [(bad, "from 1000 to 20000") for bad in ("999", "20001", "many")],
    "Authentication Cache": [("on", TRUTH)],
    "Invalidate on Change": [("on", TRUTH)],
    "Headset-based Extension Mobility": [("True", "Give one of: Allow headset"), ("", "Give one of")],
    "PIN entry for headset-based sign in": [("not required", "Give one of: Required, Not Required")],
    "Auto login timer after headset connect (seconds)": [(bad, "from 1 to 60") for bad in ("0", "61", "", "1.5")],
    "Auto logout timer after headset disconnect (minutes)": [(bad, "from 1 to 15") for bad in ("0", "16", "", "x")],
    "Pinless sign-in needs a marked phone": [("on", TRUTH)],
    "Headset Association": [("never", "Give one of: Prompt user")],
    "Cluster ID": [(bad, "Give 1 to 50 of") for bad in ("", "a" * 51, "a_b")],
    "Synchronization Between Auto Device Profile and Phone Configuration": [("on", TRUTH)],
    "Inter-cluster Maximum Login Time": [(bad, "HHH:MM") for bad in ("168:01", "8", "x")],
    "ILS Max Number of Learned Objects in Database": [(bad, "from 1 to 1000000") for bad in ("0", "1000001", "x")],
    "Inter-cluster call timeout": [(bad, "from 1 to 30") for bad in ("0", "31", "x")],
    "CFA CSS Activation Policy": [("Configured", "Give one of: With Configured CSS, ")],
    "Audit Retention (days)": [(bad, "from 1 to 3650") for bad in ("0", "3651", "a year")],
    "Login Session Retention (days)": [(bad, "from 1 to 3650") for bad in ("0", "3651")],
    "Default TFTP Server for EMCC Login Device": [(bad, HOST) for bad in ("two hosts", "a;b", "host:69", "x" * 256)],
    "Backup TFTP Server for EMCC Login Device": [("tftp://host", HOST), ("10.0.0.300", HOST)],
    "Default Interval for Expired EMCC Device Maintenance": [(bad, "from 10 to 1440") for bad in ("9", "1441", "x")],
    "Enable All Remote Cluster Services When Adding A New Remote Cluster": [("on", TRUTH)],
    "CSS for PSTN Access SIP Trunk": [("Trunk", "Give one of: Use Trunk CSS, ")],
    "EMCC Geolocation Filter": [("x" * 51, "Give at most 50 characters."), ("a\x00b", "Give at most 50")],
    "EMCC Region Max Audio Bit Rate": [("8", "Give one of: 6 kbps")],
    "EMCC Region Max Video Call Bit Rate (Includes Audio)": [(bad, "from 0 to 8128") for bad in ("-1", "8129", "")],
    "EMCC Region Link Loss Type": [("lossy", "Give one of: Low Loss, Lossy")],
    "RSVP SIP Trunk KeepAlive Timer": [(bad, "from 1 to 600") for bad in ("0", "601")],
    "Default Server for Remote Cluster Update": [("two nodes", HOST)],
    "Backup Server for Remote Cluster Update": [("node;2", HOST)],
    "Remote Cluster Update Interval": [(bad, "from 15 to 10080") for bad in ("14", "10081", "half an hour")],
}  # fmt: skip

# Shown elsewhere than at a phone's door.
NOT_AT_THE_DOOR = {
    "ILS Max Number of Learned Objects in Database": "tests/rooms/clusters/test_clusters.py",
    "Cluster ID": "joins clusters",
    "Inter-cluster call timeout": "tests/doors/call_control/test_clusters.py",
    "Inter-cluster Maximum Login Time": "tests/rooms/roaming/test_taking_over.py",
    "Audit Retention (days)": "tests/rooms/mobility/test_retention.py",
    "Login Session Retention (days)": "tests/rooms/mobility/test_retention.py",
    "Default Server for Remote Cluster Update": "tests/rooms/emcc/test_remote_clusters.py",
    "Backup Server for Remote Cluster Update": "tests/rooms/emcc/test_remote_clusters.py",
    "EMCC Region Max Audio Bit Rate": "compared between clusters: tests/rooms/emcc/test_validation.py",
    "EMCC Region Max Video Call Bit Rate (Includes Audio)": "compared between clusters, as the one before",
    "EMCC Region Link Loss Type": "compared between clusters, as the one before",
    "EMCC Geolocation Filter": "without effect, and says so",
    "RSVP SIP Trunk KeepAlive Timer": "without effect, and says so",
}


@pytest.mark.proves("EM-7")
@pytest.mark.parametrize("parameter", REGISTRY.values(), ids=lambda parameter: parameter.name)
def test_every_parameter_has_a_test_of_what_it_does_and_of_what_it_refuses(parameter: Parameter) -> None:
    assert REFUSED.get(parameter.name), "add what it refuses to REFUSED, above"
    if parameter.name in NOT_AT_THE_DOOR:
        return
    shown = shown_values().get(parameter.name, set())
    missing = {parameter.default, *parameter.choices} - shown
    assert not missing, 'mark the test of its effect with @pytest.mark.shows("name", "value", …)'
    assert len(shown) > 1, "a value other than the default needs a test of its effect"


@pytest.mark.parametrize("parameter", REGISTRY.values(), ids=lambda parameter: parameter.name)
def test_every_parameter_says_what_it_takes_and_what_it_is_for(parameter: Parameter) -> None:
    assert len(parameter.help) > 20
    assert parameter.choices or parameter.values
    assert parameter.scope in {"node", "cluster"}


def test_a_parameter_that_is_kept_for_compatibility_says_that_it_has_no_effect() -> None:
    idle = {name for name, shown in NOT_AT_THE_DOOR.items() if "without effect" in shown}
    assert idle == {each.name for each in REGISTRY.values() if "Kept for compatibility, without effect" in each.help}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "bad", "said"), [(name, bad, said) for name, all_ in REFUSED.items() for bad, said in all_]
)
def test_a_refused_value_is_explained_and_changes_nothing(name: str, bad: str, said: str) -> None:
    parameter = next(each for each in REGISTRY.values() if each.name == name)
    before = service.now_in_force().text(parameter)
    with pytest.raises(InvalidValue) as refusal:
        set_parameter(parameter, bad)
    assert said in str(refusal.value)
    assert service.now_in_force().text(parameter) == before
    assert not ParameterValue.objects.exists()
