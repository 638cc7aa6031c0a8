"""Room for the words: the text of a row runs to its edge, and its buttons lie over it."""

import pytest
from playwright.sync_api import expect

from e2e.screen import item, open_panel

LONG = "Your request for a second monitor and a standing desk was approved by the office"
# The sheet of a phone rises, and must not be measured on its way.
STILL = {"reduced_motion": "reduce"}
TOUCH = {"viewport": {"width": 390, "height": 760}, "has_touch": True} | STILL


def right_end(place):
    box = place.bounding_box()
    return box["x"] + box["width"]


def place_in_a_line(place):
    box = place.bounding_box()
    return box["x"], box["width"]


@pytest.fixture
def wordy(notify):
    notify(LONG, message=LONG, level="danger", source_app="requests")


@pytest.mark.parametrize("path", ["/", "/notifications/"], ids=["panel", "list"])
def test_text_of_a_row_runs_to_the_dot_and_stays_there_when_its_buttons_come(
    visit, ana, wordy, path
):
    page = visit(ana, path, **STILL)
    place = open_panel(page) if path == "/" else page.locator("main")
    row = item(place, "second monitor")
    text, dot = row.locator(".themis-item__text"), row.locator(".themis-dot")
    before = place_in_a_line(text)
    assert right_end(row) - right_end(dot) < 20
    assert dot.bounding_box()["x"] - right_end(text) < 20

    row.hover()

    expect(row.get_by_role("button", name="Mark as read: ")).to_be_visible()
    assert place_in_a_line(text) == before
    row.get_by_role("button", name="Mark as read: ").click()
    expect(dot).to_have_count(0)
    assert place_in_a_line(text) == before


def test_buttons_lie_on_the_ground_of_their_row_so_that_no_text_shows_between_them(
    visit, ana, wordy
):
    row = item(open_panel(visit(ana, **STILL)), "second monitor")
    row.hover()
    actions = row.locator(".themis-item__actions")
    expect(actions).to_have_css("opacity", "1")
    ground = actions.evaluate("element => getComputedStyle(element, '::before').backgroundColor")
    assert ground == row.evaluate("element => getComputedStyle(element).backgroundColor")
    assert "rgba" not in ground


@pytest.mark.parametrize("path", ["/", "/notifications/"], ids=["panel", "list"])
def test_line_with_the_time_stays_one_line_on_a_phone_in_german(visit, ana, wordy, path):
    page = visit(ana, path, locale="de", **TOUCH)
    if path == "/":
        page.locator(".themis-bell__button").tap()
    place = page.get_by_role("dialog") if path == "/" else page.locator("main")
    parts = item(place, "second monitor").locator(".themis-item__meta > *")
    expect(parts).to_have_count(3)
    tops = parts.evaluate_all("parts => parts.map((part) => part.getBoundingClientRect().top)")
    assert max(tops) - min(tops) < 2


def test_icons_of_the_panels_head_stay_together_at_every_width_in_german(visit, ana, three):
    page = visit(ana, locale="de", **TOUCH)
    page.locator(".themis-bell__button").tap()
    tools = page.locator(".themis-panel__head .themis-icon-button")
    expect(tools).to_have_count(2)
    apart = []
    for width in range(320, 480, 12):
        page.set_viewport_size({"width": width, "height": 760})
        first, second = (tool.bounding_box() for tool in tools.all())
        distance = second["x"] - first["x"] - first["width"]
        if abs(first["y"] - second["y"]) >= 2 or not 0 <= distance < 10:
            apart.append(width)
    assert apart == []
