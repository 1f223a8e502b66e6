"""What each of the demo's clusters is made of (spec: the demo site); ids, numbers and PINs are fixed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple


class UserRow(NamedTuple):
    """A demo user."""

    user_id: str
    first_name: str
    last_name: str
    pin: str
    number: str
    self_service_id: str | None
    locale: str
    may_call_outside: bool


class ProfileRow(NamedTuple):
    """A device profile of a demo user."""

    user_id: str
    name: str
    model: str
    numbers: tuple[str, ...]
    is_default: bool


class PhoneRow(NamedTuple):
    """A demo phone; ``number`` is its own."""

    name: str
    model: str
    pool: str
    firmware: str
    use: str
    number: str
    em_enabled: bool = True
    protected: bool = False
    pinless_allowed: bool = False


class PoolRow(NamedTuple):
    """A demo device pool."""

    name: str
    location: str
    emergency_callback: str


@dataclass(frozen=True, slots=True)
class DemoCluster:
    """One cluster of the demo: its place in the network, and its content. ``step`` moves its ports."""

    name: str
    title: str
    role: str
    step: int
    joins: str
    pools: tuple[PoolRow, ...]
    phones: tuple[PhoneRow, ...]
    users: tuple[UserRow, ...]
    profiles: tuple[ProfileRow, ...]
    agents: tuple[str, ...]
    is_headquarters: bool = False
    super_users: tuple[str, ...] = field(default=())


HQ = DemoCluster(
    name="HQ",
    title="Headquarters",
    role="hub",
    step=0,
    joins="",
    pools=(PoolRow("Lobby", "Main building, lobby", "1901"), PoolRow("Floor 2", "Main building, floor 2", "1903")),
    phones=(
        PhoneRow("SEP0011AA220001", "Cisco 8851", "Lobby", "14.1(1)", "anonymous", "1901"),
        PhoneRow("SEP0011AA220002", "Cisco 8851", "Floor 2", "14.1(1)", "owner", "1002"),
        PhoneRow("SEP0011AA220003", "Cisco 7841", "Floor 2", "14.1(1)", "shared", "1903"),
        PhoneRow("SEP0011AA220004", "Cisco 8811", "Floor 2", "14.1(1)", "anonymous", "1904", em_enabled=False),
        PhoneRow("SEP0011AA220005", "Cisco 8851", "Floor 2", "12.8(1)", "anonymous", "1905"),
        PhoneRow("SEP0011AA220006", "Software phone", "Lobby", "", "anonymous", "1906"),
        PhoneRow("SEP0011AA220007", "Software phone", "Lobby", "", "anonymous", "1907", pinless_allowed=True),
        PhoneRow("SEP0011AA220008", "Cisco 8851", "Floor 2", "14.1(1)", "anonymous", "1908", em_enabled=False,
                 protected=True),
        PhoneRow("SEP0011AA220009", "Software phone", "Floor 2", "", "owner", "1909"),
    ),
    users=(
        UserRow("alice", "Alice", "Archer", "27182", "1001", "70001", "en", True),
        UserRow("bob", "Bob", "Baker", "31415", "1002", None, "en", True),
        UserRow("chen", "Chen", "Wei", "16180", "1003", None, "zh", False),
        UserRow("dana", "Dana", "Diaz", "57721", "1004", None, "en", False),
        UserRow("erin", "Erin", "Eun", "66260", "1005", None, "ko", False),
    ),
    profiles=(
        ProfileRow("alice", "EM_alice", "Cisco 8851", ("1001",), True),
        ProfileRow("bob", "EM_bob", "Cisco 8851", ("1002",), True),
        ProfileRow("chen", "EM_chen_desk", "Cisco 8851", ("1003", "1013"), True),
        ProfileRow("chen", "EM_chen_lab", "Cisco 7841", ("1003",), False),
        ProfileRow("erin", "EM_erin", "Cisco 8851", ("1005",), True),
    ),
    agents=("SEP0011AA220006", "SEP0011AA220009"),
    is_headquarters=True,
    super_users=("erin",),
)  # fmt: skip

EAST = DemoCluster(
    name="EAST",
    title="East",
    role="hub",
    step=1000,
    joins="HQ",
    pools=(PoolRow("East office", "East office, ground floor", "2901"),),
    phones=(
        PhoneRow("SEP0011AA230001", "Cisco 8851", "East office", "14.1(1)", "anonymous", "2901"),
        PhoneRow("SEP0011AA230006", "Software phone", "East office", "", "anonymous", "2906"),
        PhoneRow("SEP0011AA230007", "Software phone", "East office", "", "anonymous", "2907"),
    ),
    users=(UserRow("frank", "Frank", "Fischer", "14142", "2001", None, "en", False),),
    profiles=(ProfileRow("frank", "EM_frank", "Cisco 8851", ("2001",), True),),
    agents=("SEP0011AA230006",),
)

WEST = DemoCluster(
    name="WEST",
    title="West",
    role="spoke",
    step=2000,
    joins="EAST",
    pools=(PoolRow("West office", "West office, ground floor", "3901"),),
    phones=(
        PhoneRow("SEP0011AA240001", "Cisco 8851", "West office", "14.1(1)", "anonymous", "3901"),
        PhoneRow("SEP0011AA240006", "Software phone", "West office", "", "anonymous", "3906"),
        PhoneRow("SEP0011AA240007", "Software phone", "West office", "", "anonymous", "3907"),
    ),
    users=(UserRow("gina", "Gina", "Garcia", "17320", "3001", None, "en", False),),
    profiles=(ProfileRow("gina", "EM_gina", "Cisco 8851", ("3001",), True),),
    agents=("SEP0011AA240006",),
)

CLUSTERS = {cluster.name: cluster for cluster in (HQ, EAST, WEST)}
