"""Pure decisions about phones and phone services."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Sequence
from urllib.parse import parse_qs, urlsplit

EM_PATH = "/emapp/EMAppServlet"
LOGIN_TYPES = ("UID", "SP", "DN")
HIGHEST_POSITION = 255
MOST_EXPANSION_MODULES = 3
MODULE_KEYS = {"BEKEM": 36, "CP-8800-Audio": 28, "CP-8800-Video": 28}
"""Key expansion modules by the name that configuration files call them, and how many keys each has."""

_MAC_NAME = re.compile(r"(?i)SEP[0-9A-F]{12}")


class UrlTrouble(enum.Enum):
    """What will not work with a phone service's URL; the door words it."""

    NOT_A_URL = "not a URL"
    PATH_CASE = "path case"
    NO_DEVICE = "no device"
    PARAMETER_CASE = "parameter case"
    LOGIN_TYPE = "login type"


def is_extension_mobility(url: str) -> bool:
    """Whether a service URL leads to the log-in application (EM-2); URLs are case-sensitive."""
    return path_of(url) == EM_PATH


def path_of(url: str) -> str:
    """The path of a URL; empty when it is none."""
    try:
        return urlsplit(url).path
    except ValueError:
        return ""


def objection_to_url(url: str) -> UrlTrouble | None:
    """Why a text cannot be a service URL: it needs http or https and a host (IPv6 in brackets)."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return UrlTrouble.NOT_A_URL
    return None if usable and not re.search(r"\s", url) else UrlTrouble.NOT_A_URL


def trouble_with_url(url: str) -> tuple[UrlTrouble, ...]:
    """What phones will stumble over although the URL can be saved: letter case, device and login type (EM-2)."""
    path = path_of(url)
    if path.lower() != EM_PATH.lower():
        return ()
    found = [] if path == EM_PATH else [UrlTrouble.PATH_CASE]
    # Phones replace #DEVICENAME# themselves, so it stands where a URL has its fragment.
    query = parse_qs(url.partition("?")[2], keep_blank_values=True)
    names = set(query)
    if "device" not in names:
        found.append(UrlTrouble.PARAMETER_CASE if "device" in {n.lower() for n in names} else UrlTrouble.NO_DEVICE)
    if "loginType" not in names and "logintype" in {name.lower() for name in names}:
        found.append(UrlTrouble.PARAMETER_CASE)
    if any(value not in LOGIN_TYPES for value in query.get("loginType", [])):
        found.append(UrlTrouble.LOGIN_TYPE)
    return tuple(dict.fromkeys(found))


def looks_mistyped(device: str) -> bool:
    """Whether a device name begins like a hardware phone's but is not SEP and twelve hexadecimal digits."""
    return device.upper().startswith("SEP") and not _MAC_NAME.fullmatch(device)


def keys_of_modules(module: str, count: int) -> int:
    """How many keys so many expansion modules of a kind add to a phone."""
    return MODULE_KEYS.get(module, 0) * count


def keys_of_lines(wanted: Sequence[int], keys: int) -> list[int | None]:
    """The key of each line: the wanted one, else the next that is free; None when there is none left."""
    free = list(range(1, keys + 1))
    found: list[int | None] = []
    for button in wanted:
        key = button if button in free else next(iter(free), None)
        if key is not None:
            free.remove(key)
        found.append(key)
    return found


def positions_used_twice(positions: Iterable[int]) -> list[int]:
    """The key positions that are given more than once, in order."""
    seen: set[int] = set()
    twice: set[int] = set()
    for position in positions:
        (twice if position in seen else seen).add(position)
    return sorted(twice)
