"""Another cluster for tests, at the other end of sealed questions: it asks as a visited one, and answers as a home."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

from roamline.kernel.secret import Secret
from roamline.rooms.clusters import service as clusters
from roamline.rooms.emcc import talking
from roamline.rooms.emcc.models import InterclusterServiceProfile, RemoteClusterServices
from roamline.rooms.parameters.rules.emcc import DEFAULT_TFTP
from roamline.wires.emcc import envelope
from roamline.wires.emcc.messages import (
    Content,
    HomeLogIn,
    Place,
    Question,
    VisitedPhone,
    content_fields,
    question_fields,
    read_question,
)
from tests.rooms.clusters.others import Other, join_network
from tests.support import factories
from tests.support.factories import NOW, PIN

SOFTPHONE = VisitedPhone("SEP0011AA230006", "Software phone", 12, 6, registers_once=False, is_software=True,
                         location="East office", callback="2901")  # fmt: skip
Answer = Callable[[Question], dict[str, Any]]


class FarCluster(Other):
    """EAST, a member of the network that this cluster, HQ, has joined; EMCC is enabled for it."""

    def __init__(self, name: str = "EAST", seed: int = 7, *, enabled: bool = True) -> None:
        super().__init__(name, seed)
        self._private = bytes([seed + 1]) * 32
        self.asked: list[Question] = []
        self.answers: Answer | None = None
        key = base64.b64encode(envelope.public_key_of(self._private)).decode()
        self.says(talking.KIND, {"": {"key": key, "port": 8443}}, NOW)
        RemoteClusterServices.objects.create(origin=self.identity.origin, name=name, emcc_enabled=enabled)
        talking.carried_by(self.carry)

    def asks(self, question: Question, now: Any = NOW, **changed: Any) -> dict[str, Any]:
        """What this cluster answers to a question of the other one."""
        asked = self.sealed(question, now)
        text = talking.answer(asked.text, now)
        assert text is not None
        return envelope.open_answer(text, asked)

    def sealed(self, question: Question, now: Any = NOW) -> envelope.Asked:
        return envelope.ask(
            question_fields(question), by=self.identity, to=clusters.own_origin(),
            key=envelope.public_key_of(talking._private_key()), at=int(now.timestamp()),
            chance=secrets.token_bytes(48),
        )  # fmt: skip

    def carry(self, host: str, port: int, text: bytes) -> bytes:
        """Take a question of this cluster's; OSError while nobody answers."""
        assert (host, port) == ("east.example", 8443)
        opened = envelope.open_question(text, own_origin=self.identity.origin, private=self._private)
        question = read_question(opened.content)
        self.asked.append(question)
        if self.answers is None:
            raise OSError("nobody answers")
        return envelope.answer(self.answers(question), opened)


def log_in(user_id: str = "bob", pin: str = PIN, **changed: Any) -> HomeLogIn:
    """A log-in on EAST's software phone, as EAST asks for it."""
    question = HomeLogIn(uuid4().hex, user_id, "UID", Secret(pin), SOFTPHONE, "10.2.0.6")
    return replace(question, **changed)


def granted(user_id: str = "fay", device: str = "EMCC3", version: int = 4) -> dict[str, Any]:
    """What a home cluster answers when it has logged somebody in."""
    line = {
        "index": 1,
        "button": 1,
        "number": "2001",
        "label": "2001",
        "display_name": "Fay",
        "ring_setting": "default",
    }
    shown = {"profile": "EM_fay", "locale": "ko", "dnd": False, "lines": [line], "buttons": [], "services": [],
             "user_name": "Fay Fox"}  # fmt: skip
    place = Place("10.2.0.1", 6060, 6061, 6066)
    content = Content(version, device, user_id, "far.example", Secret("a-secret-of-EAST"), (place,), shown)
    return {"granted": content_fields(content)}


def make_home(devices: int = 1) -> None:
    """This cluster is HQ, EMCC is active, and it has EMCC devices."""
    from roamline.rooms.emcc import devices as emcc_devices
    from tests.rooms.clusters.others import AUTHOR

    join_network(NOW)
    InterclusterServiceProfile.objects.create(emcc_active=True)
    factories.set_parameter(DEFAULT_TFTP, "hq.example")
    if devices:
        emcc_devices.insert(devices, factories.device_pool("EMCC"), AUTHOR, NOW)
