"""Lines and services in one cell: ``1001/Internal;1002/Internal`` and ``Extension Mobility;News``."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform.tables import Row
from roamline.rooms.bulk.terms import RowRefused
from roamline.rooms.dialplan.models import DirectoryNumber, Partition
from roamline.rooms.phones.models import DeviceProfile, Line, PhoneService

MOST_LINES = 24
BETWEEN = ";"
RINGS = tuple(code for code, _name in Line.RING_SETTINGS)


def number_of(text: str) -> DirectoryNumber:
    """The directory number ``pattern/partition``, added when it is new; its partition must be there."""
    pattern, slash, name = text.strip().partition("/")
    if not slash:
        raise RowRefused(Wording(_("write %(number)s with its partition, as 1001/Partition"), number=pattern))
    partition = Partition.objects.filter(name=name).first()
    if partition is None:
        raise RowRefused(Wording(_("there is no partition %(name)r: write numbers as 1001/Partition"), name=name))
    found = DirectoryNumber.objects.filter(pattern=pattern, partition=partition).first()
    if found is None:
        found = DirectoryNumber(pattern=pattern, partition=partition)
        try:
            found.full_clean()
        except ValidationError:
            text = _("%(number)r is no directory number: 1 to 24 digits, * or #, with an optional + in front")
            raise RowRefused(Wording(text, number=pattern)) from None
        found.save()
    return found


def set_lines(profile: DeviceProfile, row: Row) -> None:
    """Give a profile the lines that a row names, in order; an empty cell leaves them as they are.

    They take the first keys that no button has. A line whose number stays keeps its label and all else.
    """
    wanted = [text for text in row["lines"].split(BETWEEN) if text.strip()]
    if not wanted:
        return
    if len(wanted) > MOST_LINES:
        raise RowRefused(Wording(_("at most %(most)s lines"), most=MOST_LINES))
    numbers = [number_of(text) for text in wanted]
    if len({number.pk for number in numbers}) != len(numbers):
        raise RowRefused(_("a number is named twice among the lines"))
    there = list(profile.lines.order_by("index"))
    if [line.directory_number_id for line in there] == [number.pk for number in numbers]:
        return
    kept = {line.directory_number_id: line for line in there}
    free = _free_keys(profile, len(numbers))
    profile.lines.all().delete()
    for index, (number, key) in enumerate(zip(numbers, free, strict=True), start=1):
        line = kept.get(number.pk) or Line(directory_number=number)
        line.pk, line.profile, line.index, line.button, line._state.adding = None, profile, index, key, True
        line.full_clean(exclude=["uuid"])
        line.save()


def _free_keys(profile: DeviceProfile, wanted: int) -> list[int]:
    taken = set(profile.buttons.values_list("position", flat=True))
    free = [key for key in range(1, profile.keys + 1) if key not in taken]
    if len(free) < wanted:
        text = _("%(wanted)d lines do not fit: %(free)d of the %(keys)d keys of a %(model)s are free")
        raise RowRefused(Wording(text, wanted=wanted, free=len(free), keys=profile.keys, model=profile.model.name))
    return free[:wanted]


def lines_text(profile: DeviceProfile) -> str:
    """The lines of a profile as one cell."""
    return BETWEEN.join(f"{line.directory_number.pattern}/{line.directory_number.partition}"
                        for line in sorted(profile.lines.all(), key=lambda line: line.index))  # fmt: skip


def set_rings(profile: DeviceProfile, row: Row) -> None:
    """Give a profile's lines, in order, the ring settings of a row; an empty cell, or part, leaves what is there."""
    wanted = [text.strip().lower() for text in row["ring_settings"].split(BETWEEN)]
    lines = list(profile.lines.order_by("index"))
    if not any(wanted):
        return
    if len(wanted) > len(lines):
        raise RowRefused(_("there are more ring settings than lines"))
    for line, setting in zip(lines, wanted, strict=False):
        if setting and setting not in RINGS:
            raise RowRefused(
                Wording(_("%(column)s is one of %(words)s"), column="ring_settings", words=", ".join(RINGS))
            )
        if setting and setting != line.ring_setting:
            line.ring_setting = setting
            line.save(update_fields=["ring_setting"])


def rings_text(profile: DeviceProfile) -> str:
    """The ring settings of a profile's lines as one cell."""
    return BETWEEN.join(line.ring_setting for line in sorted(profile.lines.all(), key=lambda line: line.index))


def set_services(profile: DeviceProfile, row: Row) -> None:
    """Subscribe a profile to the services that a row names; an empty cell leaves them as they are."""
    wanted = {text.strip() for text in row["services"].split(BETWEEN) if text.strip()}
    if not wanted:
        return
    found = {service.name: service for service in PhoneService.objects.filter(name__in=wanted)}
    if unknown := sorted(wanted - found.keys()):
        raise RowRefused(Wording(_("there is no phone service %(name)r"), name=unknown[0]))
    if wanted != set(profile.services.values_list("name", flat=True)):
        profile.services.set(found.values())


def services_text(profile: DeviceProfile) -> str:
    """The subscribed services of a profile as one cell."""
    return BETWEEN.join(sorted(service.name for service in profile.services.all()))
