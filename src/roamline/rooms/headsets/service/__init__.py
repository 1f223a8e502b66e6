"""Headset Services: what doors and administrators ask of this room."""

from roamline.rooms.headsets.service.association import (
    Associated,
    Dissociated,
    NotAssociated,
    Objection,
    add_headset,
    associate,
    clear_skip,
    dissociate,
)
from roamline.rooms.headsets.service.noticing import Reported
from roamline.rooms.headsets.service.reports import (
    Input,
    headset_connected,
    headset_disconnected,
    headsets_listed,
    menu_chosen,
    take_input,
)
from roamline.rooms.headsets.service.showing import SHOW_SCREEN, address_of, ask_for_address
from roamline.rooms.headsets.store import versions_of

__all__ = [
    "SHOW_SCREEN",
    "Associated",
    "Dissociated",
    "Input",
    "NotAssociated",
    "Objection",
    "Reported",
    "add_headset",
    "address_of",
    "ask_for_address",
    "associate",
    "clear_skip",
    "dissociate",
    "headset_connected",
    "headset_disconnected",
    "headsets_listed",
    "menu_chosen",
    "take_input",
    "versions_of",
]
