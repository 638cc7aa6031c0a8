import re

import pytest
from playwright.sync_api import expect

from e2e.screen import wait_until
from themis.notifications import notify_user

# As in Firefox before 125 and Safari before 17.
WITHOUT_POPOVERS = """
const { matches } = Element.prototype;
delete HTMLElement.prototype.popover;
Element.prototype.matches = function (selector) {
  if (selector.includes(":popover-open")) throw new SyntaxError("unknown pseudo-class");
  return matches.call(this, selector);
};
"""


@pytest.fixture
def mixed(notify):
    notify("Overdue: Deploy v2", level="danger", source_app="tasks")
    notify("Request approved", level="success", source_app="requests")
    read = notify("Starting soon", level="warning", source_app="events")
    type(read).objects.filter(pk=read.pk).mark_read()


def titles(page):
    return page.locator("main .themis-item__title").all_inner_texts()


@pytest.mark.parametrize(
    ("chip", "found"),
    [
        ("Unread", ["Request approved", "Overdue: Deploy v2"]),
        ("Tasks", ["Overdue: Deploy v2"]),
        ("Requests", ["Request approved"]),
    ],
)
def test_filter_chip_narrows_the_list_and_is_kept_in_the_address(
    visit, ana, mixed, htmx, chip, found
):
    page = visit(ana, "/notifications/")
    page.locator("main").get_by_role("link", name=chip, exact=True).click()
    expect(page.locator("main .themis-item")).to_have_count(len(found))
    assert titles(page) == found
    assert "?" in page.url
    page.reload()
    assert titles(page) == found


def test_level_chip_narrows_the_list(visit, ana, mixed, htmx):
    page = visit(ana, "/notifications/")
    page.get_by_text("Level", exact=True).click()
    page.get_by_role("link", name="Urgent").click()
    expect(page.locator("main .themis-item")).to_have_count(1)
    assert titles(page) == ["Overdue: Deploy v2"]


def test_filters_combine_and_the_all_chip_removes_them(visit, ana, mixed, htmx):
    page = visit(ana, "/notifications/")
    page.get_by_role("link", name="Unread", exact=True).click()
    expect(page.locator("main .themis-item")).to_have_count(2)
    page.locator("main").get_by_role("link", name="Events", exact=True).click()
    expect(page.locator("main")).to_contain_text("No notification matches these filters")
    page.get_by_role("link", name="All", exact=True).click()
    expect(page.locator("main .themis-item")).to_have_count(3)


def test_back_button_of_the_browser_returns_to_the_previous_filter(visit, ana, mixed, htmx):
    page = visit(ana, "/notifications/")
    page.get_by_role("link", name="Tasks", exact=True).click()
    expect(page.locator("main .themis-item")).to_have_count(1)
    page.go_back()
    expect(page.locator("main .themis-item")).to_have_count(3)


@pytest.mark.seldom
def test_show_older_reaches_the_end_of_300_notifications(visit, ana, htmx):
    for number in range(300):
        notify_user(ana, f"Number {number}")
    page = visit(ana, "/notifications/")
    older = page.get_by_role("link", name="Show older")
    shown = page.locator("main .themis-item").count()
    while older.count():
        older.click()
        shown = min(shown + 20, 300)
        expect(page.locator("main .themis-item")).to_have_count(shown)
    assert shown == 300
    assert titles(page) == [f"Number {number}" for number in reversed(range(300))]
    expect(page.get_by_role("heading", name="Today")).to_have_count(1)


def test_show_older_focuses_the_first_older_notification(visit, ana, htmx):
    for number in range(30):
        notify_user(ana, f"Number {number}", url="/")
    page = visit(ana, "/notifications/")
    page.get_by_role("link", name="Show older").press("Enter")
    expect(page.get_by_role("link", name="Number 9", exact=True)).to_be_focused()


@pytest.fixture
def rare(ana, monkeypatch):
    """One urgent notification below 25 others, and a search that looks through ten at a time."""
    monkeypatch.setattr("themis_htmx.models.notification.SEARCH_WINDOW", 10)
    notify_user(ana, "Rare", level="danger", source_app="billing", url="/")
    for number in range(25):
        notify_user(ana, f"Number {number}", source_app="tasks")


def further(page):
    return page.get_by_role("link", name="Look further back")


def words(page):
    return page.locator("main .themis-empty")


def press(page, link):
    """Press a link by the keyboard, and wait until the answer has replaced the words around it."""
    before = words(page).element_handle()
    link.press("Enter")
    wait_until(page, lambda: not before.evaluate("words => words.isConnected"))


def test_look_further_back_keeps_the_focus_where_the_search_goes_on(visit, ana, rare, htmx):
    page = visit(ana, "/notifications/?level=danger")
    expect(words(page)).to_contain_text("Nothing here so far")
    press(page, further(page))
    expect(further(page)).to_be_focused()
    expect(further(page)).to_have_accessible_description(re.compile("^Nothing here so far"))
    press(page, further(page))
    expect(page.get_by_role("link", name="Rare", exact=True)).to_be_focused()
    expect(words(page)).to_have_count(0)


def test_search_that_ends_without_a_match_focuses_the_show_all_link(visit, ana, rare, htmx):
    page = visit(ana, "/notifications/?level=warning")
    for _look in range(2):
        press(page, further(page))
    expect(words(page)).to_contain_text("No notification matches these filters.")
    expect(further(page)).to_have_count(0)
    expect(words(page).get_by_role("link", name="Show all")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main .themis-item")).to_have_count(20)


def test_refresh_of_a_filtered_list_does_not_move_the_focus(visit, ana, rare, notify, htmx):
    page = visit(ana, "/notifications/?level=danger")
    notify("Newer", level="danger")
    page.get_by_role("button", name="1 new").click()
    expect(page.get_by_role("link", name="Newer", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Show older")).not_to_be_focused()
    page.get_by_role("link", name="Show older").press("Enter")
    expect(words(page)).to_contain_text("Nothing more so far")
    expect(further(page)).to_be_focused()


@pytest.mark.parametrize("name", ["Unread", "Level"])
def test_filter_chip_keeps_the_focus_when_the_list_is_refreshed(visit, ana, mixed, htmx, name):
    shown = visit(ana, "/notifications/").locator("main")
    chip = shown.locator(".themis-chip", has_text=name)
    chip.focus()
    before = shown.locator(".themis-filters").element_handle()
    shown.locator("[data-themis-list]").dispatch_event("themis:refresh")
    wait_until(shown.page, lambda: not before.evaluate("filters => filters.isConnected"))
    expect(chip).to_be_focused()


def test_older_notifications_stay_shown_when_the_list_is_refreshed(visit, ana, notify, htmx):
    for number in range(25):
        notify(f"Number {number}")
    page = visit(ana, "/notifications/")
    page.get_by_role("link", name="Show older").click()
    expect(page.locator("main .themis-item")).to_have_count(25)
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator("main .themis-dot")).to_have_count(0)
    expect(page.locator("main .themis-item")).to_have_count(25)


def test_list_updates_in_a_browser_without_popovers(visit, ana, notify, htmx):
    for number in range(3):
        notify(f"Number {number}")
    page = visit(ana, "/notifications/", script=WITHOUT_POPOVERS)
    expect(page.locator("a.themis-bell__button")).to_be_visible()
    page.get_by_role("button", name="Mark all read").click()
    expect(page.locator("main .themis-dot")).to_have_count(0)
    expect(page.locator(".themis-badge")).to_have_count(0)


@pytest.mark.parametrize(("url", "whole"), [("", True), ("/requests/", False)])
def test_long_message_is_shown_whole_unless_the_notification_has_a_link(
    visit, ana, notify, htmx, url, whole
):
    notify("Long", message="Word after word. " * 60, url=url)
    message = visit(ana, "/notifications/").locator("main .themis-item__message")
    assert message.evaluate("words => words.scrollHeight <= words.clientHeight + 1") == whole
