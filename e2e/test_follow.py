import re

import pytest
from playwright.sync_api import expect

from e2e.screen import expect_unread, item, open_panel, run_clock
from tests.helpers.daily import daily
from themis.models import UserNotification


def test_click_on_a_notification_marks_it_read_before_the_next_page_loads(visit, ana, three, htmx):
    page = visit(ana)
    item(open_panel(page), "Second").click()
    expect(page).to_have_url(re.compile("/requests/$"))
    assert page.locator(".themis-badge").inner_text() == "2"
    assert UserNotification.objects.get(title="Second").is_read


@pytest.mark.parametrize("part", daily(["time", ".themis-item__end", ".themis-disc"], ["time"]))
def test_click_on_any_part_of_a_notification_row_follows_its_link(visit, ana, three, htmx, part):
    page = visit(ana)
    box = item(open_panel(page), "Second").locator(part).bounding_box()
    # Below the buttons, where the row is higher than they are.
    page.mouse.click(box["x"] + 4, box["y"] + box["height"] - 3)
    expect(page).to_have_url(re.compile("/requests/$"))
    expect_unread(page, 2)


def test_title_of_a_notification_is_a_plain_link_to_its_url(visit, ana, three, htmx):
    page = visit(ana)
    link = open_panel(page).get_by_role("link", name="Second")
    expect(link).to_have_attribute("href", "/requests/")


def test_enter_key_follows_a_notification_link_and_marks_it_read(visit, ana, three, htmx):
    page = visit(ana)
    open_panel(page).get_by_role("link", name="Second").focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/requests/$"))
    assert page.locator(".themis-badge").inner_text() == "2"


def test_ctrl_click_opens_a_tab_and_marks_the_notification_read(visit, ana, three, htmx):
    page = visit(ana)
    shown = open_panel(page)
    with page.context.expect_page() as opened:
        item(shown, "Second").click(modifiers=["ControlOrMeta"])
    expect(opened.value).to_have_url(re.compile("/requests/$"))
    expect(item(shown, "Second").locator(".themis-dot")).to_have_count(0)
    expect_unread(page, 2)


def test_middle_click_opens_a_tab_and_marks_the_notification_read(visit, ana, three, htmx):
    page = visit(ana)
    shown = open_panel(page)
    with page.context.expect_page():
        item(shown, "Second").click(button="middle")
    expect_unread(page, 2)


def test_slow_read_request_does_not_delay_following_the_link(visit, ana, three, htmx):
    page = visit(ana)
    shown = open_panel(page)
    held = []
    page.route("**/read/", lambda route: held.append(route))
    item(shown, "Second").click(no_wait_after=True)
    expect(page).to_have_url(re.compile("/requests/$"))
    held[0].continue_()
    expect_unread(page, 2)


def test_notification_without_a_url_is_no_link(visit, ana, notify, htmx):
    notify("Just so you know", url="")
    shown = open_panel(visit(ana))
    expect(shown.get_by_role("link", name="Just so you know")).to_have_count(0)


@pytest.fixture
def report(visit, ana, three, notify, htmx, without_polls):
    """The list, and the panel over it, with a notification that leads to a download."""
    notify("Report", url="/report.csv")
    page = visit(ana, "/notifications/", clock=True)
    attached = {"Content-Disposition": "attachment"}
    page.route("**/report.csv", lambda route: route.fulfill(body="1,2", headers=attached))
    return page


def expect_read(page):
    expect_unread(page, 3)
    expect(item(page.locator("main"), "Report")).not_to_contain_text("Unread")


@pytest.mark.parametrize("place", daily(["panel", "list"], ["panel"]))
def test_notification_that_links_to_a_download_is_shown_read(report, place):
    shown = open_panel(report) if place == "panel" else report.locator("main")
    with report.expect_download():
        item(shown, "Report").click()
    expect_read(report)


def test_download_link_is_shown_read_after_a_slow_read_request(report):
    held = []
    report.route("**/read/", lambda route: held.append(route))
    with report.expect_download():
        item(report.locator("main"), "Report").click()
    run_clock(report, 2, held="/read/")
    held[0].continue_()
    expect_read(report)


def test_notification_that_links_to_an_anchor_of_the_page_closes_the_panel(
    visit, ana, notify, htmx
):
    notify("Look below", url="/requests/#content")
    page = visit(ana, "/requests/")
    shown = open_panel(page)
    item(shown, "Look below").click()
    expect(shown).to_be_hidden()
    expect(page).to_have_url(re.compile("#content$"))
    expect_unread(page, 0)
