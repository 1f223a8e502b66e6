"""Gives the calls to the headset that came last, and back to the usual sound when the last one has gone."""

import logging
from dataclasses import dataclass
from functools import partial

from roamline_desk_agent.baresip_config import Route, route_to_card
from roamline_desk_agent.baresip_control import ControlLostError
from roamline_desk_agent.phone import CannotDoError, Phone
from roamline_desk_agent.rack import Rack

log = logging.getLogger("roamline.agent")


@dataclass(frozen=True, slots=True)
class Sounding:
    """Which of the baresips there were was told to sound how."""

    starts: int
    route: Route | None


async def keep_sound(phone: Phone, rack: Rack) -> None:
    """For ever. A headset without an ALSA card changes nothing, and one that baresip refuses is left alone."""
    have = Sounding(0, None)
    while True:
        await phone.bell.until(partial(_differs, phone, rack, have))
        had, have = have, _wanted(phone, rack)
        if have.route is None or (have.starts != had.starts and have.route == phone.usual_sound):
            continue  # a new baresip starts with the usual sound
        try:
            await phone.use_sound(have.route)
            log.info("sound: %s", have.route.player)
        except (CannotDoError, ControlLostError) as trouble:
            log.warning("sound: %s", trouble)
            await _go_back(phone)


def _differs(phone: Phone, rack: Rack, have: Sounding) -> bool:
    return phone.is_running and _wanted(phone, rack) != have


def _wanted(phone: Phone, rack: Rack) -> Sounding:
    card = rack.newest_card()
    return Sounding(phone.starts, route_to_card(card) if card else phone.usual_sound)


async def _go_back(phone: Phone) -> None:
    # Half of the change may have been made.
    if phone.usual_sound is None:
        return
    try:
        await phone.use_sound(phone.usual_sound)
    except (CannotDoError, ControlLostError) as trouble:
        log.warning("sound: %s", trouble)
