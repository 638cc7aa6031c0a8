"""Pictures of the gallery's states are compared with kept ones; `make screenshots` renews those."""

from pathlib import Path

import pytest

from scripts.pictures import LOOKS, NAMES, STATES, difference, heights, take
from tests.helpers.daily import daily

# The list tells how long ago the hours of the day were, and at night those were yesterday.
pytestmark = pytest.mark.usefixtures("noon")

KEPT = Path(__file__).parent / "pictures"
# Chromium's other ways to draw the same letters come to 1.0 at most; an icon that is missing, to
# 1.4. Another font may wrap another word.
FAR = 1.2
TALLER = 0.15


@pytest.mark.parametrize("state", daily(STATES, ["panel", "list"]))
def test_gallery_state_looks_like_its_kept_pictures(visit, state, db):
    page = visit(None, "/gallery/bare/preferences/", locale="en")
    for look in LOOKS:
        now = take(page, f"{state}-{look}")
        kept = (KEPT / f"{state}-{look}.png").read_bytes()
        height, before = heights(now, kept)
        assert abs(height - before) <= TALLER * before, f"{look}: {height} high, {before} before"
        assert difference(now, kept) < FAR, look


def test_every_picture_that_is_kept_is_compared():
    assert {path.stem for path in KEPT.glob("*.png")} == set(NAMES)


def test_picture_comparison_detects_each_kind_of_damage(visit, db):
    """The tolerance must let none of these mishaps pass."""
    page = visit(None, "/gallery/bare/preferences/", locale="en")
    kept = take(page, "panel-light")
    stage = page.locator(".gallery-state__stage")
    for mishap in (
        ".themis-disc { visibility: hidden !important }",
        ".themis-item { background: none !important; color: #999 !important }",
        ".themis-panel { background: #222 !important }",
        ".themis-item { flex-direction: row-reverse !important }",
    ):
        sheet = "css => { const sheet = new CSSStyleSheet(); sheet.replaceSync(css); "
        page.evaluate(sheet + "document.adoptedStyleSheets = [sheet]; }", mishap)
        far = difference(stage.screenshot(animations="disabled"), kept)
        assert far >= FAR, (mishap, far)
