"""Every string for people is translated in every language; exit 1 otherwise. ``--collect`` adds new ones to the files.

Collects the strings from the sources, so that one which never reached the ``.po`` files counts, too; those of the
administration's skin, which ships without our languages, where Django does not translate them; and argparse's, which
come from our catalogues in the command lines. The desk agent is a distribution of its own, with catalogues of its own.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import django
import unfold
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "roamline"
AGENT = ROOT / "desk_agent" / "src" / "roamline_desk_agent"
SKIN = Path(unfold.__file__).parent
_SKINS_OWN = ("admin.py", "forms.py", "widgets.py", "mixins", "templates", "contrib/filters")
"""The parts of the skin that the administration uses."""

DJANGOS_MENDED = (
    "Add %(name)s",
    "Add another %(verbose_name)s",
    "Add another %(model)s",
    "Change selected %(model)s",
    "Delete selected %(model)s",
    "View selected %(model)s",
    "Delete selected %(verbose_name_plural)s",
    ("%(counter)s result", "%(counter)s results"),
    ("%(total_count)s selected", "All %(total_count)s selected"),
    "0 of %(cnt)s selected",
    "Select all %(total_count)s %(module_name)s",
    "Successfully deleted %(count)d %(items)s.",
    "The %(name)s “%(obj)s” was deleted successfully.",
    "%(name)s with ID “%(key)s” doesn’t exist. Perhaps it was deleted?",
    "The {name} “{obj}” was added successfully.",
    "The {name} “{obj}” was changed successfully.",
    "The {name} “{obj}” was changed successfully. You may edit it again below.",
)
"""What Django says in other words than ours, or so that the noun in it stands in the wrong place or form."""

_ONE, _PLURAL, _CONTEXT, _PLURAL_IN_CONTEXT = None, (1, 2), ((1, "c"), 2), ((1, "c"), 2, 3)
_CALLS = {"gettext": _ONE, "ngettext": _PLURAL, "pgettext": _CONTEXT, "npgettext": _PLURAL_IN_CONTEXT}
KEYWORDS = {
    "_": _ONE,
    "gettext_noop": _ONE,
    **_CALLS,
    **{f"{name}_lazy": places for name, places in _CALLS.items()},
}
ARGPARSES_OWN = (
    "usage: ",
    "positional arguments",
    "options",
    "show this help message and exit",
    "%(prog)s: error: %(message)s\n",
    "argument %(argument_name)s: %(message)s",
    "the following arguments are required: %s",
    "one of the arguments %s is required",
    "not allowed with argument %s",
    "unrecognized arguments: %s",
    "ambiguous option: %(option)s could match %(matches)s",
    "ignored explicit argument %r",
    "expected one argument",
    "expected at most one argument",
    "expected at least one argument",
    ("expected %s argument", "expected %s arguments"),
    "invalid %(type)s value: %(value)r",
    "invalid choice: %(value)r (choose from %(choices)s)",
)
"""What argparse says to people; the rest is for programmers."""
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[-+ #0]*\d*(?:\.\d+)?[diouxXeEfFgGcrsa%]|\{\w*\}")

Key = tuple[str | None, str]


def main(arguments: list[str]) -> int:
    """Print what is wrong, by language; the exit code is 1 when anything is."""
    wrong = []
    for package, wanted in ((PACKAGE, collected()), (AGENT, collected_from_the_agent())):
        # djangojs.po mends single words of Django's scripts, which are translated but for those.
        files = sorted(file for file in package.glob("locale/*/LC_MESSAGES/*.po") if file.stem != "djangojs")
        if arguments == ["--collect"]:
            for file in files:
                add_missing(file, wanted)
            continue
        found = [problem for file in files for problem in problems(file, wanted)]
        for line in found:
            print(line)
        print(f"{package.name}: {len(wanted)} strings in {len(files)} languages: {len(found)} problems")
        wrong += found
    return 1 if wrong else 0


def collected() -> dict[Key, Message]:
    """Every string for people in the sources and in the skin, by context and text."""
    found = _argparses_own()
    for file in _sources(PACKAGE):
        _collect(file, found)
    of_the_skin: dict[Key, Message] = {}
    for part in _SKINS_OWN:
        for file in [SKIN / part] if part.endswith(".py") else _sources(SKIN / part):
            _collect(file, of_the_skin)
    known = djangos_own()
    found |= {(None, one(text)): Message(text) for text in DJANGOS_MENDED}
    return found | {key: message for key, message in of_the_skin.items() if key not in found and key not in known}


def collected_from_the_agent() -> dict[Key, Message]:
    """Every string for people in the desk agent's sources."""
    found = _argparses_own()
    for file in _sources(AGENT):
        _collect(file, found)
    return found


def _argparses_own() -> dict[Key, Message]:
    return {(None, one(text)): Message(text) for text in ARGPARSES_OWN}


def _sources(folder: Path) -> list[Path]:
    return sorted([*folder.glob("**/*.py"), *folder.glob("**/*.html")])


def _collect(file: Path, found: dict[Key, Message]) -> None:
    if file.suffix == ".py":
        _collect_from_python(ast.parse(file.read_bytes()), found)
        return
    for _line, text, _comments, context in extract("python", BytesIO(source_of(file)), KEYWORDS):
        found.setdefault((context, one(text)), Message(text, context=context))


def _collect_from_python(module: ast.Module, found: dict[Key, Message]) -> None:
    """By its tree: what is translated inside an f-string stands in no token of its own."""
    for call in ast.walk(module):
        name = getattr(call.func, "id", "") if isinstance(call, ast.Call) else ""
        if not isinstance(call, ast.Call) or name not in KEYWORDS:
            continue
        texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
        if len(texts) < len(KEYWORDS[name] or (1,)):
            continue
        context = texts.pop(0) if "pgettext" in name else None
        text = (texts[0], texts[1]) if name.startswith(("ngettext", "npgettext")) else texts[0]
        found.setdefault((context, one(text)), Message(text, context=context))


def djangos_own() -> set[Key]:
    """What Django itself translates into Korean, and so into every language of ours."""
    found: set[Key] = set()
    for place in ("conf", "contrib/admin", "contrib/auth"):
        with (Path(django.__file__).parent / place / "locale/ko/LC_MESSAGES/django.mo").open("rb") as file:
            found |= {(message.context, one(message.id)) for message in read_mo(file) if message.id}
    return found


def source_of(file: Path) -> bytes:
    """A file as Python; of a template the translatable strings as calls, without its indentation."""
    if file.suffix == ".py":
        return file.read_bytes()
    lines = templatize(file.read_text(encoding="utf-8"), origin=str(file)).splitlines()
    return "\n".join(line.strip() for line in lines).encode()


def problems(file: Path, wanted: dict[Key, Message]) -> Iterator[str]:
    """What is wrong with the file of one language, as lines to print."""
    language = file.parent.parent.name
    catalog = read(file)
    for context, text in wanted:
        if not is_translated(catalog.get(text, context)):
            yield f"{language}: {file.name} has no translation of {text!r}"
    for message in catalog:
        if message.id and message.fuzzy:
            yield f"{language}: {one(message.id)!r} is marked fuzzy"
        elif message.id and is_translated(message) and differs_in_placeholders(message):
            yield f"{language}: {one(message.id)!r} is translated with other placeholders"


def add_missing(file: Path, wanted: dict[Key, Message]) -> None:
    """Add an empty entry for each string that the file of a language lacks; everything else stays."""
    catalog = read(file)
    new = [message for (context, text), message in wanted.items() if catalog.get(text, context) is None]
    for message in new:
        flags = ["python-format"] if message.python_format else []
        catalog.add(message.id, context=message.context, flags=flags)
    if new:
        with file.open("wb") as target:
            write_po(target, catalog, width=0, omit_header=False)
    print(f"{file.parent.parent.name}: {len(new)} new strings")


def read(file: Path) -> Catalog:
    """The entries of one file."""
    with file.open("rb") as source:
        return read_po(source, abort_invalid=True)


def one(text: str | tuple[str, ...] | list[str]) -> str:
    """A text, or the first of a singular and its plurals."""
    return text if isinstance(text, str) else text[0]


def is_translated(message: Message | None) -> bool:
    """Whether there is an entry, and none of its forms is empty."""
    if message is None or message.fuzzy or not message.string:
        return False
    return all([message.string] if isinstance(message.string, str) else message.string)


def differs_in_placeholders(message: Message) -> bool:
    """Whether any form of a translation has other placeholders than every form of the original."""
    allowed = [placeholders(text) for text in ([message.id] if isinstance(message.id, str) else message.id)]
    forms = [message.string] if isinstance(message.string, str) else message.string or ()
    return any(placeholders(form) not in allowed for form in forms)


def placeholders(text: str) -> Counter[str]:
    """The placeholders of a text, each as often as it stands there."""
    return Counter(PLACEHOLDER.findall(text))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
