"""Reads a story, line by line, and plays it in a world; the sentences it knows are the table at the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from roamline.wires.ils.handshake import HUB, SPOKE, password_key
from tests.stories.world import PASSWORD, World

UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours"}
LONG_ENOUGH = timedelta(minutes=1)


class Telling:
    """One story being told."""

    def __init__(self, *, is_noisy: bool = False) -> None:
        self.world = World(is_noisy=is_noisy)
        self._backups: dict[str, Any] = {}
        self._within = timedelta(0)

    def tell(self, story: Path) -> None:
        """Play a whole story; AssertionError names the line that did not come true."""
        for number, line in enumerate(story.read_text(encoding="utf-8").splitlines(), 1):
            sentence = " ".join(line.partition("#")[0].split())
            if sentence:
                self._within = timedelta(0)
                assert self.play(sentence), f"{story.name}, line {number}: {sentence}"

    def play(self, sentence: str) -> bool:
        """Do what a sentence says, or look whether it is so."""
        for pattern, deed in SENTENCES:
            found = pattern.fullmatch(sentence)
            if found:
                return deed(self, *found.groups()) is not False
        raise ValueError(f"not understood: {sentence}")

    # what happens

    def hub(self, name: str, server: str | None) -> None:
        self.world.add(name, HUB, server or "")

    def spoke(self, name: str, server: str, password: str | None) -> None:
        self.world.add(name, SPOKE, server, password_key(password) if password else PASSWORD)

    def skew(self, name: str, count: str, unit: str, way: str) -> None:
        self.world.clusters[name].skew = span(count, unit) * (1 if way == "ahead" else -1)

    def wait(self, count: str, unit: str) -> None:
        self.world.pass_time(span(count, unit))

    def log_in(self, user: str, name: str) -> None:
        self.world.log_in(user, name)

    def log_out(self, user: str, name: str) -> None:
        self.world.log_out(user, name)

    def publish(self, name: str, first: str, last: str | None) -> None:
        numbers = range(int(first), int(last or first) + 1)
        self.world.say_many(name, "number", [str(number) for number in numbers])

    def drop(self, name: str, number: str) -> None:
        self.world.say(name, "number", number, None)

    def cut(self, one: str, other: str) -> None:
        self.world.cut(one, other)

    def heal(self, one: str, other: str) -> None:
        self.world.heal(one, other)

    def heal_all(self) -> None:
        self.world.heal_all()

    def stop(self, name: str) -> None:
        self.world.stop(name)

    def start(self, name: str) -> None:
        self.world.start(name)

    def back_up(self, name: str) -> None:
        self._backups[name] = self.world.back_up(name)

    def restore(self, name: str) -> None:
        self.world.restore(name, self._backups[name])

    def leave(self, name: str) -> None:
        cluster = self.world.clusters[name]
        if cluster.node is not None:
            cluster.node.leave()
            self.world._do(cluster)
        self.world.pass_time(timedelta(milliseconds=200))
        self.world.stop(name)

    def rotate(self, name: str) -> None:
        self.world.rotate(name)

    def put_out(self, by: str, name: str) -> None:
        self.world.put_out(name, by)

    # what is looked at: now, or within a time

    def within(self, count: str, unit: str, sentence: str) -> bool:
        return self.world.pass_until(lambda: self.play(f"expect {sentence}"), span(count, unit))

    def is_at(self, user: str, place: str, where: str | None) -> bool:
        expected = "" if place == "home" else place
        return all(self.world.place(user, name) == expected for name in self._looking(where))

    def knows(self, name: str, is_not: str | None, number: str, origin: str) -> bool:
        return (self.world.held(name, origin, "number", number) is not None) is (is_not is None)

    def all_know(self, first: str, last: str | None, origin: str) -> bool:
        numbers = range(int(first), int(last or first) + 1)
        return all(
            self.world.held(name, origin, "number", str(number)) is not None
            for name in self._looking(None)
            for number in numbers
        )

    def all_same(self) -> bool:
        held = [self.world.everything(name) for name in self._looking(None)]
        return all(each == held[0] for each in held)

    def is_proved(self, name: str, origin: str) -> bool:
        node = self.world.clusters[name].node
        return node is not None and self.world.clusters[origin].identity.origin in node.comparing.checked

    def is_refused(self, name: str, by: str, reason: str) -> bool:
        return any(f"{name}: {reason}" in each for each in self.world.clusters[by].refusals)

    def is_alarmed(self, name: str, of: str, text: str) -> bool:
        node = self.world.clusters[name].node
        return node is not None and text in node.alarms.get(self.world.clusters[of].identity.origin, "")

    def is_told(self, name: str, text: str) -> bool:
        return any(text in f"{each.kind} {each.name} {each.text}" for each in self.world.clusters[name].notices)

    def is_member(self, name: str, is_no: str, of: str) -> bool:
        node = self.world.clusters[of].node
        return node is not None and (self.world.clusters[name].identity.origin in node.members) is (is_no == "a")

    def has_one_key(self, where: str) -> bool:
        rings = [self.world.clusters[name].store.key_ring() for name in self._looking(where)]
        return len(rings[0]) == 1 and all(each == rings[0] for each in rings)

    def has_newest_key(self, name: str, is_not: str | None, of: str) -> bool:
        ring, newest = (self.world.clusters[each].store.key_ring() for each in (name, of))
        return (newest[0] in ring) is (is_not is None)

    def holds_keys(self, name: str, count: str) -> bool:
        return len(self.world.clusters[name].store.key_ring()) == int(count)

    def _looking(self, where: str | None) -> list[str]:
        if where:
            return where.replace(",", " ").replace(" and ", " ").split()
        return [name for name, each in self.world.clusters.items() if each.node is not None and not each.refusals]


def span(count: str, unit: str) -> timedelta:
    """A time as stories write it: ``3 m``."""
    return timedelta(**{UNITS[unit]: int(count)})


_NAME, _SPAN = r"([A-Z][A-Z0-9]*)", r"(\d+) (ms|s|m|h)"

SENTENCES: list[tuple[re.Pattern[str], Callable[..., bool | None]]] = [
    (re.compile(text), deed)
    for text, deed in (
        (rf"hub {_NAME}(?: joins {_NAME})?", Telling.hub),
        (rf"spoke {_NAME} joins {_NAME}(?: with password \"(.*)\")?", Telling.spoke),
        (rf"the clock of {_NAME} is {_SPAN} (ahead|behind)", Telling.skew),
        (rf"{_SPAN} pass", Telling.wait),
        (rf"([a-z]+) logs in at {_NAME}", Telling.log_in),
        (rf"([a-z]+) logs out at {_NAME}", Telling.log_out),
        (rf"{_NAME} publishes (\d+)(?: to (\d+))?", Telling.publish),
        (rf"{_NAME} drops (\d+)", Telling.drop),
        (rf"cut {_NAME} from {_NAME}", Telling.cut),
        (rf"heal {_NAME} and {_NAME}", Telling.heal),
        (r"heal everything", Telling.heal_all),
        (rf"stop {_NAME}", Telling.stop),
        (rf"start {_NAME}", Telling.start),
        (rf"back up {_NAME}", Telling.back_up),
        (rf"restore {_NAME}", Telling.restore),
        (rf"{_NAME} leaves", Telling.leave),
        (rf"{_NAME} rotates the key", Telling.rotate),
        (rf"{_NAME} puts out {_NAME}", Telling.put_out),
        (rf"expect within {_SPAN}: (.*)", Telling.within),
        (r"expect ([a-z]+) (?:at )?([A-Z][A-Z0-9]*|home)(?: in ([A-Z0-9, and]+))?", Telling.is_at),
        (rf"expect {_NAME} knows (not )?(\d+) of {_NAME}", Telling.knows),
        (rf"expect everybody knows (\d+)(?: to (\d+))? of {_NAME}", Telling.all_know),
        (r"expect everybody holds the same", Telling.all_same),
        (rf"expect {_NAME} has proved that it holds what {_NAME} says", Telling.is_proved),
        (rf"expect {_NAME} is refused by {_NAME}: (.*)", Telling.is_refused),
        (rf"expect an alarm at {_NAME} about {_NAME}: (.*)", Telling.is_alarmed),
        (rf"expect {_NAME} notes (.*)", Telling.is_told),
        (r"expect one key in ([A-Z0-9, and]+)", Telling.has_one_key),
        (rf"expect {_NAME} has (not )?the newest key of {_NAME}", Telling.has_newest_key),
        (rf"expect {_NAME} holds (\d+) keys", Telling.holds_keys),
        (rf"expect {_NAME} is (a|no) member at {_NAME}", Telling.is_member),
    )
]
