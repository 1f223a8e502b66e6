from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.proves import read_pages

pytest_plugins = ["pytester"]

PAGE = """# Extension Mobility

- EM-1 Phones **start**, and
  they stop.
- EM-2: nobody waits.
- MT-1 Metrics; health. MT-2 Logs.

Other prose about EM-9.
"""

CONFTEST = """
import pytest
from pathlib import Path
from tests.support import proves

proves.SPEC = Path(__file__).parent / "spec"

def pytest_addoption(parser):
    parser.addoption("--product-docs")

def pytest_configure(config):
    config.addinivalue_line("markers", "proves(*ids): ids")
    config.pluginmanager.register(proves.Proofs(config))
"""

TESTS = """
import pytest

@pytest.mark.proves("EM-1")
@pytest.mark.parametrize("phone", ["one", "two"])
def test_a_phone_starts(phone): pass

@pytest.mark.proves("EM-2")
def test_that_fails(): assert False

@pytest.mark.proves("MT-2")
def test_that_is_skipped(): pytest.skip("no")
"""


def test_sentences_are_read_by_their_ids(tmp_path: Path) -> None:
    (tmp_path / "mobility.md").write_text(PAGE)
    (page,) = read_pages(tmp_path)
    assert page.title == "Extension Mobility"
    assert page.sentences == {
        "EM-1": "Phones **start**, and they stop.",
        "EM-2": "nobody waits.",
        "MT-1": "Metrics; health.",
        "MT-2": "Logs.",
    }


def test_the_product_pages_say_what_is_proved_and_what_is_not_built(pytester: pytest.Pytester) -> None:
    written = run(pytester, TESTS, "--product-docs", "out")
    written.assert_outcomes(passed=2, failed=1, skipped=1)
    text = (pytester.path / "out" / "mobility.md").read_text()
    sections = {part.split("\n", 1)[0]: part for part in text.split("## ")[1:]}
    assert sections["EM-1"].count("test_a_phone_starts") == 1
    assert all("*not built yet*" in sections[each] for each in ("EM-2", "MT-1", "MT-2"))


def test_a_mark_with_an_unknown_id_is_an_error(pytester: pytest.Pytester) -> None:
    tests = 'import pytest\n@pytest.mark.proves("EM-99")\ndef test_it(): pass\n'
    result = run(pytester, tests)
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["*proves EM-99, which docs/spec does not have*"])


def run(pytester: pytest.Pytester, tests: str, *arguments: str) -> pytest.RunResult:
    (pytester.path / "spec").mkdir()
    (pytester.path / "spec" / "mobility.md").write_text(PAGE)
    pytester.makeconftest(CONFTEST)
    pytester.makepyfile(test_it=tests)
    root = Path(__file__).resolve().parents[2]
    pytester.makeini(f"[pytest]\npythonpath = {root}\n")
    return pytester.runpytest_subprocess("-p", "no:django", "-p", "no:cacheprovider", *arguments)
