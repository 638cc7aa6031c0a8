"""The blocks of code of the documentation."""

import re
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
# A block may stand in a list or in a quote.
BLOCK = re.compile(r"^((?:> )? *)```(\w+|\{[\w-]+\})\n(.*?)^\1```$", re.M | re.S)


def blocks(page):
    """The kind and the text of each block of a page."""
    for prefix, kind, text in BLOCK.findall(page.read_text(encoding="utf-8")):
        # Of an empty line in a quote or a list no space is left.
        lines = [line.removeprefix(prefix.rstrip()) for line in text.splitlines()]
        yield kind, textwrap.dedent("\n".join(lines)) + "\n"


def every(*kinds):
    """Let a test run with each block of these kinds, as its argument ``text``."""
    found = [
        pytest.param(text, id=f"{page.name} block {number}")
        for page in PAGES
        for number, (kind, text) in enumerate(blocks(page), 1)
        if kind in kinds
    ]
    return pytest.mark.parametrize("text", found)
