"""Files that an administrator uploads for phones: locales, firmware, ring tones, wallpapers (EM-13).

A file's row holds its name and the key of its content; the content lies in the data folder under that key, which is a
fresh one at every upload. So a name never becomes a path, a replaced file changes in one commit, and whoever is reading
the old content reads it to the end. On a site of several nodes this folder is shared between them.
"""

from __future__ import annotations

import hashlib
import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from roamline.platform import sql
from roamline.rooms.ledger import service as ledger
from roamline.rooms.phones.models import Phone, PhoneFile
from roamline.wires.cnf_xml import LOCALES, MODEL_NUMBERS, locale_file
from roamline.wires.file_names import is_safe_file_name

MOST_FILES = 5000
_CHUNK = 256 * 1024
_ORPHANS_ARE_OLD_AFTER = timedelta(days=1)

_GENERATED = re.compile(r"(.*\.cnf\.xml(\.enc)?(\.sgn)?|dialtemplate\.xml|healthz|readyz|metrics)", re.IGNORECASE)
_LOCALE_FOLDER = re.compile(r"[A-Z][A-Za-z_]{1,62}")
_WALLPAPER_FOLDER = re.compile(r"Desktops/\d{2,4}x\d{2,4}x\d{1,2}")
_FIRMWARE = re.compile(r".*\.(loads|sbn|sbin|sgn|zz|bin|rom)", re.IGNORECASE)
_RING_TONE = re.compile(r"ringlist[^/]*\.xml|.*\.(raw|rwb|pcm)", re.IGNORECASE)

_FIND = "SELECT content_key, size FROM phones_phonefile WHERE name = %s"
_LOADS = """
SELECT m.product_number, m.load_name FROM phones_phonemodel m
JOIN phones_phonefile f ON f.name = m.load_name || '.loads'
WHERE m.load_name <> '' AND m.product_number IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class _Written:
    key: str
    size: int
    sha256: str


def kind_of(name: str) -> str | None:
    """What an uploaded file of that name is; None when no phone would ask for it.

    Two kinds of folder exist: a locale's (``Korean_Korea_Republic/…``), the wallpapers' (``Desktops/800x480x24/…``).
    """
    folder, _, file = name.rpartition("/")
    if _WALLPAPER_FOLDER.fullmatch(folder):
        return PhoneFile.WALLPAPER
    if folder:
        return PhoneFile.LOCALE if _LOCALE_FOLDER.fullmatch(folder) and folder != "Desktops" else None
    if _FIRMWARE.fullmatch(file):
        return PhoneFile.FIRMWARE
    return PhoneFile.RING_TONE if _RING_TONE.fullmatch(file) else PhoneFile.OTHER


def is_generated(name: str) -> bool:
    """Whether the product itself makes a file of that name, so that none can be uploaded."""
    return _GENERATED.fullmatch(name) is not None


def size_limit() -> int:
    """The largest upload, in bytes."""
    return int(settings.CONFIG["phones.largest_file_mib"]) * 1024 * 1024


def upload(name: str, content: BinaryIO, *, actor: str, now: datetime) -> PhoneFile:
    """Store a file under that name, in place of an earlier one, with its audit entry.

    ValidationError, and nothing changed, for a name that phones cannot ask for or that is generated, for a file over
    the size limit and when there are too many files.
    """
    kind = _accepted_kind(name)
    _remove_orphans(now)
    written = _write(content)
    try:
        with transaction.atomic():
            return _put(name, kind, written, actor, now)
    except BaseException:
        _path(written.key).unlink(missing_ok=True)
        raise


def delete(name: str, *, actor: str, now: datetime) -> bool:
    """Delete a file, with its audit entry; whether there was one."""
    with transaction.atomic():
        file = PhoneFile.objects.select_for_update().filter(name=name).first()
        if file is None:
            return False
        file.delete()
        ledger.record(at=now, action="phone_file.deleted", actor=actor, subject=name)
        _unlink_after_commit(file.content_key)
    return True


def listed() -> list[PhoneFile]:
    """Every uploaded file, by name."""
    return list(PhoneFile.objects.all())


def open_file(name: str) -> BinaryIO | None:
    """The content of an uploaded file, as it is at this moment; None when there is none of that name."""
    for _attempt in range(2):
        found = sql.row(_FIND, [name])
        if found is None:
            return None
        # Replaced between look-up and opening: the row then has a new key.
        with suppress(FileNotFoundError):
            return _path(found[0]).open("rb")
    return None


def load_for(phone: Phone) -> str | None:
    """The firmware that a phone is told to run: its own or its model's load, and only while its .loads is served."""
    load = phone.load_name or phone.model.load_name
    return load if load and PhoneFile.objects.filter(name=f"{load}.loads").exists() else None


def served_loads() -> dict[int, str]:
    """The models' loads whose .loads is served, by the model's product number."""
    return dict(sql.rows(_LOADS))


def missing_locale_files(phone: Phone) -> tuple[str, ...]:
    """The names of files without which a phone cannot show its language; none are needed for English (EM-13)."""
    code = phone.current_profile.user_locale or phone.own_profile.user_locale or "en"
    texts = locale_file(_MODELS.get(phone.model.product_number or 0, ""))
    if code == "en" or code not in LOCALES or texts is None:
        return ()
    wanted = f"{LOCALES[code].name}/{texts}"
    return () if PhoneFile.objects.filter(name=wanted).exists() else (wanted,)


_MODELS = {number: model for model, number in MODEL_NUMBERS.items()}


def _accepted_kind(name: str) -> str:
    if not is_safe_file_name(name):
        raise ValidationError(_("A name has 1 to 128 of A-Z a-z 0-9 . _ + @ - and no part that begins with a dot."))
    if is_generated(name):
        raise ValidationError(_("Roamline makes a file of this name itself."))
    kind = kind_of(name)
    if kind is None:
        raise ValidationError(_("Folders are a locale's, such as Korean_Korea_Republic/, or Desktops/800x480x24/."))
    return kind


def _write(content: BinaryIO) -> _Written:
    """Write the content under a fresh key, safely on disk when this returns."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    key, size, digest = uuid4().hex, 0, hashlib.sha256()
    try:
        with _path(key).open("xb") as file:
            while chunk := content.read(_CHUNK):
                size += len(chunk)
                if size > size_limit():
                    raise ValidationError(
                        _("The file is larger than %(size)s MiB."), params={"size": size_limit() // 2**20}
                    )
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        _sync_folder()
    except BaseException:
        _path(key).unlink(missing_ok=True)
        raise
    return _Written(key, size, digest.hexdigest())


def _put(name: str, kind: str, written: _Written, actor: str, now: datetime) -> PhoneFile:
    before = PhoneFile.objects.select_for_update().filter(name=name).first()
    if before is None and PhoneFile.objects.count() >= MOST_FILES:
        raise ValidationError(_("There are %(count)s files already: delete some first."), params={"count": MOST_FILES})
    file, _is_new = PhoneFile.objects.update_or_create(
        name=name,
        defaults={
            "kind": kind, "size": written.size, "sha256": written.sha256, "content_key": written.key,
            "uploaded_at": now, "uploaded_by": actor[:128],
        },
    )  # fmt: skip
    ledger.record(
        at=now, action="phone_file.uploaded", actor=actor, subject=name,
        details={"size": written.size, "sha256": written.sha256, "replaced": before is not None},
    )  # fmt: skip
    if before is not None:
        _unlink_after_commit(before.content_key)
    return file


def _unlink_after_commit(key: str) -> None:
    transaction.on_commit(lambda: _path(key).unlink(missing_ok=True))


def _remove_orphans(now: datetime) -> None:
    """Remove what a crash between writing and committing left behind, once it is old enough to be just that."""
    if not folder().is_dir():
        return
    old = (now - _ORPHANS_ARE_OLD_AFTER).timestamp()
    candidates = [path for path in folder().iterdir() if path.stat().st_mtime < old]
    known = set(PhoneFile.objects.values_list("content_key", flat=True)) if candidates else set()
    for path in candidates:
        if path.name not in known:
            path.unlink(missing_ok=True)


def folder() -> Path:
    """Where the contents lie."""
    data: Path = settings.CONFIG.data
    return data / "files"


def _path(key: str) -> Path:
    return folder() / key


def _sync_folder() -> None:
    descriptor = os.open(folder(), os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
