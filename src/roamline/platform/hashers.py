"""How passwords of web and application users are hashed: Argon2id at the same cost as PINs."""

from __future__ import annotations

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2id(Argon2PasswordHasher):
    """19 MiB, two passes, one lane: one core for about 20 ms, whatever the machine's number of cores."""

    time_cost = 2
    memory_cost = 19 * 1024
    parallelism = 1
