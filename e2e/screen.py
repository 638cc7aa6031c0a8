"""Helpers that find the parts of a page by the names that a person would use."""

import re
from weakref import WeakKeyDictionary

from playwright.sync_api import expect

# For an init script: desktop alerts are granted, and their titles are kept in window.popups.
ALERTS = """
window.popups = [];
window.Notification = class extends EventTarget {
  static permission = "granted";
  constructor(title) {
    super();
    window.popups.push(title);
  }
};
"""


def bell(page):
    return page.get_by_role("button", name=re.compile("^Notifications"))


def panel(page):
    return page.get_by_role("dialog", name="Notifications")


def open_panel(page):
    bell(page).click()
    expect(panel(page).locator(".themis-panel__head")).to_be_visible()
    return panel(page)


def item(place, title):
    return place.locator(".themis-item:visible", has_text=title)


def choose(page, words):
    """Choose which notifications are to come. The section about e-mails has the same words."""
    page.locator("#themis-preferences").get_by_text(words).click()


def act(place, title, verb):
    """Press one of a notification's buttons, as a person who points at it would."""
    item(place, title).hover()
    item(place, title).get_by_role("button", name=f"{verb}: ").click()


def expect_unread(page, count):
    name = f"Notifications, {count} unread" if count else "Notifications"
    expect(page.locator(".themis-bell__button").first).to_have_accessible_name(name)
    badge = page.locator(".themis-badge")
    if count:
        expect(badge).to_have_text(str(count))
    else:
        expect(badge).to_have_count(0)


def wait_until(page, ready):
    """Let the page go on until ``ready()`` is, for 8 seconds at most."""
    for _ in range(400):
        if ready():
            return
        page.wait_for_timeout(20)
    raise AssertionError("What was waited for did not come.")


# The requests of scripts that have not ended yet, for each browser context that is watched.
_UNDER_WAY = WeakKeyDictionary()
# A script of the kit's, for which settle() asks.
_ASKED_FOR = "/static/themis_htmx/themis.js"


def watch_requests(context):
    """Keep in mind, from now on, which requests of its pages have not ended yet."""
    requests = _UNDER_WAY[context] = set()
    context.on("request", lambda request: _is_awaited(request) and requests.add(request))
    for end in ("requestfinished", "requestfailed"):
        context.on(end, lambda request: requests.discard(request))
    # Where htmx 4 does not read an answer, such as a 204, the browser tells of no other end.
    context.on("response", lambda response: requests.discard(response.request))


def requests_under_way(page):
    """Return the requests of a page's scripts that have not ended yet."""
    return [each for each in _UNDER_WAY[page.context] if each.frame.page == page]


def settle(page, held=None):
    """Wait until the page has dealt with every answer, and has no request under way.

    ``held`` is a pattern of the addresses that the journey keeps waiting on purpose. An answer that
    is asked for once the others have come is dealt with after them; so are the requests to which
    they led.
    """

    def is_quiet():
        return all(held and re.search(held, each.url) for each in requests_under_way(page))

    for _time in range(100):
        wait_until(page, is_quiet)
        page.evaluate("async (path) => void await fetch(path, { cache: 'no-store' })", _ASKED_FOR)
        if is_quiet():
            return
    raise AssertionError("The page asks again and again.")


def _is_awaited(request):
    # A stream has no end.
    return request.resource_type in {"xhr", "fetch"} and _ASKED_FOR not in request.url


def run_clock(page, seconds, held=None):
    """Let time pass on the clock of a page that was visited with one.

    It passes by half seconds: a poll must have its answer before the page's next one is due, which
    is 0.8 seconds later at the earliest. ``held`` as in settle().
    """
    settle(page, held)
    for _half in range(2 * seconds):
        page.clock.run_for(500)
        settle(page, held)


def pause_clock(page):
    """Let the page's time pass in run_clock() alone.

    The clock jumps ahead by up to five seconds: it cannot be paused in the past, and goes on until
    it is. pause_at() takes seconds. With milliseconds it would jump by thousands of years, and each
    request under way would run into its time-out.
    """
    page.clock.pause_at(page.evaluate("Date.now() / 1000 + 5"))


def next_poll(page):
    """Run the page's clock to its next poll, and wait until the page has dealt with the answer."""
    with page.expect_response(lambda response: "/bell/" in response.url):
        page.clock.run_for(1300)
    settle(page)


def reload_changed(page, change):
    """Load the page anew, and let ``change`` make of its HTML what the browser gets."""

    def answer(route):
        answered = route.fetch()
        route.fulfill(response=answered, body=change(answered.text()))

    page.route(lambda url: url == page.url, answer)
    page.reload()


def go_boosted(page, path):
    """Follow a link of the page by htmx, which puts the other page into this one."""
    page.wait_for_function("() => window.htmx")
    page.evaluate(
        "path => { const link = document.createElement('a'); link.href = path;"
        " link.id = 'there'; link.textContent = 'there'; link.setAttribute('hx-boost', 'true');"
        " document.querySelector('main').append(link); htmx.process(link); link.click(); }",
        path,
    )
    page.wait_for_function("() => !document.getElementById('there')")


def let_pass(page, seconds=None):
    """Run every animation that is not paused on by some seconds, or to its end."""
    page.evaluate(
        "(seconds) => document.getAnimations().filter((each) => each.playState === 'running')"
        ".forEach((each) => seconds ? each.currentTime += 1000 * seconds : each.finish())",
        seconds,
    )
