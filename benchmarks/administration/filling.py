"""A large site, written with ``bulk_create``: what it looks like is what lists show, no more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

AT_ONCE = 2000
OPEN_SHARE = 10
UNSUBSCRIBED_SHARE = 100


def fill(count: int) -> None:
    """``count`` users, phones, profiles, numbers, headsets and ended sessions; a tenth is logged in."""
    from roamline.rooms.directory.models import Account, AssociatedPhone, ControlledProfile, PhoneOwner
    from roamline.rooms.headsets.models import Headset
    from roamline.rooms.ledger.models import AuditEntry
    from roamline.rooms.mobility.models import LoginSession
    from roamline.rooms.phones.models import DevicePool, DeviceProfile, Line, Phone, PhoneService
    from tests.support import factories

    model = factories.model()
    pools = [DevicePool.objects.create(name=f"Site {n}") for n in range(20)]
    numbers = _numbers(count)
    _put(DeviceProfile, count, lambda n: DeviceProfile(name=f"ADP_{_phone(n)}", kind="auto", model=model))
    _put(DeviceProfile, count, lambda n: DeviceProfile(name=f"EM_user{n}", kind="user", model=model))
    own = _keys(DeviceProfile.objects.filter(kind="auto"))
    users = _keys(DeviceProfile.objects.filter(kind="user"))
    _put(Phone, count, lambda n: Phone(
        name=_phone(n), folded_name=_phone(n).lower(), model=model, device_pool=pools[n % 20], em_enabled=n % 10 != 0,
        own_profile_id=own[n], current_profile_id=own[n], description=f"Desk {n}",
    ))  # fmt: skip
    service = PhoneService.objects.create(name="Extension Mobility", url="http://localhost:8080/emapp/EMAppServlet")
    subscribed = [profile for profile in (*own, *users) if profile % UNSUBSCRIBED_SHARE]
    _put(DeviceProfile.services.through, len(subscribed), lambda n: DeviceProfile.services.through(
        deviceprofile_id=subscribed[n], phoneservice_id=service.pk,
    ))  # fmt: skip
    phones = _keys(Phone.objects.all())
    _put(Account, count, lambda n: Account(
        user_id=f"user{n}", first_name="First", last_name=f"Last{n % 977}", password="!",
        primary_extension_id=numbers[n],
    ))  # fmt: skip
    people = _keys(Account.objects.filter(user_id__startswith="user"))
    _put(Line, count, lambda n: Line(profile_id=own[n], index=1, button=1, directory_number_id=numbers[n]))
    _put(Line, count, lambda n: Line(profile_id=users[n], index=1, button=1, directory_number_id=numbers[n]))
    _put(ControlledProfile, count, lambda n: ControlledProfile(account_id=people[n], profile_id=users[n]))
    _put(PhoneOwner, count // 2, lambda n: PhoneOwner(phone_id=phones[n], account_id=people[n]))
    _put(AssociatedPhone, count // 2, lambda n: AssociatedPhone(phone_id=phones[n], account_id=people[n]))
    _put(Headset, count, lambda n: Headset(serial=f"SN{n:08}", folded_serial=f"sn{n:08}", model=f"Model {n % 5}"))
    now = datetime.now(UTC)
    for is_open, many in ((False, count), (True, count // OPEN_SHARE)):
        _put(LoginSession, many, lambda n, is_open=is_open: LoginSession(
            phone_id=phones[n], account_id=people[n], profile_id=users[n], started_at=now - timedelta(seconds=n),
            way="phone", ended_at=None if is_open else now, confirmation="confirmed" if n % 100 else "waiting",
        ))  # fmt: skip
    _put(AuditEntry, 2 * count, lambda n: AuditEntry(
        at=now - timedelta(seconds=n * 2), action="em.login", user_id=f"user{n % count}", device=_phone(n % count),
        result=201 if n % 20 == 0 else 0, succeeded=n % 20 != 0, way="phone",
    ))  # fmt: skip


def _phone(n: int) -> str:
    return f"SEP{n:012X}"


def _numbers(count: int) -> list[int]:
    from roamline.rooms.dialplan.models import DirectoryNumber, Partition

    inside = Partition.objects.get_or_create(name="Internal")[0]
    _put(DirectoryNumber, count, lambda n: DirectoryNumber(pattern=f"{100_000 + n}", partition=inside))
    return _keys(DirectoryNumber.objects.filter(partition=inside))


def _put(model: Any, count: int, make: Callable[[int], Any]) -> None:
    made: Iterator[Any] = (make(n) for n in range(count))
    while chunk := list(islice(made, AT_ONCE)):
        model.objects.bulk_create(chunk)


def _keys(rows: Iterable[Any]) -> list[int]:
    return list(rows.order_by("pk").values_list("pk", flat=True))  # type: ignore[attr-defined]
