"""A site whose sessions all wait for their headsets to come back, with the same minute for all."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID, uuid4

from django.db import models

from roamline.rooms.directory.models import Account
from roamline.rooms.headsets.codec import to_json
from roamline.rooms.headsets.models import PhoneMachine
from roamline.rooms.headsets.rules.terms import Session, State, Waiting
from roamline.rooms.headsets.service.running import DEADLINES, Timer
from roamline.rooms.ledger.models import Deadline
from roamline.rooms.mobility.models import LoginSession
from roamline.rooms.phones import secrets
from roamline.rooms.phones.models import DevicePool, DeviceProfile, Phone, PhoneModel

AT_ONCE = 2000


def fill(count: int, due: datetime) -> None:
    """``count`` users, each signed in on a phone of their own whose headset is gone; all due in one minute."""
    model = PhoneModel.objects.create(name="Cisco 8851", keys=10, max_lines=10, registers_once=True)
    pool = DevicePool.objects.create(name="Everywhere")
    numbers = range(count)
    own = _create(DeviceProfile(name=f"ADP_SEP{n:012d}", kind="auto", model=model) for n in numbers)
    theirs = _create(DeviceProfile(name=f"EM_user{n}", model=model) for n in numbers)
    accounts = _create(Account(user_id=f"user{n}", password="!") for n in numbers)
    phones = _create(_phone(n, own[n], theirs[n], model, pool) for n in numbers)
    sessions = _create(
        LoginSession(phone=phones[n], account=accounts[n], profile=theirs[n], started_at=due, way="headset")
        for n in numbers
    )
    moments = [due + timedelta(minutes=1) * n / count for n in numbers]
    _create(_machine(phones[n], sessions[n].uuid, f"user{n}", moments[n]) for n in numbers)
    kind = DEADLINES[Timer.SIGN_OUT]
    _create(Deadline(kind=kind, subject=str(phones[n].pk), due_at=moments[n]) for n in numbers)


def _create(rows: Iterable[Any]) -> list[Any]:
    made: list[Any] = []
    left = iter(rows)
    while portion := list(islice(left, AT_ONCE)):
        table: type[models.Model] = type(portion[0])
        made += table._default_manager.bulk_create(portion)
    return made


def _phone(number: int, own: DeviceProfile, current: DeviceProfile, model: PhoneModel, pool: DevicePool) -> Phone:
    name = f"SEP{number:012d}"
    return Phone(
        name=name, folded_name=name.lower(), model=model, device_pool=pool, em_enabled=True, own_profile=own,
        current_profile=current, ha1=secrets.ha1_of(name, 1),
    )  # fmt: skip


def _machine(phone: Phone, session: UUID, user_id: str, due: datetime) -> PhoneMachine:
    waiting = Waiting(f"headset-{user_id}", str(session), user_id, due)
    state = State(session=Session(str(session), user_id), waiting=waiting)
    return PhoneMachine(
        phone=phone, uuid=uuid4(), state=to_json(state), waiting_for=user_id, follows_sessions=True
    )  # fmt: skip
