"""The stylesheet keeps to the kit's own elements, and there it wins over the host's."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "static_src" / "css" / "themis.css"
BUILT = ROOT / "themis_htmx" / "static" / "themis_htmx" / "themis.css"


def selectors():
    """Each selector of the built stylesheet, those of at-rules and keyframes aside."""
    css = re.sub(r"/\*.*?\*/", "", BUILT.read_text(encoding="utf-8"), flags=re.S)
    css = re.sub(r"@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*\}", "", css)
    lists = [found for found in re.findall(r"([^{};]+)\{", css) if not found.startswith("@")]
    return [selector for found in lists for selector in re.split(r",(?![^(]*\))", found)]


def test_every_rule_is_about_the_kits_own_elements():
    strangers = [selector for selector in selectors() if ".themis" not in selector]

    assert len(selectors()) > 100
    assert not strangers, f"these reach the host's elements: {strangers}"


def test_every_rule_weighs_more_than_a_host_with_an_id():
    """As the admin's `#header a:link` does, which no number of classes beats."""
    light = [
        selector
        for selector in selectors()
        if "#_#_" not in selector and not selector.startswith(".themis-standalone")
    ]

    assert not light, f"these lack :not(#_#_), and lose to a host's: {light}"
