"""Signing out, coming back, other tabs."""

import re

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import expect

from e2e.screen import (
    act,
    bell,
    expect_unread,
    go_boosted,
    item,
    open_panel,
    pause_clock,
    run_clock,
    settle,
)


def second_tab(page, path="/"):
    other = page.context.new_page()
    other.goto(path)
    return other


def test_notification_read_in_one_tab_is_shown_read_in_another(visit, ana, three, htmx, settings):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana)
    other = second_tab(page, "/notifications/")
    act(open_panel(page), "Second", "Mark as read")
    expect(item(other.locator("main"), "Second").locator(".themis-dot")).to_have_count(0)
    expect_unread(other, 2)


def test_notification_dismissed_in_one_tab_disappears_in_another(visit, ana, three, htmx, settings):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana, "/notifications/")
    other = second_tab(page)
    shown = open_panel(other)
    act(page.locator("main"), "Second", "Dismiss")
    expect(item(shown, "Second")).to_have_count(0)
    expect_unread(other, 2)


def test_refresh_caused_by_another_tab_keeps_older_notifications_shown(visit, ana, notify, htmx):
    for number in range(50):
        notify(f"Number {number}")
    page = visit(ana, "/notifications/")
    page.get_by_role("link", name="Show older").click()
    expect(page.locator("main .themis-item")).to_have_count(40)
    act(open_panel(second_tab(page)), "Number 49", "Mark as read")
    expect(item(page.locator("main"), "Number 49").locator(".themis-dot")).to_have_count(0)
    expect(page.locator("main .themis-item")).to_have_count(40)


def test_signing_out_clears_the_notifications_in_every_other_tab(visit, ana, three, htmx, settings):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana)
    other = second_tab(page)
    open_panel(other)
    page.get_by_role("button", name="Log out").click()
    expect(other.locator(".themis-item")).to_have_count(0)
    expect(other.locator(".themis-badge")).to_have_count(0)
    link = other.get_by_role("link", name="Sign in to see your notifications")
    link.click()
    expect(other).to_have_url(re.compile(r"/accounts/login/\?next=/$"))


def test_ended_session_turns_the_bell_into_a_link_to_sign_in(visit, ana, notify, htmx):
    page = visit(ana)
    Session.objects.all().delete()
    notify("Unseen")
    expect(page.get_by_role("link", name="Sign in to see your notifications")).to_be_visible()
    expect(page).to_have_url(re.compile("/$"))


def test_opening_the_panel_after_the_session_ended_leads_to_sign_in(
    visit, ana, three, htmx, settings
):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana, "/team/")
    Session.objects.all().delete()
    bell(page).click()
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/team/$"))


def test_bell_polls_again_after_signing_in_on_a_boosted_site(visit, ana, notify, htmx, sign_in):
    page = visit(ana)
    Session.objects.all().delete()
    notify("Unseen")
    expect(page.get_by_role("link", name="Sign in to see your notifications")).to_be_visible()
    page.evaluate("window.kept = 'yes'")
    sign_in(page, ana)
    go_boosted(page, "/team/")
    expect_unread(page, 1)
    notify("News")
    expect_unread(page, 2)
    assert page.evaluate("window.kept") == "yes", "a page was loaded anew, so nothing was tried"


def test_signing_out_in_another_tab_removes_the_toasts(visit, ana, notify, htmx):
    page = visit(ana, "/team/?bell=loud")
    expect(bell(page)).to_be_visible()
    notify("Secret", level="danger")
    expect(page.locator(".themis-toast")).to_have_count(1)
    second_tab(page).get_by_role("button", name="Log out").click()
    expect(page.locator(".themis-toast")).to_have_count(0)


@pytest.mark.seldom
def test_fifty_boosted_visits_leave_one_poll_timer(visit, ana, htmx, settings):
    page = visit(ana, clock=True)
    page.evaluate("window.kept = 'yes'")
    polls = []
    for number in range(50):
        go_boosted(page, "/team/" if number % 2 else "/reports/")
    assert page.evaluate("window.kept") == "yes", "a page was loaded anew, so nothing was tried"
    pause_clock(page)
    settle(page)
    page.on("request", lambda request: "/bell/" in request.url and polls.append(request))
    run_clock(page, 6)
    # The clock passes by half seconds, so an answer may be noticed half a second late, and the next
    # poll comes 0.8 to 1.2 seconds after that.
    assert 3 <= len(polls) <= 8
