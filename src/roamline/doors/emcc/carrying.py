"""Carry a sealed question to another cluster, and its answer back.

TLS hides who talks with whom about what from who merely listens; that the right cluster is asked, and who asks, is
proved by the seals, so whose certificate is shown does not matter: each site may have its own authority, or none.
"""

from __future__ import annotations

import http.client
import ssl
from functools import cache
from http import HTTPStatus

from roamline.wires.emcc.envelope import LARGEST

PATH = "/emcc/question"
TIMEOUT_SECONDS = 6.0
"""For connecting, and again for each part of the answer: a phone's user waits meanwhile."""


def carry(host: str, port: int, text: bytes) -> bytes:
    """Post a question and return the answer. Errors: OSError."""
    connection = http.client.HTTPSConnection(host.strip("[]"), port, timeout=TIMEOUT_SECONDS, context=_context())
    try:
        connection.request("POST", PATH, text, {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = response.read(LARGEST + 1)
    except http.client.HTTPException as error:
        raise OSError(type(error).__name__) from error
    finally:
        connection.close()
    if response.status != HTTPStatus.OK or len(content) > LARGEST:
        raise OSError(f"HTTP {response.status}")
    return content


@cache
def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
