"""Behind a balancer that ends TLS, cookies travel by HTTPS only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from roamline.platform import config

ASK = "from roamline.platform import settings as s; print(*(getattr(s, n, None) for n in NAMES), sep='|')"
NAMES = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_PROXY_SSL_HEADER")


@pytest.mark.parametrize(
    ("https", "said"), [(True, "True|True|('HTTP_X_FORWARDED_PROTO', 'https')"), (False, "None|None|None")]
)
def test_cookies_are_secure_when_browsers_come_by_https(https: bool, said: str, tmp_path: Path) -> None:
    file = tmp_path / "roamline.toml"
    file.write_text(config.render({"site.data": "data", "web.https": https}))
    environment = {**os.environ, "ROAMLINE_CONFIG": str(file), "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", ASK.replace("NAMES", repr(NAMES))]
    assert subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip() == said
