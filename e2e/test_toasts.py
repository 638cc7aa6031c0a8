"""Toasts and the number in the title: there for a page that asks for them."""

import re

import pytest
from playwright.sync_api import expect

from e2e.screen import expect_unread, go_boosted, let_pass, settle


@pytest.fixture
def asking(visit, ana):
    """A page whose bell asks for toasts and for the count in the title."""

    def asking(**options):
        page = visit(ana, "/team/?bell=loud", **options)
        expect(page.get_by_role("button", name=re.compile("^Notifications"))).to_be_visible()
        return page

    return asking


def toasts(page):
    return page.locator(".themis-toast:visible")


def test_toast_shows_a_new_notification_and_none_from_before_the_page(asking, notify, htmx):
    notify("Was there before")
    page = asking()
    notify("Comes now", message="From the server room", level="warning")
    expect(toasts(page)).to_have_count(1)
    expect(toasts(page)).to_contain_text("Comes now")
    expect(toasts(page)).to_contain_text("From the server room")


def test_page_that_does_not_ask_for_toasts_gets_none(visit, ana, notify, htmx):
    page = visit(ana)
    asked = []
    page.on("request", lambda request: "/toasts/" in request.url and asked.append(request))
    notify("Quiet")
    expect_unread(page, 1)
    settle(page)
    assert asked == []
    expect(page.locator(".themis-toast")).to_have_count(0)
    expect(page).to_have_title(re.compile("^Board"))


def test_page_shows_only_the_three_newest_toasts(asking, notify, htmx, settings):
    page = asking()
    for number in range(5):
        notify(f"Number {number}")
    expect(toasts(page)).to_have_count(3)
    expect(toasts(page).last).to_contain_text("Number 4")


def test_click_on_a_toast_follows_its_link_and_marks_it_read(asking, notify, htmx):
    page = asking()
    notify("Look here", url="/requests/")
    toasts(page).get_by_role("link", name="Look here").click()
    expect(page).to_have_url(re.compile("/requests/$"))
    expect_unread(page, 0)


def test_closing_a_toast_leaves_the_notification_unread(asking, notify, htmx):
    page = asking()
    notify("Later")
    toasts(page).get_by_role("button", name="Close: Later").click()
    expect(toasts(page)).to_have_count(0)
    expect_unread(page, 1)


def test_toast_leaves_by_itself_unless_pointed_at_or_urgent(asking, notify, htmx):
    page = asking()
    notify("Disk full", level="danger")
    expect(toasts(page)).to_have_count(1)
    notify("Build is done")
    expect(toasts(page)).to_have_count(2)
    done = toasts(page).filter(has_text="Build is done")
    done.hover()
    let_pass(page)
    expect(toasts(page)).to_have_count(2)
    page.mouse.move(5, 300)
    let_pass(page)
    expect(done).to_have_count(0)
    expect(toasts(page)).to_have_count(1)
    expect(toasts(page)).to_contain_text("Disk full")


def test_page_title_shows_the_number_of_unread_notifications(asking, notify, three, htmx):
    page = asking()
    expect(page).to_have_title(re.compile(r"^\(3\) Team"))
    notify("Fourth")
    expect(page).to_have_title(re.compile(r"^\(4\) Team"))
    three[0].__class__.objects.all().mark_read()
    expect(page).to_have_title(re.compile("^Team"))


def test_page_title_keeps_the_count_after_a_boosted_link(asking, three, htmx):
    page = asking()
    go_boosted(page, "/reports/?bell=loud")
    expect(page).to_have_title(re.compile(r"^\(3\) Reports"))


def test_page_title_keeps_the_count_when_htmx_writes_the_title_last(asking, three, htmx):
    """htmx 4 writes the title when a swap has settled, and any other request may end before."""
    page = asking()
    page.evaluate(
        "() => new MutationObserver(() => document.dispatchEvent(new Event('htmx:load')))"
        ".observe(document.body, { childList: true })"
    )
    go_boosted(page, "/reports/?bell=loud")
    expect(page).to_have_title(re.compile(r"^\(3\) Reports"))


def test_page_title_keeps_the_count_when_the_page_rewrites_it(asking, notify, three, htmx):
    page = asking()
    expect(page).to_have_title(re.compile(r"^\(3\) Team"))
    page.evaluate("document.title = 'Reports'")
    expect(page).to_have_title("(3) Reports")
    notify("Fourth")
    expect(page).to_have_title("(4) Reports")
    three[0].__class__.objects.all().mark_read()
    expect(page).to_have_title("Reports")
