import pytest
from playwright.sync_api import expect

from e2e.screen import act, expect_unread, item, open_panel
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


def test_panel_and_list_agree_on_one_page(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    act(open_panel(page), "Second", "Mark as read")
    row = item(page.locator("main"), "Second")
    expect(row.locator(".themis-dot")).to_have_count(0)
