"""Desktop alerts: asked for by a click, one popup whatever the number of tabs, nothing old."""

import re

import pytest
from django.db import transaction
from playwright.sync_api import expect

from e2e.screen import expect_unread, next_poll
from themis.notifications import notify_user

# Chromium without a screen shows no popups, so this class takes the place of Notification and keeps
# every call. All the rest is the kit's own.
RECORD = """
window.popups = [];
window.Notification = class extends EventTarget {
  static permission = "granted";
  static requestPermission = async () => "granted";
  constructor(title, options) {
    super();
    if (window.popupsThrow) throw new TypeError("Illegal constructor");
    const { body, tag, icon, renotify: loud } = options;
    window.popups.push({ title, body, tag, loud, icon });
    window.lastPopup = this;
  }
  close() {}
};
"""

# What a browser tells a page that it keeps for the way back, and one that it shows again.
LEAVE = "dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))"
COME_BACK = "dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"


@pytest.fixture
def alerted(ana):
    def choose(full_text=False):
        ana.profile.browser_notifications_enabled = True
        ana.profile.browser_notifications_full_text = full_text
        ana.profile.save()

    choose()
    return choose


@pytest.fixture
def tab(visit, ana):
    pages = []

    def open_tab(path="/"):
        if not pages:
            pages.append(visit(ana, path, clock=True, script=RECORD))
            return pages[0]
        pages.append(pages[0].context.new_page())
        pages[-1].goto(path)
        return pages[-1]

    return open_tab


def popups(*pages):
    return [popup["title"] for page in pages for popup in page.evaluate("window.popups")]


def wait_for_leader(page):
    page.wait_for_function("() => document.documentElement.dataset.themisLeader")


def test_desktop_alert_tells_the_number_of_new_notifications(tab, alerted, notify, htmx):
    notify("Old")
    page = tab()
    wait_for_leader(page)
    notify("Secret")
    expect_unread(page, 2)
    assert popups(page) == ["1 new notification"]


def test_desktop_alert_with_full_text_shows_title_message_and_image(tab, alerted, notify, htmx):
    alerted(full_text=True)
    page = tab()
    wait_for_leader(page)
    notify("Deploy v2", message="It was due yesterday.", image="/static/taskboard/faces/ana.svg")
    expect_unread(page, 1)
    assert page.evaluate("window.popups") == [
        {
            "title": "Deploy v2",
            "body": "It was due yesterday.",
            "tag": "themis:/notifications/",
            "loud": True,
            "icon": "/static/taskboard/faces/ana.svg",
        }
    ]


def test_desktop_alert_never_shows_notifications_from_before_the_page(tab, alerted, three, htmx):
    page = tab()
    wait_for_leader(page)
    next_poll(page)
    page.reload()
    wait_for_leader(page)
    next_poll(page)
    assert popups(page) == []


def test_several_tabs_show_a_single_desktop_alert(tab, alerted, notify, htmx):
    pages = [tab(), tab(), tab()]
    wait_for_leader(pages[0])
    notify("News")
    for page in pages:
        expect_unread(page, 1)
    assert popups(*pages) == ["1 new notification"]


def test_second_tab_shows_desktop_alerts_after_the_leading_tab_closes(tab, alerted, notify, htmx):
    first, second = tab(), tab()
    wait_for_leader(first)
    first.close()
    wait_for_leader(second)
    notify("News")
    expect_unread(second, 1)
    assert popups(second) == ["1 new notification"]


def test_another_tab_shows_desktop_alerts_after_the_leading_tab_is_left_and_kept(
    tab, alerted, notify, htmx
):
    first, second = tab(), tab()
    wait_for_leader(first)
    first.evaluate(LEAVE)
    wait_for_leader(second)
    first.evaluate(COME_BACK)
    notify("News")
    for page in (first, second):
        expect_unread(page, 1)
    assert popups(first) == []
    assert popups(second) == ["1 new notification"]

    second.close()
    wait_for_leader(first)
    notify("More news")
    expect_unread(first, 2)
    assert popups(first) == ["1 new notification"]


def test_tab_that_was_left_while_it_waited_waits_again_when_it_is_shown(tab, alerted, notify, htmx):
    first, second = tab(), tab()
    wait_for_leader(first)
    second.evaluate(LEAVE)
    second.evaluate(COME_BACK)
    first.close()
    wait_for_leader(second)
    notify("News")
    expect_unread(second, 1)
    assert popups(second) == ["1 new notification"]


def test_five_hundred_new_notifications_make_one_desktop_alert(tab, alerted, ana, htmx):
    page = tab()
    wait_for_leader(page)
    page.route("**/bell/*", lambda route: route.abort())
    # All at once: a poll that is under way sees none of them, or every one.
    with transaction.atomic():
        for number in range(500):
            notify_user(ana, f"Number {number}")
    page.unroute("**/bell/*")
    expect(page.locator(".themis-badge")).to_have_text("99+", timeout=15_000)
    assert popups(page) == ["100 new notifications"]


def test_click_on_a_desktop_alert_opens_the_url_of_the_notification(tab, alerted, notify, htmx):
    alerted(full_text=True)
    page = tab()
    wait_for_leader(page)
    notify("Deploy v2", url="/reports/")
    expect_unread(page, 1)
    page.evaluate("window.lastPopup.dispatchEvent(new Event('click'))")
    expect(page).to_have_url(re.compile("/reports/$"))


def test_service_worker_shows_the_desktop_alert_where_a_page_may_not(tab, alerted, notify, htmx):
    page = tab()
    wait_for_leader(page)
    page.evaluate(
        "() => { window.popupsThrow = true; window.shown = [];"
        "ServiceWorkerRegistration.prototype.showNotification ="
        " async function (title) { window.shown.push([title, this.scope]); }; }"
    )
    notify("News")
    page.wait_for_function("() => window.shown.length")
    [[title, scope]] = page.evaluate("window.shown")
    assert title == "1 new notification"
    assert scope.endswith("/notifications/worker/")


def test_leading_tab_polls_in_the_background_for_desktop_alerts(tab, alerted, notify, htmx):
    page = tab()
    wait_for_leader(page)
    page.evaluate("Object.defineProperty(document, 'hidden', {get: () => true})")
    notify("News")
    page.wait_for_function("() => window.popups.length")


def test_no_desktop_alert_appears_while_the_preference_is_off(tab, notify, htmx):
    page = tab()
    notify("News")
    expect_unread(page, 1)
    assert popups(page) == []


STATES = {
    "off": ("default", "Off. Your browser will ask for permission"),
    "blocked": ("denied", "Blocked: allow notifications for this site in your browser"),
}


@pytest.mark.parametrize(("permission", "words"), STATES.values(), ids=STATES)
def test_desktop_alert_switch_tells_the_browsers_permission_in_words(tab, htmx, permission, words):
    page = tab()
    page.context.add_init_script(f"window.Notification.permission = '{permission}'")
    page.goto("/notifications/preferences/")
    expect(page.locator("[data-themis-alert-state]")).to_have_text(words)


def test_desktop_alert_switch_is_disabled_in_a_browser_without_support(tab, htmx):
    page = tab()
    page.context.add_init_script("delete window.Notification")
    page.goto("/notifications/preferences/")
    expect(page.locator("[data-themis-alert-state]")).to_have_text("Not supported by this browser")
    expect(page.get_by_role("switch", name="Desktop alerts")).to_be_disabled()


def test_desktop_alert_switch_says_that_it_needs_a_secure_page(tab, htmx):
    page = tab()
    page.context.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    page.goto("/notifications/preferences/")
    words = "They need a secure page (https)"
    expect(page.locator("[data-themis-alert-state]")).to_have_text(words)


def test_permission_is_asked_for_only_on_click_and_a_refusal_is_not_saved(tab, ana, htmx):
    page = tab()
    page.context.add_init_script(
        "window.asked = 0; Notification.permission = 'default';"
        "Notification.requestPermission = async () => { window.asked += 1;"
        " Notification.permission = window.answer ?? 'denied'; }"
    )
    page.goto("/notifications/preferences/")
    switch = page.get_by_role("switch", name="Desktop alerts")
    expect(page.locator("[data-themis-alert-state]")).to_have_text(re.compile("^Off"))
    assert page.evaluate("window.asked") == 0
    switch.click()
    expect(switch).not_to_be_checked()
    assert page.evaluate("window.asked") == 1
    ana.refresh_from_db()
    assert not ana.profile.browser_notifications_enabled


def test_desktop_alerts_are_saved_once_the_browser_grants_permission(tab, ana, htmx):
    page = tab()
    page.context.add_init_script(
        "Notification.permission = 'default';"
        "Notification.requestPermission = async () => { Notification.permission = 'granted'; }"
    )
    page.goto("/notifications/preferences/")
    expect(page.locator("[data-themis-alert-state]")).to_have_text(re.compile("^Off"))
    page.get_by_role("switch", name="Desktop alerts").click()
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    expect(page.locator("[data-themis-alert-state]")).to_have_text(re.compile("^On"))
    ana.refresh_from_db()
    assert ana.profile.browser_notifications_enabled
