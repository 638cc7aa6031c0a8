"""Faults between the bell and its server: nothing foreign reaches the page."""

from contextlib import contextmanager

import pytest
from django.db import connection
from playwright.sync_api import expect

from e2e.proxy import faulty_proxy
from e2e.screen import (
    act,
    bell,
    expect_unread,
    item,
    open_panel,
    panel,
    pause_clock,
    run_clock,
    settle,
    wait_until,
)
from tests.helpers.sqlite_faults import locked
from themis_htmx.models import UserNotification

TABLE = UserNotification._meta.db_table
FOREIGN = "<title>Sign in</title><h1>Captive portal</h1><form>Password</form>"
HTML = {"Content-Type": "text/html"}
BADGE = (
    '<span class="themis-badge">9</span><input name="token" value="x" data-themis-token'
    ' data-themis-newest="9" data-themis-label="9" data-themis-new-text="">'
)
FAULTS = {
    "500": {"status": 500, "body": FOREIGN, "headers": HTML},
    "502": {"status": 502, "body": FOREIGN, "headers": HTML},
    "503": {"status": 503, "body": FOREIGN, "headers": HTML | {"Retry-After": "1"}},
    "403": {"status": 403, "body": FOREIGN, "headers": HTML},
    "another page": {"status": 302, "headers": {"Location": "/team/"}},
    "another origin": {"status": 302, "headers": {"Location": "http://elsewhere.invalid/"}},
    "login page": {"body": FOREIGN, "headers": HTML},
    "empty": {"headers": HTML},
    "truncated": {"body": BADGE[:60], "headers": HTML | {"Themis": "1"}, "missing": 500},
    "garbage": {"body": "\x00\xff<<<>>&&&<script>alert(1)</script>", "headers": HTML},
    "json": {"body": '{"error": "nope"}', "headers": {"Content-Type": "application/json"}},
    "no answer": {"hangs": True},
}


@pytest.fixture
def proxy(live_server):
    with faulty_proxy(live_server.url) as proxy:
        yield proxy


@pytest.fixture
def tolerant(foreseen):
    """The browser itself complains of a failed request; that is the fault's, not the kit's."""
    foreseen += ["Failed to load|status of|htmx:|ERR_|Response Status|elsewhere.invalid"]
    return foreseen


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_faulty_poll_answer_never_reaches_the_page_and_the_bell_recovers(
    visit, ana, notify, three, htmx, proxy, fault, tolerant
):
    page = visit(ana, through=proxy, clock=True)
    expect_unread(page, 3)
    title, before = page.title(), page.locator("[data-themis-badge-slot]").inner_html()
    proxy.fault = fault
    wait_until(page, lambda: proxy.met)
    # The browser tells of no end where it refuses to follow a redirect to another origin.
    endless = "/bell/" if "hangs" in fault or "elsewhere" in str(fault) else None
    settle(page, endless)
    assert page.locator("[data-themis-badge-slot]").inner_html() == before
    assert page.title() == title
    notify("Fourth")
    proxy.heal()
    run_clock(page, 3, endless)
    # One step of the back-off at most, and what a hanging answer is waited for.
    expect(page.locator(".themis-badge")).to_have_text("4", timeout=20_000)
    expect_unread(page, 4)
    assert page.title() == title


def test_failing_polls_are_repeated_more_and_more_slowly(visit, ana, htmx, tolerant):
    page = visit(ana, clock=True)
    met = []
    page.route("**/bell/*", lambda route: (met.append(1), route.fulfill(status=500)))
    pause_clock(page)
    run_clock(page, 8)
    assert 2 <= len(met) <= 4


def test_failed_poll_is_repeated_only_after_its_retry_after(visit, ana, htmx, tolerant):
    page = visit(ana, clock=True)
    met = []
    answer = {"status": 503, "headers": {"Retry-After": "30"}}
    page.route("**/bell/*", lambda route: (met.append(1), route.fulfill(**answer)))
    pause_clock(page)
    run_clock(page, 25)
    assert len(met) == 1
    run_clock(page, 8)
    assert len(met) == 2


@contextmanager
def table_gone():
    """The table is not there, as between a deploy and its migration."""
    with connection.schema_editor() as editor:
        editor.alter_db_table(UserNotification, TABLE, "gone")
    yield
    with connection.schema_editor() as editor:
        editor.alter_db_table(UserNotification, "gone", TABLE)


@pytest.fixture
def impatient(transactional_db):
    """Nobody waits long for a lock."""
    own = connection.settings_dict
    usual = own["OPTIONS"]
    own["OPTIONS"] = usual | {"timeout": 0.2}
    yield
    own["OPTIONS"] = usual


@pytest.mark.parametrize(("fault", "polls"), [(locked, {204}), (table_gone, {500})])
def test_open_page_survives_a_fault_of_the_database_and_catches_up_without_a_reload(
    impatient, visit, ana, three, notify, htmx, tolerant, fault, polls
):
    page = visit(ana)
    shown = open_panel(page)
    expect(item(shown, "Second")).to_be_visible()
    page.evaluate("window.isTheSamePage = true")
    met = []
    page.on("response", lambda response: "/bell/" in response.url and met.append(response.status))
    with fault():
        met.clear()
        wait_until(page, lambda: polls & set(met))
        act(shown, "Second", "Mark as read")
        expect(shown.get_by_text("That did not work.")).to_be_visible()
        expect_unread(page, 3)
        expect(item(shown, "Second").locator(".themis-dot")).to_have_count(1)
    notify("Fourth")
    # A failed poll or two have slowed the page down.
    expect(page.locator(".themis-badge")).to_have_text("4", timeout=20_000)
    act(shown, "Second", "Mark as read")
    expect_unread(page, 3)
    expect(shown.get_by_text("That did not work.")).to_be_hidden()
    assert page.evaluate("window.isTheSamePage")


@pytest.mark.parametrize("days", [1, -1], ids=["forward", "back"])
def test_page_goes_on_polling_after_the_clock_of_the_browser_was_moved(
    visit, ana, three, notify, htmx, days
):
    page = visit(ana, clock=True)
    run_clock(page, 2)
    page.clock.set_system_time(page.evaluate("Date.now()") + 86_400_000 * days)
    notify("Fourth")
    run_clock(page, 2)
    expect_unread(page, 4)


def test_foreign_page_in_answer_to_mark_as_read_is_not_shown(visit, ana, three, htmx, tolerant):
    page = visit(ana)
    panel = open_panel(page)
    page.route("**/read/", lambda route: route.fulfill(body=FOREIGN, content_type="text/html"))
    act(panel, "Second", "Mark as read")
    tolerant.append("did not work")
    expect(panel.get_by_text("That did not work.")).to_be_visible()
    expect(page.get_by_text("Captive portal")).to_have_count(0)
    expect(panel.get_by_text("Second")).to_be_visible()


def test_late_poll_answer_does_not_overwrite_a_read_made_meanwhile(visit, ana, three, htmx):
    page = visit(ana)
    panel = open_panel(page)
    old = page.locator("[data-themis-badge-slot]").inner_html().replace("3 unread", "9 unread")
    held = []
    page.route("**/bell/*", lambda route: route.continue_() if held else held.append(route))
    wait_until(page, lambda: held)
    act(panel, "Second", "Mark as read")
    expect(panel.get_by_role("button", name="Mark as unread: Second")).to_be_visible()
    held[0].fulfill(body=old, headers={"Themis": "1"}, content_type="text/html")
    settle(page)
    expect(page.get_by_text("9 unread")).to_have_count(0)
    expect_unread(page, 2)


def test_refused_mark_as_read_shows_an_error_and_works_when_repeated(
    visit, ana, three, htmx, tolerant
):
    page = visit(ana)
    shown = open_panel(page)
    # Signing in again in another tab changes this cookie.
    page.context.add_cookies([{"name": "csrftoken", "value": "x" * 32, "url": page.url}])
    failed = shown.get_by_text("That did not work. Please try again.")
    with page.expect_response("**/dropdown/*"):
        act(shown, "Second", "Mark as read")
    expect(failed).to_be_visible()
    expect(item(shown, "Second").locator(".themis-dot")).to_have_count(1)
    act(shown, "Second", "Mark as read")
    expect(item(shown, "Second").locator(".themis-dot")).to_have_count(0)
    expect(failed).to_be_hidden()


def test_unsaved_preference_shows_an_error_and_its_stored_value(visit, ana, htmx, tolerant):
    page = visit(ana, "/notifications/preferences/", viewport={"width": 390, "height": 500})
    page.route(
        "**/preferences/form/",
        lambda route: (
            route.fulfill(status=502, body=FOREIGN)
            if route.request.method == "POST"
            else route.continue_()
        ),
    )
    switch = page.get_by_role("switch", name="Notifications", exact=False).first
    switch.uncheck(force=True)
    tolerant.append("did not work")
    expect(page.locator("main").get_by_text("That did not work.")).to_be_in_viewport()
    expect(switch).to_be_checked()
    expect(page.get_by_text("Saved")).to_have_count(0)


def test_panel_that_cannot_load_shows_an_error_and_a_working_retry(
    visit, ana, three, htmx, without_polls, tolerant
):
    page = visit(ana)
    page.route("**/dropdown/*", _refuse)
    bell(page).click()
    expect_load_error(page, "Notifications could not be loaded")
    page.unroute("**/dropdown/*")
    panel(page).get_by_role("button", name="Try again").click()
    expect_loaded(page)


def test_offline_panel_says_so_and_loads_once_online_again(visit, ana, three, htmx, tolerant):
    page = visit(ana)
    page.context.set_offline(True)
    bell(page).click()
    expect_load_error(page, "You’re offline")
    page.context.set_offline(False)
    expect_loaded(page)


def expect_load_error(page, words):
    expect(panel(page).get_by_text(words)).to_be_visible()
    expect(panel(page).locator(".themis-empty__title:visible")).to_have_count(1)


def expect_loaded(page):
    expect(item(panel(page), "Second")).to_be_visible()
    expect(panel(page).locator("[aria-busy]")).to_have_count(0)


def test_failed_refresh_of_the_list_is_repeated_after_each_poll(visit, ana, three, htmx, tolerant):
    page = visit(ana, "/notifications/")
    shown = page.locator("main")
    asked, polls = [], []
    page.route("**/items/*", lambda route: asked.append(1) or _refuse(route))
    page.on("request", lambda request: "/bell/" in request.url and polls.append(1))
    shown.get_by_role("button", name="Mark all read").click()
    expect(shown.get_by_text("That did not work.")).to_be_visible()
    wait_until(page, lambda: len(asked) >= 3)
    assert len(polls) >= len(asked) - 1, "once for each poll that succeeded, and no oftener"
    page.unroute("**/items/*")
    expect(shown.locator(".themis-dot")).to_have_count(0)
    expect(shown.get_by_text("That did not work.")).to_be_hidden()


def test_failing_list_beside_a_working_panel_is_not_requested_in_a_loop(
    visit, ana, three, htmx, tolerant
):
    page = visit(ana, "/notifications/")
    shown = open_panel(page)
    asked, polls = [], []
    page.route("**/items/*", lambda route: asked.append(1) or _refuse(route))
    page.on("request", lambda request: "/bell/" in request.url and polls.append(1))
    shown.get_by_role("button", name="Mark all read").click()
    wait_until(page, lambda: len(polls) >= 3)
    assert len(asked) <= 2 * len(polls) + 2
    tolerant.append("did not work")


def _refuse(route):
    route.fulfill(status=503, body=FOREIGN)
