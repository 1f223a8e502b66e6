"""EMCC devices: one is taken for a session, made to stand for the visited phone, and given back (RO-30).

Taking is one short transaction, safe however many log in at one time: no two sessions get one device.
"""

from __future__ import annotations

from datetime import datetime
from itertools import chain, count

from django.db import IntegrityError, transaction

from roamline.platform import sql
from roamline.rooms.clusters.service import Cluster
from roamline.rooms.emcc.models import Stay
from roamline.rooms.phones.catalogue import emcc_base_phone
from roamline.rooms.phones.models import DeviceProfile, Phone, PhoneModel
from roamline.wires.emcc.messages import HomeLogIn, VisitedPhone

_FREE = """
SELECT p.id FROM phones_phone p JOIN phones_phonemodel m ON m.id = p.model_id
WHERE m.is_emcc_base
  AND NOT EXISTS (SELECT 1 FROM emcc_stay s WHERE s.phone_id = p.id AND s.ended_at IS NULL)
  AND NOT EXISTS (SELECT 1 FROM mobility_loginsession l WHERE l.phone_id = p.id AND l.ended_at IS NULL)
ORDER BY p.id LIMIT 1
"""
LONGEST_NAME, MOST_MODELS = 44, 200
_SKIP = " FOR NO KEY UPDATE OF p SKIP LOCKED"


def take(question: HomeLogIn, cluster: Cluster, now: datetime) -> Stay | None:
    """Take a free EMCC device for a session; None when there is none."""
    while True:
        try:
            with transaction.atomic():
                found = sql.row(_FREE + (_SKIP if sql.is_postgresql() else ""))
                if found is None:
                    return None
                return _made(question, cluster, Phone.objects.get(pk=found[0]), now)
        except IntegrityError:
            if Stay.objects.filter(session=question.session).exists():
                raise
            # Taken between our look and its commit: the next one.


def _made(question: HomeLogIn, cluster: Cluster, phone: Phone, now: datetime) -> Stay:
    visited = question.phone
    stay = Stay.objects.create(
        session=question.session, origin=cluster.origin, cluster=cluster.name[:50], phone=phone,
        visited_phone=visited.name, location=visited.location, callback=visited.callback, own_css=phone.css_id,
        began_at=now,
    )  # fmt: skip
    Phone.objects.filter(pk=phone.pk).update(model=_standing_for(visited, phone.model), em_enabled=True)
    return stay


def _standing_for(visited: VisitedPhone, base: PhoneModel) -> PhoneModel:
    """A model of EMCC devices that shows and registers as the visited phone does; made when there is none yet."""
    facts = {"keys": visited.keys, "max_lines": visited.max_lines, "registers_once": visited.registers_once,
             "is_software": visited.is_software, "is_emcc_base": True}  # fmt: skip
    ours = PhoneModel.objects.filter(is_emcc_base=True)
    name = f"EMCC: {visited.model}"[:LONGEST_NAME]
    standing = ours.filter(name__startswith=name, **facts).order_by("pk").first()
    if standing is not None:
        return standing
    if ours.count() >= MOST_MODELS:
        return ours.filter(**facts).order_by("pk").first() or base
    taken = set(PhoneModel.objects.filter(name__startswith=name).values_list("name", flat=True))
    free = next(each for each in chain([name], (f"{name} {n}" for n in count(2))) if each not in taken)
    return PhoneModel.objects.create(name=free, **facts)


def grant(phone_id: int, user_id: str, profile_id: int) -> None:
    """The log-in on an EMCC device happens, in its transaction: its user's profile says what the device may reach."""
    Stay.objects.filter(phone_id=phone_id, ended_at__isnull=True).update(granted=True, user_id=user_id)
    css = DeviceProfile.objects.values_list("emcc_css_id", flat=True).get(pk=profile_id)
    if css is not None:
        Phone.objects.filter(pk=phone_id).update(css_id=css)


def give_back(stay: Stay, way: str, now: datetime, *, is_told: bool = False) -> None:
    """The session is over, or never began: the device is free, and itself again."""
    standing = Stay.objects.filter(pk=stay.pk, ended_at__isnull=True)
    standing.update(ended_at=now, ended_way=way[:32], is_told=is_told)
    if stay.phone_id is not None:
        Phone.objects.filter(pk=stay.phone_id).update(em_enabled=False, css_id=stay.own_css, model=emcc_base_phone())
