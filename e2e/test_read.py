import pytest
from playwright.sync_api import expect

from e2e.screen import act, expect_unread, item, open_panel
from tests.helpers.daily import daily
from themis.models import UserNotification


@pytest.fixture(params=daily(["panel", "list"], ["list"]))
def shown(request, visit, ana, three, htmx, without_polls):
    if request.param == "panel":
        return open_panel(visit(ana))
    return visit(ana, "/notifications/").locator("main")


def test_notification_is_marked_read_and_unread_again(shown):
    act(shown, "Second", "Mark as read")
    expect_unread(shown.page, 2)
    expect(item(shown, "Second")).not_to_contain_text("Unread")
    act(shown, "Second", "Mark as unread")
    expect_unread(shown.page, 3)
    expect(item(shown, "Second")).to_contain_text("Unread")


def test_mark_as_read_button_keeps_the_focus(shown):
    act(shown, "Second", "Mark as read")
    button = item(shown, "Second").get_by_role("button", name="Mark as unread: Second")
    expect(button).to_be_focused()


def test_mark_all_read_button_keeps_the_focus(shown):
    button = shown.get_by_role("button", name="Mark all read")
    button.press("Enter")
    expect(shown.locator(".themis-dot")).to_have_count(0)
    expect(button).to_be_focused()
    expect(button).to_have_attribute("aria-disabled", "true")


def test_mark_all_read_button_keeps_the_focus_under_the_unread_filter(
    visit, ana, three, htmx, without_polls
):
    shown = visit(ana, "/notifications/?state=unread").locator("main")
    button = shown.get_by_role("button", name="Mark all read")
    button.press("Enter")
    expect(shown).to_contain_text("No notification matches these filters.")
    expect(button).to_be_focused()


def test_mark_all_read_and_its_undo_do_not_scroll_the_page(visit, ana, notify, htmx, without_polls):
    for number in range(20):
        notify(f"Number {number}")
    page = visit(ana, "/notifications/", viewport={"width": 390, "height": 700})
    # As a person would: the driver's own clicks may scroll.
    for name in ("Mark all read", "Undo"):
        page.get_by_role("button", name=name).evaluate("button => button.click()")
        expect_unread(page, 20 if name == "Undo" else 0)
    expect(page.locator("main .themis-dot")).to_have_count(20)
    assert page.evaluate("scrollY") == 0


def test_mark_all_read_marks_every_notification_and_undo_takes_it_back(shown):
    shown.get_by_role("button", name="Mark all read").click()
    expect_unread(shown.page, 0)
    expect(shown).to_contain_text("3 marked as read")
    expect(shown.locator(".themis-dot")).to_have_count(0)
    shown.get_by_role("button", name="Undo").click()
    expect_unread(shown.page, 3)
    expect(shown.locator(".themis-dot")).to_have_count(3)


def test_mark_all_read_leaves_a_later_notification_unread(shown, notify):
    notify("Too late to be seen")
    shown.get_by_role("button", name="Mark all read").click()
    expect(shown).to_contain_text("3 marked as read")
    expect_unread(shown.page, 1)
    assert not UserNotification.objects.get(title="Too late to be seen").is_read


def test_undo_of_mark_all_read_leaves_earlier_reads_alone(shown):
    act(shown, "First", "Mark as read")
    expect_unread(shown.page, 2)
    shown.get_by_role("button", name="Mark all read").click()
    shown.get_by_role("button", name="Undo").click()
    expect_unread(shown.page, 2)
    assert UserNotification.objects.get(title="First").is_read


def test_notification_read_in_the_panel_is_shown_read_in_the_list_behind(visit, ana, three, htmx):
    page = visit(ana, "/notifications/")
    act(open_panel(page), "Second", "Mark as read")
    row = item(page.locator("main"), "Second")
    expect(row.locator(".themis-dot")).to_have_count(0)
