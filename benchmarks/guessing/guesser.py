"""A guesser of PINs over the phone application: methods, devices and users mixed, each request from another address."""

from __future__ import annotations

import http.client
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from urllib.parse import urlencode

from benchmarks.login import ground
from benchmarks.login.ground import PIN

PATH = "/emapp/EMAppServlet"
METHODS = ("GET", "POST", "HEAD")
DEVICES = ("real", "made up")
USERS = ("wrong PIN", "super user, wrong PIN", "unknown", "locked, wrong PIN", "locked, right PIN")
ON_ONE_ADDRESS = 10
"""Fewer than hold an address back: a guesser with a botnet."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What is asked, as one kind of guess."""

    method: str
    device: str
    user: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the guesser sees."""

    guess: Guess
    status: int
    length: int
    body: bytes
    seconds: float


KINDS = tuple(Guess(*each) for each in product(METHODS, DEVICES, USERS))


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose numbers are guessed at: users of the cluster, another cluster's super users, locked users."""

    known: range
    supers: range
    locked: range


def guesses(port: int, each: int, whom: Whom, seed: int = 1) -> Iterator[Answer]:
    """Send every kind of guess ``each`` times, in random order, over one connection."""
    order = [kind for kind in KINDS for _ in range(each)]
    chance = random.Random(seed)
    chance.shuffle(order)
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for number, guess in enumerate(order):
        yield _ask(connection, guess, number, chance, whom)
    connection.close()


def _ask(
    connection: http.client.HTTPConnection, guess: Guess, number: int, chance: random.Random, whom: Whom
) -> Answer:
    fields = _fields(guess, chance, whom)
    query = urlencode(fields)
    source = number // ON_ONE_ADDRESS
    headers = {"X-Forwarded-For": f"10.0.{source // 250}.{source % 250 + 1}", "Accept-Language": "en"}
    target, body = (PATH, query) if guess.method == "POST" else (f"{PATH}?{query}", None)
    if body is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
    began = time.perf_counter()
    connection.request(guess.method, target, body, headers)
    response = connection.getresponse()
    content = response.read()
    seconds = time.perf_counter() - began
    content = content.replace(fields["device"].encode(), b"DEVICE")  # the address to try again is the guesser's own
    return Answer(guess, response.status, int(response.headers.get("Content-Length", 0)), content, seconds)


def _fields(guess: Guess, chance: random.Random, whom: Whom) -> dict[str, str]:
    # Ids and devices of one length: what the guesser itself sends tells the answers apart in nothing.
    number = chance.randrange(whom.known.start, whom.known.stop)
    device = ground.device(number if guess.device == "real" else 0xABC000 + number)
    if guess.user == "unknown":
        user = f"nobody{chance.randrange(10_000):04d}"
    else:
        meant = {"wrong PIN": whom.known, "super user, wrong PIN": whom.supers}.get(guess.user, whom.locked)
        user = ground.user_id(chance.randrange(meant.start, meant.stop))
    return {"device": device, "userid": user, "seq": PIN if guess.user == "locked, right PIN" else "90817"}
