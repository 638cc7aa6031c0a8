"""Toasts and the number in the title: there for a page that asks for them."""

import re

import pytest
from playwright.sync_api import expect

from e2e.screen import (
    expect_unread,
    go_boosted,
    item,
    let_pass,
    open_panel,
    reload_changed,
    settle,
)


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


@pytest.mark.parametrize("rest", ["", 'hx-select-oob="#top"'], ids=["alone", "and the header"])
def test_page_title_counts_on_after_a_boosted_link_brings_a_part_of_the_page(
    asking, notify, three, htmx, rest
):
    page = asking()
    attributes = f'hx-boost="true" hx-select="#content" hx-target="#content" {rest}'
    if htmx != "2":
        attributes = attributes.replace("=", ":inherited=")
    reload_changed(
        page,
        lambda html: (
            html.replace("<body>", f"<body {attributes}>")
            .replace('class="topbar"', 'class="topbar" id="top"')
            .replace('"/reports/"', '"/reports/?bell=loud"')
        ),
    )
    expect(page).to_have_title(re.compile(r"^\(3\) Team"))
    page.evaluate("window.kept = true")
    page.get_by_role("link", name="Reports").click()
    expect(page).to_have_title(re.compile(r"^\(3\) Reports"))
    notify("Fourth")
    expect(page).to_have_title(re.compile(r"^\(4\) Reports"))
    assert page.evaluate("window.kept")


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


def test_toast_goes_when_the_panel_shows_its_notification(asking, notify, htmx):
    page = asking()
    notify("Disk full", level="danger")
    expect(toasts(page)).to_have_count(1)
    shown = open_panel(page)
    expect(item(shown, "Disk full")).to_be_visible()
    expect(page.locator(".themis-toast")).to_have_count(0)


def test_one_that_arrives_while_the_panel_is_open_goes_when_the_list_is_loaded(
    asking, notify, htmx
):
    page = asking()
    shown = open_panel(page)
    notify("Disk full", level="danger")
    expect(toasts(page)).to_have_count(1)
    shown.get_by_role("button", name="1 new notification").click()
    expect(item(shown, "Disk full")).to_be_visible()
    expect(page.locator(".themis-toast")).to_have_count(0)


def test_one_stays_that_the_open_panel_does_not_show(asking, notify, settings, htmx):
    settings.THEMIS_DROPDOWN_SIZE = 1
    page = asking()
    for title in ("Disk full", "Disk on fire"):
        notify(title, level="danger")
    expect(toasts(page)).to_have_count(2)
    shown = open_panel(page)
    expect(item(shown, "Disk on fire")).to_be_visible()
    expect(toasts(page)).to_have_count(1)
    expect(toasts(page)).to_contain_text("Disk full")


HIDE = "document.querySelector('[data-themis-bell]').style.display = 'none'"
# As a project's own script may bring a new header.
RENEW = """() => {
  const bell = document.querySelector("[data-themis-bell]");
  const renewed = new DOMParser().parseFromString(window.header, "text/html").body.firstChild;
  bell.replaceWith(renewed);
}"""


def test_a_hidden_bell_shows_toasts_and_is_read_out(asking, notify, htmx):
    """The first bell may be that of a narrow header, in a wide window."""
    page = asking()
    page.evaluate(HIDE)
    notify("Comes now")
    expect(toasts(page)).to_have_count(1)
    expect(page.get_by_role("status").filter(has_text="1 unread")).to_have_count(1)
    toasts(page).get_by_role("button", name="Close").click()
    expect(toasts(page)).to_have_count(0)


def test_toasts_of_a_hidden_bell_stay_when_the_bell_comes_anew(asking, notify, htmx):
    page = asking()
    page.evaluate("window.header = document.querySelector('[data-themis-bell]').outerHTML")
    page.evaluate(HIDE)
    notify("First")
    expect(toasts(page)).to_have_count(1)
    page.evaluate(RENEW)
    page.evaluate(HIDE)
    notify("Second")
    expect(toasts(page)).to_have_count(2)
    expect(page.locator(".themis-toasts")).to_have_count(1)
    expect(page.locator("[data-themis-status]")).to_have_count(1)
