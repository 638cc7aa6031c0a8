"""The keys that move between notifications."""

import pytest
from playwright.sync_api import expect

from e2e.screen import bell, item, open_panel
from tests.helpers.daily import daily


@pytest.fixture(params=daily(["panel", "list"], ["panel"]))
def place(request, visit, ana, three, htmx):
    """The panel or the list, with the focus on the newest of three."""
    page = visit(ana, "/" if request.param == "panel" else "/notifications/")
    shown = open_panel(page) if request.param == "panel" else page.locator("main")
    shown.get_by_role("link", name="Third").focus()
    return shown


def expect_focus(place, title):
    expect(place.get_by_role("link", name=title)).to_be_focused()


def test_arrow_home_and_end_keys_move_between_items(place):
    press = place.page.keyboard.press
    for key, title in [
        ("ArrowDown", "Second"),
        ("ArrowDown", "First"),
        ("ArrowDown", "First"),
        ("ArrowUp", "Second"),
        ("Home", "Third"),
        ("ArrowUp", "Third"),
        ("End", "First"),
    ]:
        press(key)
        expect_focus(place, title)


def test_arrow_keys_work_from_an_item_button_and_skip_dismissed_items(place):
    press = place.page.keyboard.press
    press("Tab")
    press("ArrowDown")
    expect_focus(place, "Second")
    item(place, "Second").get_by_role("button", name="Dismiss: ").press("Enter")
    expect_focus(place, "First")
    press("ArrowUp")
    expect_focus(place, "Third")


def test_arrow_keys_with_a_modifier_are_left_to_the_browser(place):
    place.page.keyboard.press("Control+ArrowDown")
    expect_focus(place, "Third")


def test_arrow_down_in_a_newly_opened_panel_focuses_the_first_item(visit, ana, three, htmx):
    page = visit(ana)
    bell(page).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Third")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Third")).to_be_focused()


def test_arrow_keys_outside_of_the_items_are_left_to_the_browser(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    heard = "event => (document.body.dataset.prevented = event.defaultPrevented)"
    page.evaluate(f"addEventListener('keydown', {heard})")
    page.locator("#themis-inbox-chip-all").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.body.dataset.prevented") == "false"
