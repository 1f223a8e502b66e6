"""The files of jobs: what was uploaded, and what came of it; in the data folder, which nodes share.

A job's files are named by its uuid alone, so no name that anybody chose becomes a path. What was uploaded goes when
the job is over, because it may hold PINs; results stay as long as their job.
"""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from roamline.kernel.wording import Wording
from roamline.kernel.wording import gettext_noop as _
from roamline.platform.tables import LARGEST_FILE
from roamline.rooms.bulk.models import Job

LARGEST_UPLOAD = 32 * 1024 * 1024
_CHUNK = 256 * 1024


class TooLarge(Exception):
    """An upload over the limit; the text says the limit."""


def folder() -> Path:
    """Where jobs' files are."""
    path: Path = settings.CONFIG.data / "jobs"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def upload_of(job: Job) -> Path:
    """What was uploaded for a job; gone when the job is over."""
    return folder() / f"{job.uuid.hex}.upload"


def result_of(job: Job) -> Path:
    """What came of a job: the outcome of each row, or the exported table."""
    is_workbook = job.kind == Job.EXPORT and job.file_name.endswith(".xlsx")
    return folder() / f"{job.uuid.hex}.{'xlsx' if is_workbook else 'csv'}"


def keep(content: BinaryIO, target: Path, largest: int | None) -> None:
    """Write what is uploaded; TooLarge, and nothing kept, when it is over the limit (None for no limit of its own)."""
    size, limit = 0, LARGEST_FILE if largest is None else largest
    with target.open("xb") as file:
        target.chmod(0o600)
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                break
            file.write(chunk)
    if size > limit:
        target.unlink()
        raise TooLarge(Wording(_("the file is larger than %(size)s MiB: split it"), size=limit // 2**20))


def forget(job: Job) -> None:
    """Delete all files of a job."""
    for path in (upload_of(job), result_of(job)):
        path.unlink(missing_ok=True)
