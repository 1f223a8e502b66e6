"""Every relative link in the Markdown files leads to a file (and heading) that exists; exit 1 otherwise."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"!?\[[^\]]*\]\(<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\)|^\[[^\]]+\]:\s+(\S+)", re.MULTILINE)
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)


def main() -> int:
    """Print each broken link with its file; the number of them decides the exit code."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    broken = [problem for name in listed.stdout.splitlines() for problem in problems(ROOT / name)]
    for problem in broken:
        print(problem)
    return 1 if broken else 0


def problems(page: Path) -> list[str]:
    """The broken links of one page, as lines to print."""
    text = CODE.sub("", page.read_text(encoding="utf-8"))
    targets = [first or second for first, second in LINK.findall(text)]
    return [
        f"{page.relative_to(ROOT)}: {target} leads nowhere" for target in targets if not leads_somewhere(page, target)
    ]


def leads_somewhere(page: Path, target: str) -> bool:
    """Whether a link's target exists; links to other places of the world are not followed."""
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        return True
    file = (page.parent / unquote(parts.path)).resolve() if parts.path else page
    if not file.exists():
        return False
    return not parts.fragment or file.suffix != ".md" or parts.fragment in anchors(file)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, spelled as forges spell them."""
    headings = HEADING.findall(CODE.sub(lambda found: found.group().strip("`"), page.read_text(encoding="utf-8")))
    return {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings}


if __name__ == "__main__":
    sys.exit(main())
