"""The poll schedule: spread over the interval, at once on return, never on a hidden page."""

from collections import Counter
from random import Random

import pytest
from playwright.sync_api import expect

from e2e.screen import expect_unread, open_panel, run_clock, settle, wait_until

RECORD = """
window.waits = [];
const ordinary = window.setTimeout;
window.setTimeout = (act, wait, ...rest) => {
  // The script as built has no names. It sets no other timer with a wait here.
  if (wait) window.waits.push(wait / 1000);
  return ordinary(act, wait, ...rest);
};
"""
MANY_STARTS = """
async () => {
  const html = await (await fetch("/team/")).text();
  const bell = new DOMParser().parseFromString(html, "text/html").querySelector(".themis-bell");
  window.waits = [];
  for (let client = 0; client < 1000; client++) {
    document.querySelector(".themis-bell").replaceWith(bell.cloneNode(true));
    document.dispatchEvent(new Event("htmx:load"));
  }
  return window.waits;
}
"""
MANY_POLLS = """
() => {
  window.waits = [];
  for (let poll = 0; poll < 1000; poll++) dispatchEvent(new Event("online"));
  return window.waits;
}
"""


@pytest.fixture
def waits(visit, ana, settings):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 60
    page = visit(ana, "/team/", script=RECORD)
    page.wait_for_function("() => window.waits.length")
    # Without htmx's answer every poll is the first; nothing is sent for what is not processed.
    page.evaluate("document.querySelector('[data-themis-poller]').remove()")
    return page


def test_thousand_pages_loaded_together_spread_their_polls(waits):
    after = waits.evaluate(MANY_POLLS)
    first = waits.evaluate(MANY_STARTS)
    assert len(first) >= 1000
    assert len(after) >= 1000
    assert all(48 <= wait <= 72 for wait in after)
    for begin in (60, 120, 300):
        tenths = Counter(int(moment - begin) // 6 for moment in polls(first, after, begin))
        assert all(40 <= tenths[tenth] <= 150 for tenth in range(10)), (begin, tenths)


def polls(first, after, begin):
    """Yield the moments at which a thousand pages poll within the minute from ``begin`` on."""
    draw = Random(1)
    for moment in first[:1000]:
        while moment < begin + 60:
            if moment >= begin:
                yield moment
            moment += draw.choice(after)


def test_page_that_becomes_visible_again_polls_at_once(visit, ana, notify, settings, htmx):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana)
    notify("While away")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect_unread(page, 1)


def test_page_that_comes_back_online_polls_at_once(visit, ana, notify, settings, htmx, complaints):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana)
    page.context.set_offline(True)
    notify("While offline")
    page.context.set_offline(False)
    expect_unread(page, 1)
    complaints[:] = [heard for heard in complaints if "DISCONNECTED" not in heard]


def test_page_from_the_back_forward_cache_is_blanked_and_refreshed(
    visit, ana, three, settings, htmx
):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana, "/notifications/")
    left = page.evaluate(
        "() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));"
        " return document.querySelectorAll('.themis-item, .themis-badge').length; }"
    )
    assert left == 0
    expect_unread(page, 3)
    expect(page.locator("main .themis-item")).to_have_count(3)


def test_page_restored_with_a_pending_poll_polls_again(visit, ana, three, settings, htmx):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana)
    held = []
    page.route("**/bell/*", lambda route: route.continue_() if held else held.append(route))
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(page, lambda: held)
    page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    expect_unread(page, 3)


def test_newly_loaded_page_does_not_poll_when_it_gets_the_focus(visit, ana, settings, htmx):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 3600
    page = visit(ana)
    polls = []
    page.on("request", lambda request: "/bell/" in request.url and polls.append(request))
    page.evaluate("dispatchEvent(new Event('focus'))")
    settle(page)
    assert polls == []


def test_page_never_polls_by_itself_at_an_interval_of_zero(visit, ana, notify, settings, htmx):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 0
    page = visit(ana, clock=True)
    polls = []
    page.on("request", lambda request: "/bell/" in request.url and polls.append(request))
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.evaluate("dispatchEvent(new Event('online'))")
    run_clock(page, 3)
    assert polls == []


def test_typed_text_and_selection_survive_a_poll(visit, ana, notify, htmx):
    page = visit(ana)
    open_panel(page)
    page.evaluate(
        "() => { const field = document.createElement('input'); field.id = 'typed';"
        " document.querySelector('main').append(field); field.value = 'half a sentence';"
        " field.focus(); field.setSelectionRange(5, 6); }"
    )
    notify("News")
    expect_unread(page, 1)
    state = "() => { const f = document.activeElement; return [f.id, f.value, f.selectionStart]; }"
    assert page.evaluate(state) == ["typed", "half a sentence", 5]
