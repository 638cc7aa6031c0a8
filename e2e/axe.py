"""axe-core, the accessibility checker, on a page that is open."""

import os
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
# WCAG 2.2 AA, and what axe calls best practice, which is about landmarks and headings too.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


def violations(page, place, *, but=()):
    """Return the violations within ``place``, a line each; the rules in ``but`` are not checked."""
    if not SCRIPT.exists():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("axe-core comes by npm; `make e2e` fetches it where npm is.")
    page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    rules = {rule: {"enabled": False} for rule in but}
    # To read a sheet that another one imports, axe writes a style, which a strict policy forbids.
    # Only one rule asks for that: it is about pages that turn themselves on a phone.
    options = {"runOnly": {"type": "tag", "values": TAGS}, "rules": rules, "preload": False}
    found = page.evaluate(
        "([place, options]) => axe.run({ include: [place] }, options)", [place, options]
    )
    assert found["passes"], f"axe found nothing to look at in {place}"
    return [
        f"{each['id']}: {node['html'][:120]} {node['any'][:1] and node['any'][0]['message']}"
        for each in found["violations"]
        for node in each["nodes"]
    ]
