import re
from contextlib import suppress

import pytest
from playwright.sync_api import Error, expect

from e2e.screen import act, expect_unread, item, open_panel, wait_until
from themis.models import UserNotification


@pytest.fixture(params=["panel", "list"])
def shown(request, visit, ana, three, htmx, without_polls):
    if request.param == "panel":
        return open_panel(visit(ana))
    return visit(ana, "/notifications/").locator("main")


def test_one_is_marked_read_and_unread_again(shown):
    act(shown, "Second", "Mark as read")
    expect_unread(shown.page, 2)
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    act(shown, "Second", "Mark as unread")
    expect_unread(shown.page, 3)
    expect(item(shown, "Second")).to_contain_text("Unread")


def test_the_button_keeps_the_focus(shown):
    act(shown, "Second", "Mark as read")
    button = item(shown, "Second").get_by_role("button", name="Mark as unread: Second")
    expect(button).to_be_focused()


def test_marking_all_read_keeps_the_focus(shown):
    button = shown.get_by_role("button", name="Mark all read")
    button.press("Enter")
    expect(shown.locator(".themis-dot")).to_have_count(0)
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-disabled", "true")


def test_in_a_list_of_the_unread_it_keeps_the_focus_too(visit, ana, three, htmx, without_polls):
    shown = visit(ana, "/notifications/?state=unread").locator("main")
    button = shown.get_by_role("button", name="Mark all read")
    button.press("Enter")
    expect(shown).to_contain_text("No notification matches these filters.")
    expect(button).to_be_focused()


def test_undoing_it_scrolls_nowhere(visit, ana, notify, htmx, without_polls):
    for number in range(20):
        notify(f"Number {number}")
    page = visit(ana, "/notifications/", viewport={"width": 390, "height": 700})
    # As a person would: the driver's own clicks may scroll.
    for name in ("Mark all read", "Undo"):
        page.get_by_role("button", name=name).evaluate("button => button.click()")
        expect_unread(page, 20 if name == "Undo" else 0)
    expect(page.locator("main .themis-dot")).to_have_count(20)
    assert page.evaluate("scrollY") == 0


def test_all_are_marked_read_and_it_is_undone(shown):
    shown.get_by_role("button", name="Mark all read").click()
    expect_unread(shown.page, 0)
    expect(shown).to_contain_text("3 marked as read")
    expect(shown.locator(".themis-dot")).to_have_count(0)
    shown.get_by_role("button", name="Undo").click()
    expect_unread(shown.page, 3)
    expect(shown.locator(".themis-dot")).to_have_count(3)


def test_what_arrives_in_between_stays_unread(shown, notify):
    notify("Too late to be seen")
    shown.get_by_role("button", name="Mark all read").click()
    expect(shown).to_contain_text("3 marked as read")
    expect_unread(shown.page, 1)
    assert not UserNotification.objects.get(title="Too late to be seen").is_read


def test_what_was_read_before_is_not_made_unread_by_the_undo(shown):
    act(shown, "First", "Mark as read")
    expect_unread(shown.page, 2)
    shown.get_by_role("button", name="Mark all read").click()
    shown.get_by_role("button", name="Undo").click()
    expect_unread(shown.page, 2)
    assert UserNotification.objects.get(title="First").is_read


def test_a_list_that_is_still_under_way_gives_way_to_a_newer_one(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    held = []
    page.route("**/items/*", lambda route: route.continue_() if held else held.append(route))
    page.get_by_role("button", name="Mark all read").click()
    expect_unread(page, 0)
    page.get_by_role("button", name="Undo").click()
    expect_unread(page, 3)
    assert len(held) == 1
    expect(page.locator("main .themis-dot")).to_have_count(3)
    expect(page.locator("[data-themis-failed]:visible")).to_have_count(0)


def test_two_that_are_marked_in_quick_succession_are_both_shown_read(shown):
    held = []
    shown.page.route("**/read/", lambda route: held.append(route))
    act(shown, "First", "Mark as read")
    act(shown, "Second", "Mark as read")
    expect(shown.page.locator(".themis-icon-button.htmx-request")).to_have_count(2)
    for route in held:
        route.continue_()
    for title in ("First", "Second"):
        expect(item(shown, title)).not_to_contain_text("Unread")
    expect_unread(shown.page, 1)
    expect(shown.page.locator("[data-themis-failed]:visible")).to_have_count(0)


def test_a_list_asked_for_before_the_act_does_not_undo_it(visit, ana, notify, three, htmx):
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    notify("Fourth")
    held = []
    page.route(
        "**/items/*",
        lambda route: route.continue_() if held else held.append((route, route.fetch())),
    )
    shown.get_by_role("button", name="1 new").click()
    expect(shown.locator("[data-themis-list].htmx-request")).to_have_count(1)
    act(shown, "Second", "Mark as read")
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(item(shown, "Fourth")).to_be_visible()
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    expect_unread(page, 3)


def test_nor_does_a_list_whose_filter_was_pressed_before(shown):
    page = shown.page
    held = []
    page.route(
        re.compile("/(dropdown|items)/"),
        lambda route: route.continue_() if held else held.append((route, route.fetch())),
    )
    _filter(shown, "All").click()
    wait_until(page, lambda: held)
    act(shown, "Second", "Mark as read")
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    route, answer = held[0]
    with page.expect_response(re.compile("/(dropdown|items)/")):
        route.fulfill(response=answer)
    expect(item(shown, "Second")).not_to_contain_text("Unread")


def test_of_two_filters_in_quick_succession_the_last_counts(shown):
    act(shown, "Second", "Mark as read")
    expect_unread(shown.page, 2)
    held = []
    shown.page.route(
        re.compile("/(dropdown|items)/"),
        lambda route: route.continue_() if held else held.append((route, route.fetch())),
    )
    _filter(shown, "Unread").click()
    wait_until(shown.page, lambda: held)
    _filter(shown, "All").click()
    expect(item(shown, "Second")).to_be_visible()
    route, answer = held[0]
    with suppress(Error):  # The browser has given it up.
        route.fulfill(response=answer)
    shown.page.wait_for_timeout(200)
    expect(item(shown, "Second")).to_be_visible()


def test_the_projects_own_slow_request_holds_nothing_up(shown):
    own = []
    shown.page.route("**/own/", lambda route: own.append(route))
    shown.page.evaluate("void htmx.ajax('POST', '/own/', { target: 'body', swap: 'none' })")
    wait_until(shown.page, lambda: own)
    shown.get_by_role("button", name="Mark all read").click()
    expect(shown.locator(".themis-dot")).to_have_count(0)
    own[0].fulfill(status=204)


def test_a_filter_that_is_chosen_while_all_are_marked_is_not_lost(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    acts, lists = [], []
    page.route("**/read-all/", lambda route: acts.append(route))
    page.route(
        "**/items/*",
        lambda route: route.continue_() if lists else lists.append((route, route.fetch())),
    )
    shown.get_by_role("button", name="Mark all read").click()
    wait_until(page, lambda: acts)
    _filter(shown, "Unread").click()
    wait_until(page, lambda: lists)
    acts[0].continue_()
    expect(shown).to_contain_text("3 marked as read")
    route, answer = lists[0]
    with page.expect_response("**/items/*"):
        route.fulfill(response=answer)
    expect(shown.locator(".themis-dot")).to_have_count(0)
    expect(shown.locator(".themis-item")).to_have_count(0)
    expect_unread(page, 0)


def test_nor_are_older_ones_that_are_asked_for_meanwhile(visit, ana, notify, htmx, without_polls):
    for number in range(22):
        notify(f"Number {number}")
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    held = []
    page.route("**/items/*before=*", lambda route: held.append(route))
    shown.get_by_role("link", name="Show older").click()
    wait_until(page, lambda: held)
    shown.get_by_role("button", name="Mark all read").click()
    expect_unread(page, 0)
    held[0].continue_()
    expect(shown.locator(".themis-item")).to_have_count(22)
    expect(shown.locator(".themis-dot")).to_have_count(0)


def test_a_list_asked_for_while_an_act_is_under_way_does_not_undo_it(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    acts, lists = [], []
    page.route("**/dismiss/", lambda route: acts.append(route))
    page.route(
        "**/items/*",
        lambda route: route.continue_() if lists else lists.append((route, route.fetch())),
    )
    act(shown, "Second", "Dismiss")
    wait_until(page, lambda: acts)
    page.evaluate("htmx.trigger('#themis-inbox', 'themis:refresh')")
    wait_until(page, lambda: lists)
    acts[0].continue_()
    expect(item(shown, "Second")).to_have_count(0)
    route, answer = lists[0]
    with page.expect_response("**/items/*"):
        route.fulfill(response=answer)
    expect(shown.locator(".themis-item:visible")).to_have_count(2)


def test_an_act_whose_row_was_replaced_meanwhile_shows_all_the_same(
    visit, ana, three, htmx, without_polls
):
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    acts = []
    page.route("**/read/", lambda route: acts.append(route))
    act(shown, "Second", "Mark as read")
    wait_until(page, lambda: acts)
    item(shown, "Second").evaluate("row => row.classList.add('before')")
    page.evaluate("htmx.trigger('#themis-inbox', 'themis:refresh')")
    expect(shown.locator(".before")).to_have_count(0)
    acts[0].continue_()
    expect_unread(page, 2)
    expect(item(shown, "Second")).not_to_contain_text("Unread")


def test_panel_and_list_agree_on_one_page(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    act(open_panel(page), "Second", "Mark as read")
    row = item(page.locator("main"), "Second")
    expect(row.locator(".themis-dot")).to_have_count(0)


def _filter(shown, name):
    return shown.locator(".themis-segment, .themis-chip").filter(has_text=re.compile(f"^{name}"))
