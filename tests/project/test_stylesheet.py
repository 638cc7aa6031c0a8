"""The stylesheet keeps to the kit's own elements, and there it wins over the host's."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted((ROOT / "static_src" / "css").glob("*.css"))
ICONS = ROOT / "components" / "icons.html"
BUILT = ROOT / "themis_htmx" / "static" / "themis_htmx" / "themis.css"


def read(path):
    """Read a stylesheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.S)


def selectors():
    """Return each selector of the built stylesheet, those of at-rules and keyframes aside."""
    css = re.sub(r"@keyframes[^{]*\{(?:[^{}]*\{[^{}]*\})*\}", "", read(BUILT))
    lists = [found for found in re.findall(r"([^{};]+)\{", css) if not found.startswith("@")]
    return [selector for found in lists for selector in _split(found)]


def _split(selector_list):
    """Split at the commas that are not in parentheses, which may stand within each other."""
    parts, depth = [""], 0
    for character in selector_list:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


def test_every_css_rule_selects_only_elements_of_the_kit():
    strangers = [
        selector
        for selector in selectors()
        if not re.search(r"\.themis|\^=.?themis-icon-", selector)
    ]

    assert len(selectors()) > 100
    assert not strangers, f"these reach the host's elements: {strangers}"


def test_every_css_rule_outweighs_a_host_rule_with_an_id():
    """The admin's `#header a:link` has an id, which no number of classes beats."""
    light = [selector for selector in selectors() if ":not(#_#_)" not in selector]

    assert not light, f"these lack :not(#_#_), and lose to a host's: {light}"


def test_every_class_of_the_css_sources_is_in_the_built_stylesheet():
    """The build reads the files that it lists, so a new one may be forgotten there."""
    sources, built = (
        {name for path in paths for name in re.findall(r"\.(themis[\w-]*)", read(path))}
        for paths in (SOURCES, [BUILT])
    )

    assert len(sources) > 50
    assert sources == built


def test_every_animation_that_a_css_rule_names_is_defined():
    """Tailwind drops @keyframes inside another rule without a word."""
    css = read(BUILT)
    defined = set(re.findall(r"@keyframes (themis-\w+)", css))
    named = {
        name
        for value in re.findall(r"animation(?:-name)?:([^;}]*)", css)
        for name in re.findall(r"themis-\w+", value)
    }

    assert named
    assert named == defined


def test_no_drawing_of_an_icon_has_a_stroke_or_fill_of_its_own():
    """The stylesheet says both for all of them, and an attribute would be lost."""
    attributes = re.findall(
        r' ((?:stroke|fill|opacity)[\w-]*)="', ICONS.read_text(encoding="utf-8")
    )

    assert not attributes
