import pytest
from playwright.sync_api import expect

from e2e.screen import act, expect_unread, item, open_panel
from themis.models import UserNotification


@pytest.fixture(params=["panel", "list"])
def shown(request, visit, ana, three, htmx, without_polls):
    if request.param == "panel":
        return open_panel(visit(ana))
    return visit(ana, "/notifications/").locator("main")


def test_one_is_dismissed_and_it_is_undone(shown):
    act(shown, "Second", "Dismiss")
    expect(item(shown, "Second")).to_have_count(0)
    expect(shown).to_contain_text("Dismissed")
    expect_unread(shown.page, 2)
    expect(shown.locator("[data-themis-count]")).to_have_text("2")
    shown.get_by_role("button", name="Undo").click()
    expect(item(shown, "Second")).to_be_visible()
    expect_unread(shown.page, 3)
    assert not UserNotification.objects.get(title="Second").is_dismissed


def test_the_focus_goes_to_the_next_one(shown):
    act(shown, "Second", "Dismiss")
    expect(item(shown, "First").get_by_role("link")).to_be_focused()


def test_undo_by_keyboard_brings_the_focus_back_to_it(shown):
    act(shown, "Second", "Dismiss")
    shown.get_by_role("button", name="Undo").press("Enter")
    expect(item(shown, "Second").get_by_role("link")).to_be_focused()


def test_dismissing_the_last_one_leaves_an_empty_inbox_and_a_way_back(shown):
    for title in ("Third", "Second", "First"):
        act(shown, title, "Dismiss")
        expect(item(shown, title)).to_have_count(0)
    expect(shown).to_contain_text("You’re all caught up")
    shown.get_by_role("button", name="Undo").click()
    expect(item(shown, "First")).to_be_visible()


def test_dismissing_what_is_gone_already_brings_the_list_up_to_date(shown, foreseen):
    foreseen += ["404", "did not work"]
    UserNotification.objects.filter(title="Second").delete()
    act(shown, "Second", "Dismiss")
    expect(item(shown, "Second")).to_have_count(0)
    expect(item(shown, "First")).to_be_visible()


def test_undoing_the_last_one_keeps_the_focus_near_by(shown):
    for title in ("Third", "Second", "First"):
        act(shown, title, "Dismiss")
        expect(item(shown, title)).to_have_count(0)
    expect(shown).to_contain_text("You’re all caught up")
    shown.get_by_role("button", name="Undo").press("Enter")
    expect(item(shown, "First")).to_be_visible()
    assert shown.page.evaluate("document.activeElement !== document.body")


def test_what_is_undone_in_the_panel_comes_back_in_the_list_behind(
    visit, ana, three, htmx, without_polls
):
    page = visit(ana, "/notifications/")
    panel, row = open_panel(page), item(page.locator("main"), "Second")
    act(panel, "Second", "Dismiss")
    expect(row).to_have_count(0)
    panel.get_by_role("button", name="Undo").click()
    expect(row).to_be_visible()
