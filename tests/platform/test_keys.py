from __future__ import annotations

import base64
import multiprocessing
import stat
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from roamline.platform import keys


def _create_at_once(path: Path, ready: Barrier, found: multiprocessing.Queue[tuple[str, ...]]) -> None:
    ready.wait(30)
    found.put(keys.load(path).ids)


def test_the_key_file_is_created_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "site.key"
    first = keys.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert keys.load(path) == first
    assert list(path.parent.iterdir()) == [path]


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    path, ready = tmp_path / "site.key", context.Barrier(4)
    found: multiprocessing.Queue[tuple[str, ...]] = context.Queue()
    started = [context.Process(target=_create_at_once, args=(path, ready, found)) for _ in range(4)]
    for each in started:
        each.start()
    ids = {found.get(timeout=30) for _ in started}
    for each in started:
        each.join(30)
    assert ids == {keys.load(path).ids}
    assert list(tmp_path.iterdir()) == [path]


def test_after_a_rotation_old_keys_still_open_and_the_oldest_derives_texts(tmp_path: Path) -> None:
    path = tmp_path / "site.key"
    before = keys.load(path)
    path.write_text(f"knew {base64.b64encode(bytes(32)).decode()}\n" + path.read_text())
    after = keys.load(path)
    assert after.ids == ("knew", *before.ids)
    assert after.derive("pin verifiers", before.ids[0]) == before.derive("pin verifiers")
    assert after.derive("pin verifiers") != before.derive("pin verifiers")
    assert after.derive_text("django") == before.derive_text("django")


def test_every_purpose_has_a_key_of_its_own(tmp_path: Path) -> None:
    site = keys.load(tmp_path / "site.key")
    derived = {site.derive(purpose) for purpose in ("pin verifiers", "sip secrets", "django")}
    assert len(derived) == 3
    assert len(site.derive("pin verifiers", length=16)) == 16


def test_an_unknown_key_id_is_named(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="k0"):
        keys.load(tmp_path / "site.key").derive("pin verifiers", "k0")


@pytest.mark.parametrize("text", ["", "\n\n", "k1\n", "k1 not-base64!\n", "k1 AAAA extra\n"])
def test_a_damaged_key_file_is_an_error_and_never_a_new_key(tmp_path: Path, text: str) -> None:
    path = tmp_path / "site.key"
    path.write_text(text)
    with pytest.raises(ValueError):  # noqa: PT011 - each damage has its own text
        keys.load(path)
    assert path.read_text() == text


def test_keys_are_never_shown(tmp_path: Path) -> None:
    path = tmp_path / "site.key"
    site = keys.load(path)
    assert path.read_text().split()[1] not in repr(site)
    assert site.ids[0] in repr(site)
