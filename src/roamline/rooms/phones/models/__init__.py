"""The rows of this room: phones and what they run, the keys on their profiles, the files they fetch."""

from roamline.rooms.phones.models.devices import (
    DEVICE_NAME,
    EXPANSION_MODULES,
    LOAD_NAME,
    LOCALES,
    DevicePool,
    DeviceProfile,
    FormerPhone,
    Phone,
    PhoneAddress,
    PhoneModel,
    PhoneService,
    SettingsBefore,
)
from roamline.rooms.phones.models.files import PhoneFile, PhoneThatAsked
from roamline.rooms.phones.models.keys import Button, Forward, Line

__all__ = [
    "DEVICE_NAME",
    "EXPANSION_MODULES",
    "LOAD_NAME",
    "LOCALES",
    "Button",
    "DevicePool",
    "DeviceProfile",
    "FormerPhone",
    "Forward",
    "Line",
    "Phone",
    "PhoneAddress",
    "PhoneFile",
    "PhoneModel",
    "PhoneService",
    "PhoneThatAsked",
    "SettingsBefore",
]
