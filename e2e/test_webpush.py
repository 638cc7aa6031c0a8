"""Web Push in a browser: subscribed by a click, one popup for an event, nothing for who is next."""

import os
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from e2e import push
from e2e.conftest import ARGUMENTS
from e2e.push import (
    STUB,
    Debugger,
    expect_state,
    last_title,
    popups,
    section,
    titles,
    wait_for_titles,
    worker_of,
)
from e2e.screen import expect_unread, wait_until
from scripts.ensure_browser import NAMES_WITH_WINDOWS, find_chromium
from themis_htmx.webpush.models import PushSubscription
from themis_htmx.webpush.outlet import WebPushOutlet
from themis_htmx.webpush.texts import full, message_of_test, neutral

PREFERENCES = "/notifications/preferences/"
ON = re.compile("^On. Notifications reach this browser also while no page")

# For an init script: popups of the page itself are kept, and permission is what it is.
RECORD = """
window.popups = [];
window.Notification = class extends window.Notification {
  constructor(title, options) {
    super(title, options);
    window.popups.push(title);
  }
};
"""

# As a browser does that lets only a worker show the desktop alerts.
REGISTER = """async (worker) => {
  const { installing } = await navigator.serviceWorker.register(worker);
  while (installing.state !== "activated") await new Promise((go) => setTimeout(go, 10));
}"""


@pytest.fixture(scope="module")
def chromium():
    """A whole browser: Chromium's headless shell grants nobody notifications."""
    path = find_chromium(NAMES_WITH_WINDOWS)
    if path is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("Chromium's headless shell grants nobody notifications.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(visit, ana):
    """Ana's preferences, in a browser that has a push service."""
    return visit(ana, PREFERENCES, script=STUB + RECORD, permissions=["notifications"])


@pytest.fixture
def subscribed(page, ana):
    """Ana has turned desktop alerts on, and so this browser."""
    page.get_by_role("switch", name="Desktop alerts").check()
    expect_state(page, ON)
    wait_until(page, lambda: PushSubscription.objects.filter(user=ana).exists())
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    return page


@pytest.fixture
def deliver(live_server):
    """Deliver a message, as the push service of a browser would."""

    def deliver(page, message):
        Debugger(page).deliver(live_server.url, message.text.decode())

    return deliver


def news(user, count=1):
    return neutral(count, user.pk, language="en", ttl=60, urgency="normal")


def test_click_on_the_switch_of_desktop_alerts_subscribes_this_browser(subscribed, ana):
    [stored] = PushSubscription.objects.all()
    assert stored.user == ana
    assert stored.endpoint == "https://fcm.googleapis.com/fcm/send/1"
    assert stored.language == "en"
    subscribed.get_by_role("switch", name="Desktop alerts").uncheck()
    expect_state(subscribed, "Off. Turn on desktop alerts above")
    wait_until(subscribed, lambda: not PushSubscription.objects.exists())


def test_nothing_subscribes_without_a_click(page, ana):
    ana.profile.browser_notifications_enabled = True
    ana.profile.save()
    page.goto("/team/")
    page.goto(PREFERENCES)
    expect_state(page, "Off in this browser")
    assert not PushSubscription.objects.exists()
    page.get_by_role("button", name="Turn on in this browser").click()
    expect_state(page, ON)
    assert PushSubscription.objects.get().user == ana
    page.get_by_role("button", name="Turn off in this browser").click()
    expect_state(page, "Off in this browser")
    assert not PushSubscription.objects.exists()


def test_message_is_one_popup_with_no_page_of_the_site_open(subscribed, deliver, ana):
    elsewhere = subscribed.context.new_page()
    subscribed.close()
    deliver(elsewhere, news(ana))
    wait_for_titles(elsewhere, ["1 new notification"])
    deliver(elsewhere, news(ana, 2))
    wait_for_titles(elsewhere, ["2 new notifications"])


def test_first_message_reaches_a_browser_that_had_the_worker_of_alerts_alone(
    page, request, deliver, ana, monkeypatch
):
    with monkeypatch.context() as before:
        before.setattr(WebPushOutlet, "worker", None)
        page.evaluate(REGISTER, reverse("themis:service_worker"))
    subscribed = request.getfixturevalue("subscribed")
    deliver(subscribed, news(ana))
    wait_for_titles(subscribed, ["1 new notification"])


def test_message_is_one_popup_with_two_pages_open(subscribed, deliver, notify, ana):
    other = subscribed.context.new_page()
    for page in (subscribed, other):
        page.goto("/team/")
    notify("News")
    for page in (subscribed, other):
        expect_unread(page, 1)
    deliver(subscribed, news(ana))
    wait_for_titles(subscribed, ["1 new notification"])
    assert [page.evaluate("window.popups") for page in (subscribed, other)] == [[], []]


def test_pages_show_alerts_themselves_while_this_browser_is_not_subscribed(page, ana, notify):
    ana.profile.browser_notifications_enabled = True
    ana.profile.save()
    page.goto("/team/")
    page.wait_for_function("() => document.documentElement.dataset.themisLeader")
    notify("News")
    expect_unread(page, 1)
    page.wait_for_function("() => window.popups.length === 1")


def test_popup_with_full_text_shows_it_and_two_about_different_things_stay(
    subscribed, deliver, notify, ana
):
    for title in ("First", "Second"):
        notification = notify(title, message=f"About {title}", url="/reports/")
        deliver(subscribed, full(notification, language="en", now=timezone.now()))
    wait_until(subscribed, lambda: len(titles(subscribed.context)) == 2)
    shown = sorted(popups(subscribed.context), key=lambda popup: popup["title"])
    assert shown == [
        {"title": "First", "body": "About First", "url": "/reports/"},
        {"title": "Second", "body": "About Second", "url": "/reports/"},
    ]


@pytest.mark.parametrize("text", ["", "garbled", "{}", "null", '{"title": "For nobody"}'])
def test_worker_shows_a_popup_that_tells_nothing_for_a_message_it_cannot_read(
    subscribed, live_server, text
):
    Debugger(subscribed).deliver(live_server.url, text)
    wait_for_titles(subscribed, ["You have new notifications"])


# Only a person's click may open a window or focus one, so that the test stands in for both.
CLICK = """async () => {
  self.opened = [];
  self.focused = [];
  self.clients.openWindow = async (url) => self.opened.push(new URL(url).pathname);
  WindowClient.prototype.focus = async function () { self.focused.push(this.url); };
  const [notification] = await self.registration.getNotifications();
  const event = new NotificationEvent("notificationclick", { notification });
  let done;
  event.waitUntil = (promise) => (done = promise);
  self.dispatchEvent(event);
  await done;
  return [self.opened, self.focused.length];
}"""


def test_click_leads_a_page_that_is_open_to_the_right_place(subscribed, deliver, notify, ana):
    notification = notify("News", url="/reports/")
    deliver(subscribed, full(notification, language="en", now=timezone.now()))
    wait_for_titles(subscribed, ["News"])
    assert worker_of(subscribed.context).evaluate(CLICK) == [[], 1]
    expect(subscribed).to_have_url(re.compile("/reports/$"))
    wait_for_titles(subscribed, [])


def test_click_opens_the_list_where_no_page_is_open(subscribed, deliver, ana):
    elsewhere = subscribed.context.new_page()
    subscribed.close()
    deliver(elsewhere, news(ana))
    wait_for_titles(elsewhere, ["1 new notification"])
    assert worker_of(elsewhere.context).evaluate(CLICK) == [["/notifications/"], 0]


def test_click_opens_a_window_where_the_open_page_has_no_script(subscribed, deliver, ana, foreseen):
    foreseen.append("404")
    subscribed.goto("/static/themis_htmx/themis.js")
    deliver(subscribed, news(ana))
    wait_for_titles(subscribed, ["1 new notification"])
    assert worker_of(subscribed.context).evaluate(CLICK) == [["/notifications/"], 0]


def test_nothing_private_is_shown_after_sign_out(subscribed, deliver, notify, ana):
    secret = full(notify("Secret"), language="en", now=timezone.now())
    deliver(subscribed, secret)
    wait_for_titles(subscribed, ["Secret"])
    subscribed.goto("/team/")
    subscribed.get_by_role("button", name="Log out").click()
    expect(subscribed).to_have_url(re.compile("login"))
    wait_until(subscribed, lambda: subscribed.evaluate("localStorage.stub === undefined"))
    assert not PushSubscription.objects.exists()
    wait_for_titles(subscribed, [])
    # It was under way when she left.
    deliver(subscribed, secret)
    assert last_title(subscribed) == "You have new notifications"


def test_whoever_signs_in_next_gets_nothing_of_the_one_before(
    subscribed, sign_in, deliver, ana, ben
):
    """The session of the first one was lost, and nobody signed out."""
    sign_in(subscribed, ben)
    subscribed.goto("/team/")
    wait_until(subscribed, lambda: subscribed.evaluate("localStorage.stub === undefined"))
    deliver(subscribed, news(ana))
    wait_for_titles(subscribed, ["You have new notifications"])
    subscribed.goto(PREFERENCES)
    expect_state(subscribed, "Off. Turn on desktop alerts above")
    assert not PushSubscription.objects.filter(user=ben).exists()


def test_subscription_of_which_the_browser_has_forgotten_whose_it_is_is_ended(subscribed):
    subscribed.evaluate("delete localStorage['themisPush:/notifications/']")
    subscribed.goto("/team/")
    wait_until(subscribed, lambda: subscribed.evaluate("localStorage.stub === undefined"))


def test_next_user_who_turns_alerts_on_takes_the_browser_over(subscribed, sign_in, ana, ben):
    sign_in(subscribed, ben)
    subscribed.goto(PREFERENCES)
    subscribed.get_by_role("switch", name="Desktop alerts").check()
    expect_state(subscribed, ON)
    wait_until(subscribed, lambda: PushSubscription.objects.filter(user=ben).exists())


def test_same_user_who_signs_in_again_is_reached_again(subscribed, sign_in, ana):
    subscribed.goto("/team/")
    subscribed.get_by_role("button", name="Log out").click()
    wait_until(subscribed, lambda: subscribed.evaluate("localStorage.stub === undefined"))
    sign_in(subscribed, ana)
    subscribed.goto("/team/")
    wait_until(subscribed, lambda: PushSubscription.objects.filter(user=ana).exists())
    subscribed.goto(PREFERENCES)
    expect_state(subscribed, ON)


@pytest.fixture
def asked(page):
    """The requests of the script, in order."""
    requests = []
    page.on("request", lambda request: "/push/" in request.url and requests.append(request.url))
    return requests


def test_pages_ask_nothing_while_nothing_has_changed(subscribed, asked):
    asked.clear()
    for path in ("/team/", "/reports/", PREFERENCES):
        subscribed.goto(path)
        expect(subscribed.locator(".themis-bell__button").first).to_be_visible()
        subscribed.wait_for_timeout(200)
    assert asked == []


def test_page_asks_nothing_in_a_browser_that_never_subscribed(page, asked):
    asked.clear()
    page.goto("/team/")
    page.wait_for_timeout(300)
    assert asked == []


@pytest.mark.parametrize(
    "change",
    [
        "localStorage.stub = localStorage.stub.replace('send/1', 'send/99')",
        "delete localStorage.stub",
        "localStorage[KEPT] = localStorage[KEPT].replace(/.at.:[0-9]+/, '\"at\":1')",
    ],
    ids=["another endpoint", "no subscription any more", "a day has passed"],
)
def test_page_sends_the_subscription_again_when_it_has_changed_and_once_a_day(
    subscribed, ana, change
):
    PushSubscription.objects.all().delete()
    subscribed.evaluate(change.replace("KEPT", "'themisPush:/notifications/'"))
    subscribed.goto("/team/")
    wait_until(subscribed, lambda: PushSubscription.objects.filter(user=ana).exists())


def test_site_with_another_key_is_subscribed_anew(subscribed, ana, settings):
    settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {
        "PRIVATE_KEY": "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
    }
    subscribed.goto("/team/")
    new = PushSubscription.objects.filter(endpoint__endswith="send/2", user=ana)
    wait_until(subscribed, lambda: new.exists())


def test_worker_subscribes_again_when_the_browser_has_replaced_the_subscription(subscribed, ana):
    replaced = """async () => {
      const endpoint = "https://fcm.googleapis.com/fcm/send/new";
      const toJSON = () => ({ endpoint, keys: KEYS });
      const event = new Event("pushsubscriptionchange");
      event.newSubscription = { toJSON };
      let done;
      event.waitUntil = (promise) => (done = promise);
      self.dispatchEvent(event);
      await done;
    }"""
    worker_of(subscribed.context).evaluate(replaced.replace("KEYS", push.KEYS))
    assert PushSubscription.objects.filter(user=ana, endpoint__endswith="new").exists()


def test_test_button_says_that_the_test_has_arrived(subscribed, deliver, ana):
    push.jobs.clear()
    subscribed.get_by_role("button", name="Send me a test").click()
    expect_state(subscribed, "A test is on its way …")
    wait_until(subscribed, lambda: push.jobs)
    assert push.jobs == [("test", [PushSubscription.objects.get().pk])]
    deliver(subscribed, message_of_test(ana.pk, language="en"))
    expect_state(subscribed, "The test has arrived")
    wait_for_titles(subscribed, ["This is a test"])


def test_test_button_says_that_the_test_has_not_arrived(subscribed):
    subscribed.clock.install()
    subscribed.get_by_role("button", name="Send me a test").click()
    expect_state(subscribed, "A test is on its way …")
    wait_until(subscribed, lambda: push.jobs)
    subscribed.clock.run_for(21_000)
    expect_state(subscribed, "The test has not arrived. Try again later")


def test_section_says_that_the_push_service_was_not_reached(page, foreseen):
    foreseen.append("the push service was not reached")
    page.evaluate("window.pushFails = true")
    page.get_by_role("switch", name="Desktop alerts").check()
    expect_state(page, re.compile("^This browser could not reach its push service"))
    assert not PushSubscription.objects.exists()


def test_section_says_so_after_ten_seconds_without_an_answer(page, foreseen):
    foreseen.append("the push service was not reached")
    page.clock.install()
    page.evaluate("window.pushHangs = true")
    page.get_by_role("switch", name="Desktop alerts").check()
    page.wait_for_function("() => window.subscribed")
    expect_state(page, "One moment …")
    page.clock.run_for(11_000)
    expect_state(page, re.compile("^This browser could not reach its push service"))


def test_section_says_that_the_site_did_not_store_the_subscription(page, foreseen):
    foreseen.append("the subscription was not stored|500")
    page.route("**/push/subscribe/", lambda route: route.fulfill(status=500))
    page.get_by_role("switch", name="Desktop alerts").check()
    expect_state(page, re.compile("^This site could not store the subscription"))
    assert page.evaluate("localStorage.stub") is None


NO_PUSH = "delete window.PushManager; "
STATES = {
    "blocked": (
        "Object.defineProperty(window.Notification, 'permission', { get: () => 'denied' })",
        "Blocked: allow notifications for this site in your browser",
    ),
    "unsupported": (NO_PUSH, "Not supported by this browser"),
    "insecure": (
        "Object.defineProperty(window, 'isSecureContext', { value: false })",
        "They need a secure page (https)",
    ),
    "iPhone": (
        NO_PUSH + "delete window.Notification; navigator.standalone = false",
        "Add this site to the home screen first, and open it from there",
    ),
}


@pytest.mark.parametrize(("script", "words"), STATES.values(), ids=STATES)
def test_section_says_in_words_why_this_browser_cannot_be_reached(page, script, words):
    page.context.add_init_script(script)
    page.goto(PREFERENCES)
    expect_state(page, words)
    expect(section(page).get_by_role("button")).to_have_count(0)


def test_section_says_that_alerts_are_blocked_once_the_browser_was_told_no(page):
    page.evaluate(
        """() => {
          let permission = "default";
          Object.defineProperty(window.Notification, "permission", { get: () => permission });
          Notification.requestPermission = async () => (permission = "denied");
        }"""
    )
    page.get_by_role("switch", name="Desktop alerts").click()

    expect_state(page, "Blocked: allow notifications for this site in your browser")


def test_iphone_is_told_of_the_home_screen_at_the_switch_too(page):
    page.context.add_init_script(STATES["iPhone"][0])
    page.goto(PREFERENCES)
    words = page.locator("[data-themis-alert-state]")
    expect(words).to_have_text(STATES["iPhone"][1])


def test_section_is_not_there_without_javascript(visit, ana):
    page = visit(ana, PREFERENCES, java_script_enabled=False)
    expect(section(page)).to_be_hidden()
