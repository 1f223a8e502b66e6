"""Files as phones fetch them, from a whole running site: over HTTP, with curl and with Debian's tftp client."""

from __future__ import annotations

import hashlib
import http.client
import shutil
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.sites import Site, until

LOBBY = "SEP0011AA220001.cnf.xml"
SERVER_ERROR = 5

pytestmark = pytest.mark.timeout(120)


def over_http(site: Site, name: str, method: str = "GET") -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", site.port(6970), timeout=10)
    try:
        connection.putrequest(method, f"/{name}", skip_accept_encoding=True)  # as it stands: nothing is tidied up
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def over_tftp(site: Site, name: str) -> bytes:
    url = f"tftp://127.0.0.1:{site.port(6969)}/{name}"
    return subprocess.run(["curl", "-s", "--max-time", "20", url], check=True, capture_output=True).stdout


def ask_tftp(site: Site, request: bytes, timeout: float = 5.0) -> tuple[bytes, socket.socket, tuple[str, int]]:
    """Send a datagram and return the first answer, with what is needed to go on."""
    client = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    client.settimeout(timeout)
    client.sendto(request, ("127.0.0.1", site.port(6969)))
    answer, sender = client.recvfrom(65536)
    return answer, client, sender


def read_request(name: str, *options: str, mode: str = "octet") -> bytes:
    return b"\0\1" + b"".join(text.encode() + b"\0" for text in (name, mode, *options))


def operation(datagram: bytes) -> int:
    return int.from_bytes(datagram[:2], "big")


@pytest.fixture
def uploaded(site: Site) -> Iterator[tuple[str, bytes]]:
    """A file of some MB among the site's phone files, as an upload leaves it."""
    name, key, content = "Ringing.raw", uuid4().hex, bytes(range(256)) * 12_000 + b"end"
    folder = site.data / "files"
    folder.mkdir(exist_ok=True)
    (folder / key).write_bytes(content)
    values = (uuid4().hex, name, len(content), hashlib.sha256(content).hexdigest(), key)
    with sqlite3.connect(site.data / "roamline.sqlite3") as database:
        database.execute(
            "INSERT INTO phones_phonefile (uuid, revision, name, kind, size, sha256, content_key, uploaded_at,"
            " uploaded_by) VALUES (?, 0, ?, 'ring_tone', ?, ?, ?, '2026-05-04 09:00:00', 'admin')",
            values,
        )
    database.close()
    yield name, content
    with sqlite3.connect(site.data / "roamline.sqlite3") as database:
        database.execute("DELETE FROM phones_phonefile WHERE name = ?", (name,))
    database.close()


def test_a_file_is_the_same_bytes_over_http_over_tftp_and_at_a_second_fetch(site: Site, tmp_path: Path) -> None:
    for name in (LOBBY, "XMLDefault.cnf.xml", "DialTemplate.xml"):
        status, first = over_http(site, name)
        assert status == 200
        assert over_http(site, name) == (200, first)
        assert over_tftp(site, name) == first
        assert over_tftp(site, name) == first
        if shutil.which("tftp"):
            copy = tmp_path / name
            command = ["tftp", "-m", "octet", "127.0.0.1", str(site.port(6969)), "-c", "get", name, str(copy)]
            subprocess.run(command, check=True, timeout=20, capture_output=True)
            assert copy.read_bytes() == first


def test_an_uploaded_file_of_some_megabytes_goes_out_whole_either_way(site: Site, uploaded: tuple[str, bytes]) -> None:
    name, content = uploaded
    assert over_http(site, name) == (200, content)
    assert over_tftp(site, name) == content


def test_a_client_that_stops_reading_keeps_nobody_waiting(site: Site, uploaded: tuple[str, bytes]) -> None:
    sleepers = []
    for _ in range(24):  # more than there are threads
        sleeper = socket.create_connection(("127.0.0.1", site.port(6970)))
        sleeper.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sleeper.sendall(f"GET /{uploaded[0]} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        sleepers.append(sleeper)
    try:
        assert over_http(site, LOBBY)[0] == 200
        assert over_http(site, "DialTemplate.xml")[0] == 200
    finally:
        for sleeper in sleepers:
            sleeper.close()


def test_head_tells_the_size_and_other_methods_are_refused(site: Site) -> None:
    assert over_http(site, LOBBY, "HEAD") == (200, b"")
    for method in ("POST", "PUT", "DELETE", "PROPFIND"):
        assert over_http(site, LOBBY, method)[0] == 405


@pytest.mark.parametrize(
    "name",
    [
        "../roamline.toml", "%2e%2e/roamline.toml", "..%2froamline.toml", "%2e%2e%2froamline.toml", "f/../keys/site",
        "/etc/passwd", "//etc/passwd", "..\\roamline.toml", "..%5croamline.toml", "%00", f"{LOBBY}%00.xml", ".", "..",
        "Desktops/../../keys/site.key", "x" * 5000, "%c0%ae%c0%ae/x", "%252e%252e/roamline.toml",
    ],
)  # fmt: skip
def test_no_name_over_http_leads_out_of_the_files(site: Site, name: str) -> None:
    status, body = over_http(site, name)
    assert status in (400, 404, 414)
    assert len(body) < 200


@pytest.mark.parametrize(
    "name",
    [
        "../roamline.toml",
        "/etc/passwd",
        "a/../../roamline.toml",
        "..\\roamline.toml",
        ".",
        "",
        " ",
        "x" * 400,
        "~root/x",
    ],
)
def test_no_name_over_tftp_leads_out_of_the_files(site: Site, name: str) -> None:
    answer, client, _sender = ask_tftp(site, read_request(name))
    client.close()
    assert (operation(answer), answer[2:4]) == (SERVER_ERROR, b"\0\2")


@pytest.mark.parametrize(
    "options",
    [
        ("blksize", "0"), ("blksize", "-1"), ("blksize", "7"), ("blksize", "99999999999999999999"), ("blksize", "1e3"),
        ("blksize", "½"), ("windowsize", "0"), ("windowsize", "65535"), ("timeout", "0"), ("timeout", "100000"),
        ("tsize", "-5"), ("tsize", "x"), ("blksize", ""), ("unknown", "option"), ("rollover", "7"),
        ("blksize", "65464", "windowsize", "65535", "timeout", "255", "tsize", "0", "multicast", ""),
    ],
)  # fmt: skip
def test_absurd_options_are_not_agreed_and_the_file_still_comes(site: Site, options: tuple[str, ...]) -> None:
    answer, client, sender = ask_tftp(site, read_request(LOBBY, *options))
    with client:
        if "½" in options:
            assert operation(answer) == SERVER_ERROR
            return
        agreed = {}
        if operation(answer) == 6:
            texts = answer[2:-1].decode().split("\0")
            agreed = dict(zip(texts[::2], texts[1::2], strict=True))
            assert len(answer) < 512
            client.sendto(b"\0\4\0\0", sender)
            answer, sender = client.recvfrom(65536)
        assert (operation(answer), answer[2:4]) == (3, b"\0\1")
        assert len(answer) - 4 <= int(agreed.get("blksize", 512))
        client.sendto(b"\0\5\0\0enough\0", sender)


@pytest.mark.parametrize(
    ("datagram", "code"),
    [
        (read_request(LOBBY, "blksize", "512", "blksize", "1024"), 8),
        (read_request(LOBBY, "blksize"), 4),
        (read_request(LOBBY, mode="mail"), 4),
        (b"\0\2x\0octet\0", 2),
        (b"\0\1", 4),
        (b"\0\1" + b"x" * 600, 4),
        (b"\0\1" + LOBBY.encode(), 4),
    ],
)
def test_what_is_no_proper_read_is_told_so(site: Site, datagram: bytes, code: int) -> None:
    answer, client, _sender = ask_tftp(site, datagram)
    client.close()
    assert (operation(answer), answer[3]) == (SERVER_ERROR, code)


@pytest.mark.parametrize(
    "datagram", [b"", b"\0", b"\0\3\0\1", b"\0\4\0\1", b"\0\5\0\1x\0", b"\0\6x\0y\0", b"\xff" * 900]
)
def test_what_is_itself_an_answer_is_met_with_silence_and_does_no_harm(site: Site, datagram: bytes) -> None:
    with pytest.raises(TimeoutError):
        ask_tftp(site, datagram, timeout=0.2)
    assert over_tftp(site, LOBBY)


def test_somebody_elses_datagram_does_not_disturb_a_transfer(site: Site) -> None:
    answer, client, sender = ask_tftp(site, read_request(LOBBY))
    with client, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.settimeout(5)
        stranger.sendto(b"\0\5\0\0stop\0", sender)
        refusal, _ = stranger.recvfrom(600)
        assert (operation(refusal), refusal[3]) == (SERVER_ERROR, 5)
        content = answer[4:]
        while len(answer) == 516:
            client.sendto(b"\0\4" + answer[2:4], sender)
            answer, _ = client.recvfrom(600)
            content += answer[4:]
        client.sendto(b"\0\4" + answer[2:4], sender)
    assert content == over_http(site, LOBBY)[1]


def test_one_source_cannot_take_all_transfers(site: Site) -> None:
    answers = [ask_tftp(site, read_request(LOBBY)) for _ in range(21)]
    try:
        kinds = [operation(answer) for answer, _client, _sender in answers]
        assert (kinds.count(3), kinds.count(SERVER_ERROR)) == (20, 1)
    finally:
        for _answer, client, sender in answers:
            client.sendto(b"\0\5\0\0enough\0", sender)
            client.close()
    until(lambda: tftp_serves(site), 5, "room for new transfers")


def tftp_serves(site: Site) -> bool:
    answer, client, sender = ask_tftp(site, read_request(LOBBY))
    with client:
        client.sendto(b"\0\5\0\0enough\0", sender)
    return operation(answer) == 3


def test_every_fetch_is_logged_without_anything_secret(site: Site) -> None:
    content = over_http(site, LOBBY)[1].decode()
    over_tftp(site, LOBBY)
    secret = content.partition("<authPassword>")[2].partition("<")[0]
    until(lambda: f'"file": "{LOBBY}"' in site.log("engine"), 5, "the line")
    for log in (site.log("files"), site.log("engine")):
        assert f'"file": "{LOBBY}"' in log
        assert secret not in log


def test_many_fetches_at_once_all_get_the_same(site: Site) -> None:
    found: list[bytes] = []

    def fetch() -> None:
        found.extend(over_http(site, LOBBY)[1] for _ in range(10))

    threads = [threading.Thread(target=fetch) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(found) == 120
    assert len(set(found)) == 1
