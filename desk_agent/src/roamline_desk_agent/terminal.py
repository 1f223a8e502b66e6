"""Text in a terminal: Chinese and Korean characters are two columns wide there."""

from __future__ import annotations

import argparse
import textwrap
import unicodedata
from typing import Any


def width(text: str) -> int:
    """How many columns a text takes."""
    return sum(2 if unicodedata.east_asian_width(each) in "WF" else 1 for each in text)


def padded(text: str, columns: int) -> str:
    """A text filled up with blanks to so many columns."""
    return text + " " * (columns - width(text))


def wrapped(text: str, columns: int) -> list[str]:
    """The lines of a paragraph: broken at blanks, and between Chinese characters."""
    lines, line = [], ""
    for piece in _pieces(" ".join(text.split())):
        if line and width(line + piece.rstrip()) > columns:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines


def _pieces(text: str) -> list[str]:
    pieces = [""]
    for before, each in zip(f" {text}", text, strict=False):
        if pieces[-1] and (before == " " or (each.isalnum() and (_is_han(before) or _is_han(each)))):
            pieces.append("")
        pieces[-1] += each
    return pieces


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


class HelpFormatter(argparse.HelpFormatter):
    """argparse's, with lines as wide as they look."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return textwrap.indent("\n".join(wrapped(text, width - len(indent))), indent)


class Parser(argparse.ArgumentParser):
    """A command line of ours, whose help lines are as wide as they look; its sub-commands are of the same kind."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"formatter_class": HelpFormatter, **options})
