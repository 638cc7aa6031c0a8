import re

import pytest
from playwright.sync_api import expect

from e2e.screen import act, expect_unread, item
from themis.models import UserNotification, UserProfile
from themis.notifications import notify_user


@pytest.fixture
def browse(visit, ana):
    return lambda path="/": visit(ana, path, java_script_enabled=False)


def test_bell_is_a_link_with_a_count_without_javascript(browse, three):
    page = browse()
    link = page.get_by_role("link", name="Notifications, 3 unread")
    expect_unread(page, 3)
    link.click()
    expect(page.get_by_role("heading", name="Notifications", level=1)).to_be_visible()


def test_notification_is_marked_read_and_unread_without_javascript(browse, three):
    page = browse("/notifications/")
    act(page.locator("main"), "Second", "Mark as read")
    expect_unread(page, 2)
    act(page.locator("main"), "Second", "Mark as unread")
    expect_unread(page, 3)


def test_mark_all_read_and_its_undo_work_without_javascript(browse, three):
    page = browse("/notifications/")
    page.get_by_role("button", name="Mark all read").click()
    expect_unread(page, 0)
    expect(page.locator("main")).to_contain_text("3 marked as read")
    page.get_by_role("button", name="Undo").click()
    expect_unread(page, 3)
    expect(page.get_by_role("button", name="Undo")).to_have_count(0)


def test_dismiss_and_its_undo_work_without_javascript(browse, three):
    page = browse("/notifications/")
    act(page.locator("main"), "Second", "Dismiss")
    expect(item(page.locator("main"), "Second")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(item(page.locator("main"), "Second")).to_be_visible()


def test_mark_as_read_without_javascript_returns_to_the_same_filter(browse, three):
    page = browse("/notifications/?state=unread")
    act(page.locator("main"), "Second", "Mark as read")
    expect(page).to_have_url(re.compile(r"\?state=unread$"))
    expect(page.locator("main .themis-item")).to_have_count(2)


def test_click_without_javascript_follows_the_link_and_marks_nothing_read(browse, three):
    page = browse("/notifications/")
    item(page.locator("main"), "Second").click()
    expect(page).to_have_url(re.compile("/requests/$"))
    assert not UserNotification.objects.get(title="Second").is_read


def test_list_filters_and_pages_to_the_end_without_javascript(browse, ana):
    for number in range(50):
        notify_user(ana, f"Number {number}", source_app="tasks", level="danger")
    page = browse("/notifications/")
    page.get_by_role("link", name="Tasks", exact=True).click()
    for shown in (20, 20, 10):
        expect(page.locator("main .themis-item")).to_have_count(shown)
        if shown == 20:
            page.get_by_role("link", name="Show older").click()
    expect(item(page.locator("main"), "Number 0")).to_be_visible()


def test_search_for_a_rare_level_goes_on_page_by_page_without_javascript(browse, ana, monkeypatch):
    monkeypatch.setattr("themis_htmx.models.notification.SEARCH_WINDOW", 10)
    notify_user(ana, "Rare", level="danger")
    for number in range(25):
        notify_user(ana, f"Number {number}")
    page = browse("/notifications/?level=danger")
    for _look in range(2):
        expect(page.locator("main .themis-empty")).to_contain_text("Nothing")
        page.get_by_role("link", name="Look further back").press("Enter")
        expect(page).to_have_url(re.compile(r"\?level=danger&before=\d+$"))
    expect(item(page.locator("main"), "Rare")).to_be_visible()
    expect(page.get_by_role("link", name="Look further back")).to_have_count(0)


def test_preferences_are_saved_by_a_button_without_javascript(browse, ana):
    page = browse("/notifications/preferences/")
    page.get_by_role("switch", name="Notifications").uncheck()
    page.get_by_label("Keep read notifications").select_option(label="30 days")
    page.locator("#themis-preferences").get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved")).to_be_visible()
    profile = UserProfile.objects.get(user=ana)
    assert (profile.notifications_enabled, profile.notification_retention_days) == (False, 30)
