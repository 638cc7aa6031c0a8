"""Remind me later: from the menu, back by itself or by "Show now"."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from e2e.screen import act, expect_unread, item, open_panel
from tests.helpers.daily import daily
from themis.models import UserNotification

TOMORROW = re.compile("^Tomorrow morning")


def open_menu(place, title):
    """Open a notification's menu, as a person who points at it would."""
    item(place, title).hover()
    item(place, title).locator("summary").click()


def remind(place, title, name=TOMORROW):
    open_menu(place, title)
    place.get_by_role("button", name=name).click()


def titles(place):
    return place.locator(".themis-item:visible .themis-item__title")


def test_reminder_takes_a_notification_out_of_the_panel_and_undo_brings_it_back(
    visit, ana, three, htmx, without_polls
):
    panel = open_panel(visit(ana))
    remind(panel, "Second")
    expect(panel).to_contain_text(re.compile(r"Reminds you tomorrow at 9"))
    expect(item(panel, "Second")).to_have_count(0)
    expect(item(panel, "First").get_by_role("link")).to_be_focused()
    expect_unread(panel.page, 2)
    panel.get_by_role("button", name="Undo").press("Enter")
    expect(item(panel, "Second").get_by_role("link")).to_be_focused()
    expect_unread(panel.page, 3)


def test_snoozed_filter_shows_what_was_put_off_and_brings_it_back_to_the_top(
    visit, ana, three, htmx, without_polls
):
    page = visit(ana, "/notifications/?bell=loud")
    main = page.locator("main")
    remind(main, "First")
    expect(item(main, "First")).to_have_count(0)
    main.get_by_role("link", name="Snoozed").click()
    expect(titles(main)).to_have_text(["First"])
    expect(main).to_contain_text("until tomorrow")
    act(main, "First", "Show now")
    expect(main).to_contain_text("Shown in your notifications")
    expect(main).to_contain_text("Nothing is snoozed")
    expect_unread(page, 3)
    main.get_by_role("link", name="All", exact=True).click()
    expect(titles(main)).to_have_text(["First", "Third", "Second"])
    expect(item(main, "First")).to_contain_text("Back")
    # The person has just had it shown: nothing announces it.
    expect(page.locator("[data-themis-status]")).to_have_text("")


@pytest.mark.parametrize("kind", daily(["snoozed", "scheduled"], ["snoozed"]))
def test_reminder_is_announced_by_itself_when_its_time_comes(visit, ana, notify, three, kind):
    soon = timezone.now() + timedelta(seconds=3)
    if kind == "snoozed":
        UserNotification.objects.filter(title="First").snooze(soon)
    else:
        notify("First again", visible_from=soon)
    before = 2 if kind == "snoozed" else 3
    page = visit(ana, "/team/?bell=loud")
    panel = open_panel(page)
    expect_unread(page, before)
    expect(titles(panel).first).to_have_text("Third")

    expect_unread(page, before + 1)
    expect(page.locator("[data-themis-status]")).to_have_text(f"Notifications, {before + 1} unread")
    expect(page.locator(".themis-toast")).to_have_count(1)
    panel.get_by_role("button", name="1 new notification").click()
    expect(titles(panel).first).to_contain_text("First")
    expect(titles(panel)).to_have_count(3 if kind == "snoozed" else 4)
    expect(panel.locator(".themis-item__back")).to_have_count(int(kind == "snoozed"))
    expect(page.locator(".themis-toast")).to_have_count(0)


def test_reminder_works_without_javascript(visit, ana, three):
    page = visit(ana, "/notifications/?state=unread", java_script_enabled=False)
    main = page.locator("main")
    remind(main, "Second")
    expect(page).to_have_url(re.compile(r"state=unread&themis_snoozed="))
    expect(main).to_contain_text(re.compile(r"Reminds you tomorrow at 9"))
    expect(titles(main)).to_have_text(["Third", "First"])
    main.get_by_role("link", name="Snoozed").click()
    act(main, "Second", "Show now")
    expect(main).to_contain_text("Shown in your notifications")
    main.get_by_role("button", name="Undo").click()
    expect(titles(main)).to_have_text(["Second"])


def test_menu_is_walked_and_left_by_keyboard(visit, ana, three, without_polls):
    panel = open_panel(visit(ana))
    summary = item(panel, "Second").locator("summary")
    summary.press("Enter")
    choices = panel.locator(".themis-item__menu:visible button")
    for key, at in [("ArrowDown", 0), ("ArrowDown", 1), ("ArrowUp", 0), ("End", -1), ("Home", 0)]:
        panel.page.keyboard.press(key)
        expect(choices.nth(at)).to_be_focused()
    panel.page.keyboard.press("Escape")
    expect(summary).to_be_focused()
    expect(choices).to_have_count(0)
    expect(panel).to_be_visible()

    summary.press("Enter")
    panel.get_by_role("button", name=TOMORROW).press("Enter")
    expect(item(panel, "Second")).to_have_count(0)
    expect(item(panel, "First").get_by_role("link")).to_be_focused()
