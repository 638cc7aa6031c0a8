"""Overlapping requests for lists and actions: nothing that was pressed is lost or undone."""

import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from e2e.screen import act, expect_unread, item, open_panel, settle, wait_until
from tests.helpers.daily import daily

LISTS = re.compile("/(dropdown|items)/")


@pytest.fixture(params=daily(["panel", "list"], ["list"]))
def shown(request, visit, ana, three, htmx, without_polls):
    if request.param == "panel":
        return open_panel(visit(ana))
    return visit(ana, "/notifications/").locator("main")


def test_pending_list_request_gives_way_to_a_newer_one(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    held = []
    page.route("**/items/*", lambda route: route.continue_() if held else held.append(route))
    page.get_by_role("button", name="Mark all read").click()
    expect_unread(page, 0)
    page.get_by_role("button", name="Undo").click()
    expect_unread(page, 3)
    assert len(held) == 1
    expect(page.locator("main .themis-dot")).to_have_count(3)
    expect(page.locator("[data-themis-action-error]:visible")).to_have_count(0)


def test_poll_sent_before_the_panel_had_its_list_still_tells_of_news(
    visit, ana, notify, three, htmx
):
    """Such a poll does not say what the list shows, so its answer has no words for the list."""
    page = visit(ana)
    held = []
    page.route("**/bell/*", lambda route: route.continue_() if held else held.append(route))
    wait_until(page, lambda: held)
    shown = open_panel(page)
    notify("Fourth")
    held[0].continue_()
    expect_unread(page, 4)
    expect(shown.get_by_role("button", name="1 new notification")).to_be_visible()


def test_two_notifications_marked_in_quick_succession_are_both_shown_read(shown):
    held = _hold(shown.page, "**/read/")
    act(shown, "First", "Mark as read")
    act(shown, "Second", "Mark as read")
    wait_until(shown.page, lambda: len(held) == 2)
    for route in held:
        route.continue_()
    for title in ("First", "Second"):
        expect(item(shown, title)).not_to_contain_text("Unread")
    expect_unread(shown.page, 1)
    expect(shown.page.locator("[data-themis-action-error]:visible")).to_have_count(0)


def test_list_requested_before_mark_as_read_does_not_show_the_item_unread(
    visit, ana, notify, three, htmx
):
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    notify("Fourth")
    held = _delay_first(page, LISTS)
    shown.get_by_role("button", name="1 new").click()
    expect(shown.locator("[data-themis-list].htmx-request")).to_have_count(1)
    act(shown, "Second", "Mark as read")
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(item(shown, "Fourth")).to_be_visible()
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    expect_unread(page, 3)


def test_filter_pressed_before_mark_as_read_does_not_show_the_item_unread(shown):
    page = shown.page
    held = _delay_first(page, LISTS)
    _filter(shown, "All").click()
    wait_until(page, lambda: held)
    act(shown, "Second", "Mark as read")
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    route, answer = held[0]
    with page.expect_response(LISTS):
        route.fulfill(response=answer)
    expect(item(shown, "Second")).not_to_contain_text("Unread")


def test_last_of_two_filters_pressed_in_quick_succession_counts(shown):
    act(shown, "Second", "Mark as read")
    expect_unread(shown.page, 2)
    held = _delay_first(shown.page, LISTS)
    _filter(shown, "Unread").click()
    wait_until(shown.page, lambda: held)
    _filter(shown, "All").click()
    expect(item(shown, "Second")).to_be_visible()
    route, answer = held[0]
    with suppress(Error):  # The browser has given it up.
        route.fulfill(response=answer)
    settle(shown.page)
    expect(item(shown, "Second")).to_be_visible()


def test_slow_htmx_request_of_the_project_does_not_delay_mark_all_read(shown):
    own = _hold(shown.page, "**/own/")
    shown.page.evaluate("void htmx.ajax('POST', '/own/', { target: 'body', swap: 'none' })")
    wait_until(shown.page, lambda: own)
    shown.get_by_role("button", name="Mark all read").click()
    expect(shown.locator(".themis-dot")).to_have_count(0)
    own[0].fulfill(status=204)


def test_filter_chosen_during_mark_all_read_is_not_lost(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    acts, lists = _hold(page, "**/read-all/"), _delay_first(page, LISTS)
    shown.get_by_role("button", name="Mark all read").click()
    wait_until(page, lambda: acts)
    _filter(shown, "Unread").click()
    wait_until(page, lambda: lists)
    acts[0].continue_()
    expect(shown).to_contain_text("3 marked as read")
    route, answer = lists[0]
    with page.expect_response(LISTS):
        route.fulfill(response=answer)
    expect(shown.locator(".themis-dot")).to_have_count(0)
    expect(shown.locator(".themis-item")).to_have_count(0)
    expect_unread(page, 0)


def test_show_older_request_survives_a_mark_all_read(visit, ana, notify, htmx, without_polls):
    for number in range(22):
        notify(f"Number {number}")
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    held = _hold(page, "**/items/*before=*")
    shown.get_by_role("link", name="Show older").click()
    wait_until(page, lambda: held)
    shown.get_by_role("button", name="Mark all read").click()
    expect_unread(page, 0)
    held[0].continue_()
    expect(shown.locator(".themis-item")).to_have_count(22)
    expect(shown.locator(".themis-dot")).to_have_count(0)


def test_list_requested_during_a_dismissal_does_not_bring_the_item_back(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    acts, lists = _hold(page, "**/dismiss/"), _delay_first(page, LISTS)
    act(shown, "Second", "Dismiss")
    wait_until(page, lambda: acts)
    page.evaluate("htmx.trigger('#themis-inbox', 'themis:refresh')")
    wait_until(page, lambda: lists)
    acts[0].continue_()
    expect(item(shown, "Second")).to_have_count(0)
    route, answer = lists[0]
    with page.expect_response(LISTS):
        route.fulfill(response=answer)
    expect(shown.locator(".themis-item:visible")).to_have_count(2)


def test_mark_as_read_is_shown_although_its_row_was_replaced_meanwhile(
    visit, ana, three, htmx, without_polls
):
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    acts = _hold(page, "**/read/")
    act(shown, "Second", "Mark as read")
    wait_until(page, lambda: acts)
    item(shown, "Second").evaluate("row => row.classList.add('before')")
    page.evaluate("htmx.trigger('#themis-inbox', 'themis:refresh')")
    expect(shown.locator(".before")).to_have_count(0)
    acts[0].continue_()
    expect_unread(page, 2)
    expect(item(shown, "Second")).not_to_contain_text("Unread")


def test_filter_chosen_during_mark_as_read_stays(shown):
    acts = _hold(shown.page, "**/read/")
    act(shown, "Second", "Mark as read")
    wait_until(shown.page, lambda: acts)
    _filter(shown, "Unread").click()
    expect(_chosen(shown, "Unread")).to_be_visible()
    acts[0].continue_()
    expect(item(shown, "Second")).to_have_count(0)
    expect(shown.locator(".themis-item")).to_have_count(2)
    expect(_chosen(shown, "Unread")).to_be_visible()


def test_refused_mark_as_read_keeps_a_filter_chosen_meanwhile(shown, foreseen):
    foreseen += ["503", "did not work"]
    acts, lists = _hold(shown.page, "**/read/"), _hold(shown.page, LISTS)
    act(shown, "Second", "Mark as read")
    wait_until(shown.page, lambda: acts)
    _filter(shown, "Unread").click()
    wait_until(shown.page, lambda: lists)
    acts[0].fulfill(status=503)
    expect(shown.page.locator("[data-themis-action-error]:visible")).to_have_count(1)
    lists[0].continue_()
    expect(_chosen(shown, "Unread")).to_be_visible()
    wait_until(shown.page, lambda: len(lists) == 2)
    lists[1].continue_()
    expect(shown.locator(".themis-item")).to_have_count(3)
    expect(_chosen(shown, "Unread")).to_be_visible()


@pytest.mark.parametrize("verbs", [["Dismiss", "Mark as read"], ["Mark as read", "Dismiss"]])
def test_dismissed_item_does_not_come_back_when_it_is_also_marked_read(shown, verbs):
    acts = _hold(shown.page, re.compile("/(dismiss|read)/$"))
    for number, verb in enumerate(verbs, 1):
        act(shown, "Second", verb)
        wait_until(shown.page, lambda number=number: len(acts) == number)
    for route in sorted(acts, key=lambda route: route.request.url):
        with shown.page.expect_response(route.request.url):
            route.continue_()
    expect_unread(shown.page, 2)
    expect(item(shown, "Second")).to_have_count(0)
    expect(shown.locator(".themis-item:visible")).to_have_count(2)


def test_double_click_on_mark_as_read_shows_no_error(shown):
    name = "Mark as read: Second"
    button = shown.get_by_role("button", name=name)
    button.evaluate("button => { button.click(); button.click(); }")
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    expect_unread(shown.page, 2)


def test_request_vetoed_by_the_project_does_not_block_mark_all_read(shown):
    shown.page.evaluate("""() => {
        for (const name of ["htmx:beforeRequest", "htmx:before:request"])
            document.body.addEventListener(name, (event) => event.preventDefault(), { once: true });
    }""")
    act(shown, "Second", "Mark as read")
    # By the keyboard: what htmx 4 asks for after a veto may replace the button under the mouse.
    shown.get_by_role("button", name="Mark all read").press("Enter")
    expect_unread(shown.page, 0)
    expect(shown.locator(".themis-dot")).to_have_count(0)


def test_list_requested_under_a_page_wide_indicator_keeps_an_item_read(shown):
    shown.page.evaluate("document.body.setAttribute('hx-indicator', 'footer')")
    lists = _delay_first(shown.page, LISTS)
    shown.locator("xpath=descendant-or-self::*[@data-themis-list]").dispatch_event("themis:refresh")
    wait_until(shown.page, lambda: lists)
    act(shown, "Second", "Mark as read")
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    route, answer = lists[0]
    with shown.page.expect_response(LISTS):
        route.fulfill(response=answer)
    expect(item(shown, "Second")).not_to_contain_text("Unread")


def _filter(shown, name):
    return shown.locator(".themis-segment, .themis-chip").filter(
        has_text=re.compile(rf"^\s*{name}")
    )


def _hold(page, url):
    """Hold requests back and collect them in the order in which they come."""
    held = []
    page.route(url, lambda route: held.append(route))
    return held


def _delay_first(page, url):
    """Have the first request answered at once, and hold back its answer."""
    late = []
    page.route(
        url, lambda route: route.continue_() if late else late.append((route, route.fetch()))
    )
    return late


def _chosen(shown, name):
    chosen = shown.locator(".themis-segment[aria-pressed=true], .themis-chip--on")
    return chosen.filter(has_text=re.compile(rf"^\s*{name}"))
