"""A desk's USB sockets, read from a sysfs in a folder."""

import asyncio
from contextlib import suppress
from pathlib import Path

import pytest

from roamline_desk_agent.headset import Change, Connected, Disconnected, Unusable
from roamline_desk_agent.rack import Rack
from roamline_desk_agent.sysfs import MOST_DEVICES, read_devices
from roamline_desk_agent.usb_watch import LOOK_EVERY_S, Watch, watch_usb
from tests.desk_agent import usb_headset as usb
from tests.desk_agent.fake_sysfs import pull, put_device, put_headset
from tests.desk_agent.scene import play, until


class Desk:
    """A rack that keeps what it is told, and its watch."""

    def __init__(self, root: Path) -> None:
        self.changes: list[Change] = []
        self.looks = 0
        self.rack = Rack("usb", self.changes.append, self.look)
        self.watch = Watch(self.rack, root)

    def look(self) -> None:
        self.looks += 1

    @property
    def told(self) -> list[tuple[type[Change], str]]:
        told = [(type(change), change.headset.serial) for change in self.changes]
        self.changes.clear()
        return told


def test_what_is_plugged_in_at_the_start_is_there_at_once(tmp_path: Path) -> None:
    put_headset(tmp_path, "1-2", "AAA1")
    desk = Desk(tmp_path)
    desk.watch.look(0.0, quiet_s=0.0)
    assert desk.told == [(Connected, "AAA1")]


def test_several_headsets_come_and_go_also_behind_a_hub(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    put_device(tmp_path, "1-4", None, "Hub", usb.device_descriptor())
    put_headset(tmp_path, "1-2", "AAA1")
    put_headset(tmp_path, "1-4.1", "BBB2")
    desk.watch.look(0.0)
    desk.watch.look(0.3)
    assert desk.told == [(Connected, "AAA1"), (Connected, "BBB2")]
    pull(tmp_path, "1-4.1")
    desk.watch.look(5.0)
    assert desk.told == []
    desk.watch.look(5.3)
    assert desk.told == [(Disconnected, "BBB2")]
    assert [each.serial for each in desk.rack.connected] == ["AAA1"]


def test_moving_to_another_socket_in_time_is_no_change(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    put_headset(tmp_path, "1-2", "AAA1")
    desk.watch.look(0.0, quiet_s=0.0)
    pull(tmp_path, "1-2")
    desk.watch.look(5.0)
    put_headset(tmp_path, "1-3", "aaa1")
    desk.watch.look(5.2)
    desk.watch.look(9.0)
    assert desk.told == [(Connected, "AAA1")]


def test_a_headset_without_a_serial_number_is_only_for_the_status(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    put_headset(tmp_path, "1-2", None)
    desk.watch.look(0.0, quiet_s=0.0)
    assert desk.told == []
    assert desk.rack.unusable == (Unusable("Tala 40", "has no serial number"),)


def test_a_keyboard_is_nobodys_business(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    put_device(tmp_path, "1-2", "K1", "Keyboard", usb.device_descriptor(), usb.report_descriptor(usb.CONSUMER))
    desk.watch.look(0.0, quiet_s=0.0)
    assert desk.told == []
    assert desk.rack.as_document() == {"source": "usb", "connected": [], "unusable": []}


def test_calls_go_to_the_headset_that_came_last_and_has_a_card(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    put_headset(tmp_path, "1-2", "AAA1", card="Tala")
    desk.watch.look(0.0, quiet_s=0.0)
    assert desk.rack.newest_card() == "Tala"
    put_headset(tmp_path, "1-3", "BBB2", card="Tala_1")
    put_headset(tmp_path, "1-5", "CCC3")
    for now in (1.0, 1.3):
        desk.watch.look(now)
    assert desk.rack.newest_card() == "Tala_1"
    pull(tmp_path, "1-3")
    for now in (2.0, 2.3):
        desk.watch.look(now)
    assert desk.rack.newest_card() == "Tala"


def test_a_card_whose_id_is_no_name_is_not_used(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    put_headset(tmp_path, "1-2", "AAA1", card="a,b c")
    desk.watch.look(0.0, quiet_s=0.0)
    assert desk.rack.newest_card() == ""


def test_a_card_without_its_device_files_is_not_used(tmp_path: Path) -> None:
    put_headset(tmp_path, "1-2", "AAA1", card="Tala")
    (tmp_path / "dev/snd/pcmC2D0c").unlink()
    assert [each.card for each in read_devices(tmp_path)] == [""]


def test_after_udevs_word_it_looks_twice(tmp_path: Path) -> None:
    watch = Desk(tmp_path).watch
    assert watch.pause_s(0.0, LOOK_EVERY_S) == LOOK_EVERY_S
    watch.look_again_soon(10.0)
    watch.look(10.0)
    assert watch.pause_s(10.1, LOOK_EVERY_S) == pytest.approx(0.2)
    watch.look(10.3)
    assert watch.pause_s(10.3, LOOK_EVERY_S) == LOOK_EVERY_S


def test_no_sysfs_is_no_headset(tmp_path: Path) -> None:
    assert read_devices(tmp_path / "nothing") == []


def test_a_swarm_of_devices_is_read_in_part(tmp_path: Path) -> None:
    for number in range(MOST_DEVICES + 5):
        (tmp_path / f"sys/bus/usb/devices/1-{number}").mkdir(parents=True)
    assert len(read_devices(tmp_path)) == MOST_DEVICES


def test_without_a_word_of_udev_it_still_sees_what_comes_and_goes(tmp_path: Path) -> None:
    async def story() -> None:
        desk = Desk(tmp_path)
        watching = asyncio.create_task(watch_usb(desk.rack, tmp_path))
        await asyncio.sleep(0)
        put_headset(tmp_path, "1-2", "AAA1")
        await until(lambda: desk.rack.connected)
        pull(tmp_path, "1-2")
        await until(lambda: not desk.rack.connected)
        assert desk.told == [(Connected, "AAA1"), (Disconnected, "AAA1")]
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    play(story())
