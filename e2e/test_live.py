"""Live updates: a change is shown at once, by one stream a browser. Polling catches the rest."""

import re
from time import monotonic

import pytest
from playwright.sync_api import expect

from e2e.proxy import serving
from e2e.screen import (
    ALERTS,
    act,
    expect_unread,
    go_boosted,
    open_panel,
    run_clock,
    settle,
    wait_until,
)

# Milliseconds in which a stream tells, also on a busy machine. The page itself polls every quarter
# of an hour.
AT_ONCE = 5000


@pytest.fixture
def page(live, visit, ana, without_polls):
    """A page of Ana's, whose stream is open."""
    page = visit(ana, "/team/", through=live)
    wait_until(page, lambda: live.open)
    return page


@pytest.fixture
def second_tab(page):
    def open_tab(path="/team/"):
        tab = page.context.new_page()
        tab.goto(path)
        tab.wait_for_function("() => document.querySelector('.themis-bell__button[type=button]')")
        return tab

    return open_tab


def run_until(page, ready):
    """Let time pass on the page's clock until ``ready()`` is."""
    for _second in range(30):
        if ready():
            return
        run_clock(page, 1)
    raise AssertionError("What was waited for did not come.")


def badge(page):
    return page.locator(".themis-badge").all_text_contents()


def expect_at_once(page, count):
    expect(page.locator(".themis-badge")).to_have_text(str(count), timeout=AT_ONCE)


def test_arrival_is_shown_in_two_tabs_at_once_by_one_stream(page, second_tab, live, notify, htmx):
    other = second_tab()
    settle(other)
    notify("News")
    expect_at_once(page, 1)
    expect_at_once(other, 1)
    assert (len(live.open), live.opened) == (1, 1)


def test_open_panel_does_not_move_when_something_arrives(page, notify, three):
    expect_at_once(page, 3)
    panel = open_panel(page)
    expect(panel.locator(".themis-item")).to_have_count(3)
    notify("News")
    expect_at_once(page, 4)
    expect(panel.get_by_role("button", name="1 new notification")).to_be_visible()
    expect(panel.locator(".themis-item")).to_have_count(3)


def test_what_is_read_in_one_browser_is_read_in_another(page, visit, live, ana, three):
    expect_at_once(page, 3)
    other = visit(ana, "/team/", through=live)
    wait_until(other, lambda: len(live.open) == 2)
    act(open_panel(other), "Second", "Mark as read")
    expect_at_once(page, 2)


def test_another_tab_holds_the_stream_when_the_first_one_closes(page, second_tab, live, notify):
    other = second_tab()
    page.close()
    wait_until(other, lambda: live.opened == 2)
    notify("News")
    expect_at_once(other, 1)
    assert len(live.open) == 1


def test_page_that_htmx_or_a_script_puts_in_place_keeps_one_stream(page, live, notify, htmx):
    go_boosted(page, "/reports/")
    expect(page).to_have_url(re.compile("/reports/$"))
    page.evaluate(
        "() => { const bell = document.querySelector('[data-themis-bell]');"
        " const copy = document.createElement('div'); copy.innerHTML = bell.outerHTML;"
        " bell.replaceWith(copy); }"
    )
    settle(page)
    notify("News")
    expect_at_once(page, 1)
    assert (len(live.open), live.opened) == (1, 1)


def test_nothing_is_missed_while_the_stream_server_is_away(page, live, notify, foreseen):
    foreseen.append("502")
    live.server_of_streams.stop()
    wait_until(page, lambda: not live.open)
    notify("Meanwhile")
    live.server_of_streams.start()
    began = monotonic()
    expect_unread(page, 1)
    assert monotonic() - began < 6


PAGE = {"Content-Type": "text/html"}
NO_STREAMS = [
    {"status": 204},
    {"status": 500, "body": "<h1>Error</h1>", "headers": PAGE},
    {"status": 200, "body": "<h1>Sign in to the wifi</h1>", "headers": PAGE},
]


def test_page_polls_as_before_while_the_answer_is_no_stream_and_tries_again(
    live, visit, ana, notify, foreseen
):
    foreseen.append("500|EventSource's response has a MIME type")
    live.stream_fault = NO_STREAMS[0]
    page = visit(ana, "/team/", through=live, clock=True)
    for number, live.stream_fault in enumerate(NO_STREAMS, start=1):
        asked = live.asked
        run_until(page, lambda asked=asked: live.asked > asked)
        notify("By a poll")
        run_until(page, lambda number=number: badge(page) == [str(number)])
    live.stream_fault = None
    run_until(page, lambda: live.open)


def test_stream_is_closed_once_the_person_has_signed_out_in_another_tab(page, second_tab, live):
    other = second_tab()
    other.get_by_role("button", name="Log out").click()
    expect(page.get_by_role("link", name="Sign in to see your notifications")).to_be_visible()
    wait_until(page, lambda: not live.open)


def test_person_who_turns_live_updates_off_has_no_stream_until_they_are_on(page, second_tab, live):
    other = second_tab("/notifications/preferences/")
    switch = other.get_by_role("switch", name="Live updates")
    switch.uncheck()
    wait_until(page, lambda: not live.open)
    switch.check()
    wait_until(page, lambda: live.open)


def test_desktop_alert_comes_at_once_while_no_tab_is_looked_at(
    live, visit, ana, notify, without_polls
):
    ana.profile.browser_notifications_enabled = True
    ana.profile.save()
    hidden = "Object.defineProperty(document, 'hidden', { get: () => true });"
    first = visit(ana, "/team/", through=live, script=ALERTS + hidden)
    wait_until(first, lambda: live.open)
    other = first.context.new_page()
    other.goto("/team/")
    settle(other)
    first.close()
    wait_until(other, lambda: live.opened == 2)
    notify("News")
    other.wait_for_function("() => window.popups.length", timeout=AT_ONCE)


def test_tab_that_nobody_looks_at_leaves_the_stream_to_one_in_view(page, second_tab, live, notify):
    other = second_tab()
    page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))")
    wait_until(other, lambda: live.opened == 2)
    notify("News")
    expect_at_once(other, 1)
    assert len(live.open) == 1


@pytest.fixture
def centrifugo(settings, monkeypatch):
    """The project has an engine of its own, at another origin."""
    streams = pytest.importorskip("e2e.streams")
    with serving(streams.Centrifugo()) as engine:
        monkeypatch.setattr(streams, "engine", engine, raising=False)
        settings.THEMIS_LIVE = {"BROKER": "e2e.streams.engine"}
        yield engine
        for queue in engine.queues:
            queue.put(None)


def test_engine_of_another_origin_tells_pages_and_is_given_no_token(
    centrifugo, visit, ana, notify, without_polls
):
    # The example's policy names no other origin.
    page = visit(ana, "/team/", bypass_csp=True)
    wait_until(page, lambda: centrifugo.asked)
    notify("News")
    expect_at_once(page, 1)
    assert centrifugo.asked == ["cf_connect=secret"]


def test_page_holds_no_stream_without_locks(live, visit, ana, notify):
    page = visit(ana, "/team/", through=live, script="delete Navigator.prototype.locks")
    notify("By a poll")
    expect_unread(page, 1)
    assert live.asked == 0
