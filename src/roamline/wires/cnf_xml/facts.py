"""What a phone's file is made from: plain facts, checked when they are made."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, IntEnum

from roamline.kernel.secret import Secret
from roamline.wires.cnf_xml.limits import (
    LONGEST_URL,
    MOST_CALL_MANAGERS,
    MOST_KEYS,
    MOST_SERVICES,
    check_credential,
    check_host,
    check_number,
    check_port,
    fits_url,
)
from roamline.wires.cnf_xml.locales import ENGLISH, PhoneLocale

_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Transport(IntEnum):
    """How the phone reaches its SIP server. UDP is left out: phones of these series break SIP over it."""

    TCP = 1
    TLS = 3


class AddressMode(IntEnum):
    """Which IP versions the phone uses."""

    IPV4 = 0
    IPV6 = 1
    BOTH = 2


class DndAlert(IntEnum):
    """How a call shows while do-not-disturb is on."""

    NOTHING = 0
    BEEP = 1
    FLASH = 5


class ServiceMenu(IntEnum):
    """The menu of the phone in which a service appears."""

    SERVICES = 0
    DIRECTORIES = 1
    MESSAGES = 2


class Feature(Enum):
    """Keys that need nothing but their number; the phone words most of them itself."""

    PARK = 126
    PICK_UP = 127
    GROUP_PICK_UP = 128
    DO_NOT_DISTURB = 130
    OTHER_PICK_UP = 135
    HUNT_GROUP = 139
    ALL_CALLS = 140
    ALERTING_CALLS = 142
    RECORD = 159
    MALICIOUS_CALL = 27


@dataclass(frozen=True, slots=True)
class CallManager:
    """A SIP server. The phone fails over from one to the next in their order."""

    host: str
    sip_port: int = 5060
    secure_sip_port: int = 5061

    def __post_init__(self) -> None:
        check_host(self.host)
        check_port(self.sip_port)
        check_port(self.secure_sip_port)


@dataclass(frozen=True, slots=True)
class Clock:
    """How the phone shows the time. ``time_zone`` is one of the phones' own fixed names.

    In the template a trailing ``A`` means a 12-hour clock and ``YY`` a year of four digits.
    """

    date_template: str = "D/M/Y"
    time_zone: str = "GMT Standard/Daylight Time"
    ntp_servers: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for server in self.ntp_servers:
            check_host(server)


@dataclass(frozen=True, slots=True)
class Credential:
    """The one credential of the device: phones sign every line's requests with that of the first line."""

    name: str
    password: Secret

    def __post_init__(self) -> None:
        check_credential(self.name)
        check_credential(self.password.reveal())


@dataclass(frozen=True, slots=True)
class Line:
    """A line on a key. ``number`` is the user part that it registers and is called by.

    An intercom line answers by itself on the speaker, muted, and takes one call. ``ring_idle`` and ``ring_active``: 0
    default, 1 none, 2 flash, 3 once, 4 ring, 5 beep (the last only while a call is up).
    """

    button: int
    number: str
    label: str = ""
    display_name: str = ""
    is_intercom: bool = False
    is_shared: bool = False
    call_waiting: bool = True
    most_calls: int = 5
    busy_trigger: int = 4
    messages_number: str = ""
    ring_idle: int = 4
    ring_active: int = 5
    logs_missed_calls: bool = True
    shows_redirected_number: bool = True

    def __post_init__(self) -> None:
        check_number(self.number)


@dataclass(frozen=True, slots=True)
class SpeedDial:
    """A key that dials; commas in the number are pauses of two seconds."""

    button: int
    label: str
    number: str

    def __post_init__(self) -> None:
        check_number(self.number)


@dataclass(frozen=True, slots=True)
class BusyLampKey:
    """A speed dial whose lamp shows the other's state. ``picks_up``: pressing it picks up their ringing call."""

    button: int
    label: str
    number: str
    picks_up: bool = False

    def __post_init__(self) -> None:
        check_number(self.number)


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """A key that opens a phone service, for instance log-in and log-out with one press."""

    button: int
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class FeatureKey:
    """A key with a fixed meaning."""

    button: int
    label: str
    feature: Feature


Key = Line | SpeedDial | BusyLampKey | ServiceKey | FeatureKey


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A subscribed phone service in a menu. The phone itself replaces ``#DEVICENAME#`` and ``#EMCC#`` in the URL."""

    name: str
    url: str
    menu: ServiceMenu = ServiceMenu.SERVICES


@dataclass(frozen=True, slots=True)
class Urls:
    """Where the phone's own keys lead. ``authentication`` must be given: without it anyone can push to the phone."""

    authentication: str
    services: str = ""
    directory: str = ""
    messages: str = ""
    idle: str = ""
    secure_authentication: str = ""
    secure_services: str = ""
    secure_directory: str = ""
    secure_messages: str = ""
    secure_idle: str = ""
    idle_seconds: int = 0

    def __post_init__(self) -> None:
        if not fits_url(self.authentication):
            raise ValueError(f"an authentication URL of 1 to {LONGEST_URL} characters is needed")


@dataclass(frozen=True, slots=True)
class AddOnModule:
    """A key expansion module, by the name that files call it (``BEKEM``, ``CP-8800-Audio``, ``CP-8800-Video``)."""

    model: str = "BEKEM"
    keys: int = 36


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """The vendor's settings, all put so that True means on; the file's own inverted digits are the renderer's job.

    The phone's web server must be on for anything to be pushed to it (clearing the call history at log-out).
    """

    web_access: bool = True
    ssh_access: bool = False
    settings_access: bool = True
    pc_port: bool = True
    bluetooth: bool = True
    usb: bool = True
    enhanced_line_mode: bool = False
    background_image_access: bool = True
    busy_lamps_in_call_log: bool = True


@dataclass(frozen=True, slots=True)
class DeviceFile:
    """Everything a ``SEP<MAC>.cnf.xml`` says.

    ``keys`` in any order, one per button; without a Line among them the phone registers nothing. ``firmware`` only
    when its ``.loads`` file is really served: otherwise the phone starts over and over. ``dnd_alert`` is the incoming
    call alert while do-not-disturb is on.
    """

    model: str
    call_managers: tuple[CallManager, ...]
    credential: Credential
    keys: tuple[Key, ...]
    urls: Urls
    services: tuple[ServiceEntry, ...] = ()
    locale: PhoneLocale = ENGLISH
    network_locale: str = "United_States"
    clock: Clock = field(default_factory=Clock)
    settings: PhoneSettings = field(default_factory=PhoneSettings)
    transport: Transport = Transport.TCP
    address_mode: AddressMode = AddressMode.IPV4
    phone_label: str = ""
    always_use_prime_line: bool = False
    dnd_alert: DndAlert = DndAlert.BEEP
    register_seconds: int = 3600
    keep_alive_seconds: int = 120
    add_on_modules: tuple[AddOnModule, ...] = ()
    firmware: str | None = None
    dial_template: str | None = None
    soft_key_file: str | None = None

    def __post_init__(self) -> None:
        if not 1 <= len(self.call_managers) <= MOST_CALL_MANAGERS:
            raise ValueError(f"a phone has 1 to {MOST_CALL_MANAGERS} call managers")
        if len(self.keys) > MOST_KEYS or len(self.services) > MOST_SERVICES:
            raise ValueError("more keys or services than any phone has")
        buttons = [key.button for key in self.keys]
        if len(set(buttons)) != len(buttons) or any(button < 1 for button in buttons):
            raise ValueError("every key has a button of its own, from 1")
        for name in (self.firmware, self.dial_template, self.soft_key_file):
            if name is not None and not _FILE_NAME.fullmatch(name):
                raise ValueError("not the name of a file on this server")

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines in the order of their buttons; a line's place here, from 1, is its line index."""
        lines = [key for key in self.keys if isinstance(key, Line)]
        return tuple(sorted(lines, key=lambda line: line.button))
