"""What the services of telephone features share: whose phone asks, from where, and screens of one shape."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from roamline.doors.phone_screens import logging_in, screens
from roamline.doors.phone_screens.answering import Screen
from roamline.doors.phone_screens.asking import Asked
from roamline.kernel.errors import Error
from roamline.kernel.outcome import Refused
from roamline.rooms.features.people import AtPhone, at_phone
from roamline.rooms.ledger.changes import Author
from roamline.rooms.mobility import service as mobility
from roamline.rooms.parameters import service as parameters
from roamline.wires.phone_xml import Menu, MenuItem, SoftKey, Text


@dataclass(frozen=True, slots=True)
class Asker:
    """Whose phone asks, and as whom the audit knows that."""

    at: AtPhone
    author: Author


@mobility.as_database_error
def asker_of(asked: Asked) -> Asker | Refused:
    """Whose phone asks, or why it is not answered: 207, 11, and 30 or 28 where addresses are validated (EM-28)."""
    if not asked.device:
        return Refused(Error.DEVICE_NAME_EMPTY)
    at = at_phone(asked.device)
    if at is None:
        return Refused(Error.DEVICE_DOES_NOT_EXIST)
    by = logging_in.by(asked, at.user_id)
    refused = by if isinstance(by, Refused) else mobility.objection_to_source(by, parameters.now_in_force())
    if isinstance(by, Refused) or refused:
        return refused if isinstance(refused, Refused) else Refused(Error.UNTRUSTED_IP)
    return Asker(at, Author(at.user_id or at.device, by.way, by.source))


def refusal(refused: Refused, url: str) -> Screen:
    """A refusal, with a way back to the beginning."""
    return screens.refusal(refused.error, at_log_out=False, retry_url=url)


def menu(title: str, prompt: str, items: list[tuple[str, str]]) -> Menu:
    """Something to choose from: what stands there and where it leads."""
    return Menu(
        title=title,
        prompt=prompt,
        items=tuple(MenuItem(name, url) for name, url in items),
        soft_keys=keys((_("Select"), "SoftKey:Select")),
    )


def text(title: str, words: str, *leading: tuple[str, str]) -> Text:
    """Something to read, with the keys that lead on."""
    return Text(title=title, text=words, soft_keys=keys(*leading))


def keys(*leading: tuple[str, str]) -> tuple[SoftKey, ...]:
    """Soft keys in order, and *Exit*."""
    named = (*leading, (_("Exit"), "SoftKey:Exit"))
    return tuple(SoftKey(name, position, url) for position, (name, url) in enumerate(named, start=1))
