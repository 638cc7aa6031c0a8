import re

import pytest
from playwright.sync_api import expect

from e2e.screen import act, item, open_panel
from tests.helpers.daily import daily
from themis_htmx.models import SourcePreference


@pytest.fixture(params=daily(["panel", "list"], ["panel"]))
def shown(request, visit, ana, three, htmx, without_polls):
    if request.param == "panel":
        return open_panel(visit(ana))
    return visit(ana, "/notifications/").locator("main")


def more(place, title):
    """A notification's menu button, where a person who points at it finds it."""
    item(place, title).hover()
    return item(place, title).locator("summary")


def mute(place, title, name="Mute Tasks"):
    more(place, title).click()
    place.get_by_role("button", name=name).click()


def muted(ana):
    rows = SourcePreference.objects.filter(user=ana).muted()
    return dict(rows.values_list("source_app", "including_urgent"))


def test_source_is_muted_from_the_item_menu_and_undo_unmutes_it(shown, ana, notify):
    mute(shown, "Second")
    expect(shown).to_contain_text("Tasks muted")
    expect(more(shown, "Second")).to_be_focused()
    expect(shown.locator("details[open]")).to_have_count(0)
    expect(item(shown, "Second")).to_be_visible()
    assert notify("Quiet") is None
    assert notify("Loud", level="danger") is not None

    shown.get_by_role("button", name="Undo").press("Enter")
    expect(shown.get_by_role("button", name="Undo")).to_have_count(0)
    expect(more(shown, "Second")).to_be_focused()
    assert notify("Quiet") is not None


def test_item_menu_at_the_end_of_the_list_fits_on_the_screen(shown):
    shown.page.set_viewport_size({"width": 1000, "height": 520})
    last = item(shown, "First")
    last.evaluate("row => row.scrollIntoView({ block: 'end' })")
    last.locator("summary").focus()
    shown.page.keyboard.press("Enter")
    expect(shown.locator("details[open] .themis-item__menu")).to_be_in_viewport(ratio=1)


def test_escape_closes_the_item_menu_and_leaves_the_list_open(shown):
    more(shown, "Second").press("Enter")
    expect(shown.get_by_role("button", name="Mute Tasks")).to_be_visible()
    shown.page.keyboard.press("End")
    expect(shown.get_by_role("button", name="Mute Tasks")).to_be_focused()
    shown.page.keyboard.press("Escape")
    expect(shown.get_by_role("button", name="Mute Tasks")).to_have_count(0)
    expect(more(shown, "Second")).to_be_focused()
    expect(item(shown, "Second")).to_be_visible()


def test_item_menu_closes_on_a_click_elsewhere_and_when_another_opens(shown):
    more(shown, "Second").click()
    expect(shown.locator("details[open]")).to_have_count(1)
    more(shown, "Third").click()
    expect(shown.locator("details[open]")).to_have_count(1)
    expect(item(shown, "Third").get_by_role("button", name="Mute Tasks")).to_be_visible()
    shown.get_by_role("heading").first.click()
    expect(shown.locator("details[open]")).to_have_count(0)
    more(shown, "Second").click()
    more(shown, "Second").click()
    expect(shown.locator("details[open]")).to_have_count(0)


def test_mark_as_read_and_dismiss_work_beside_the_item_menu(shown):
    act(shown, "Second", "Mark as read")
    expect(item(shown, "Second").get_by_role("button", name="Mark as unread: ")).to_be_visible()
    act(shown, "Third", "Dismiss")
    expect(item(shown, "Third")).to_have_count(0)


def test_source_is_muted_from_the_item_menu_without_javascript(visit, ana, three):
    page = visit(ana, "/notifications/?state=unread", java_script_enabled=False)
    mute(page.locator("main"), "Second")
    expect(page).to_have_url(re.compile(r"state=unread&themis_muted=tasks$"))
    expect(page.locator("main")).to_contain_text("Tasks muted")
    assert muted(ana) == {"tasks": False}
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)
    assert muted(ana) == {}


def test_item_menu_button_is_always_visible_on_a_touch_screen(visit, ana, three):
    page = visit(ana, "/notifications/", has_touch=True, is_mobile=True)
    summary = item(page.locator("main"), "Second").locator("summary")
    expect(summary).to_be_visible()
    box = summary.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    summary.tap()
    page.get_by_role("button", name="Mute Tasks").tap()
    expect(page.locator("main")).to_contain_text("Tasks muted")


def test_source_that_has_to_come_cannot_be_muted_from_the_item_menu(shown, settings):
    settings.THEMIS_SOURCES = {"tasks": {"name": "Tasks", "required": ["bell"]}}
    page = shown.page
    page.reload()
    if not page.url.endswith("/notifications/"):
        open_panel(page)
    more(shown, "Second").click()
    expect(shown.get_by_role("button", name="In one hour")).to_be_visible()
    expect(shown.get_by_role("button", name="Mute Tasks")).to_have_count(0)
