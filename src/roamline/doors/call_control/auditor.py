"""The auditor's part of call control: do the views that Kamailio reads say what the pure function says? (EM-44)"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform import sql
from roamline.rooms.mobility.configuration import effective_configuration_of
from roamline.rooms.phones.models import Phone

_RIGHTS = "SELECT name, dn, ha1 FROM kamailio_line"


def findings() -> Iterator[str]:
    """Every phone whose lines in call control are not those of its effective configuration."""
    rights: defaultdict[str, set[str]] = defaultdict(set)
    secrets: dict[str, str] = {}
    for device, number, ha1 in sql.rows(_RIGHTS):
        rights[device].add(number)
        secrets[device] = ha1
    for phone in Phone.objects.select_related("model", "device_pool", "own_profile", "current_profile__model"):
        wanted = {line.number for line in effective_configuration_of(phone).lines}
        if rights[phone.name] != wanted:
            said = _("%(device)s may use %(rights)s in call control, but its configuration has %(wanted)s")
            yield Wording(said, device=phone.name, rights=_listed(rights[phone.name]), wanted=_listed(wanted))
        if wanted and secrets.get(phone.name, phone.ha1) != phone.ha1:
            yield Wording(_("%(device)s has another secret in call control than in its row"), device=phone.name)


def _listed(numbers: set[str]) -> str:
    return ", ".join(sorted(numbers)) or Wording(_("no line"))
