import pytest
from playwright.sync_api import expect

from e2e.screen import act, expect_unread, item, open_panel
from tests.helpers.daily import daily
from themis.models import UserNotification


@pytest.fixture(params=daily(["panel", "list"], ["panel"]))
def shown(request, visit, ana, three, htmx, without_polls):
    if request.param == "panel":
        return open_panel(visit(ana))
    return visit(ana, "/notifications/").locator("main")


def test_dismissed_notification_leaves_the_list_and_undo_restores_it(shown):
    act(shown, "Second", "Dismiss")
    expect(item(shown, "Second")).to_have_count(0)
    expect(shown).to_contain_text("Dismissed")
    expect_unread(shown.page, 2)
    expect(shown.locator("[data-themis-count]")).to_have_text("2")
    shown.get_by_role("button", name="Undo").click()
    expect(item(shown, "Second")).to_be_visible()
    expect_unread(shown.page, 3)
    assert not UserNotification.objects.get(title="Second").is_dismissed


def test_focus_goes_to_the_next_notification_after_dismissing(shown):
    act(shown, "Second", "Dismiss")
    expect(item(shown, "First").get_by_role("link")).to_be_focused()


def test_undo_by_keyboard_focuses_the_restored_notification(shown):
    act(shown, "Second", "Dismiss")
    shown.get_by_role("button", name="Undo").press("Enter")
    expect(item(shown, "Second").get_by_role("link")).to_be_focused()


def test_dismissing_the_last_notification_shows_an_empty_inbox_with_undo(shown):
    for title in ("Third", "Second", "First"):
        act(shown, title, "Dismiss")
        expect(item(shown, title)).to_have_count(0)
    expect(shown).to_contain_text("You’re all caught up")
    shown.get_by_role("button", name="Undo").click()
    expect(item(shown, "First")).to_be_visible()


def test_dismissing_a_deleted_notification_refreshes_the_list(shown, foreseen):
    foreseen += ["404", "did not work"]
    UserNotification.objects.filter(title="Second").delete()
    act(shown, "Second", "Dismiss")
    expect(item(shown, "Second")).to_have_count(0)
    expect(item(shown, "First")).to_be_visible()


def test_undo_in_an_empty_inbox_does_not_lose_the_focus(shown):
    for title in ("Third", "Second", "First"):
        act(shown, title, "Dismiss")
        expect(item(shown, title)).to_have_count(0)
    expect(shown).to_contain_text("You’re all caught up")
    shown.get_by_role("button", name="Undo").press("Enter")
    expect(item(shown, "First")).to_be_visible()
    assert shown.page.evaluate("document.activeElement !== document.body")


def test_undo_in_the_panel_restores_the_notification_in_the_list_behind(
    visit, ana, three, htmx, without_polls
):
    page = visit(ana, "/notifications/")
    panel, row = open_panel(page), item(page.locator("main"), "Second")
    act(panel, "Second", "Dismiss")
    expect(row).to_have_count(0)
    panel.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
