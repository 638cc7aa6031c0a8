"""Two installations of the kit on one origin, and static files on an origin of their own."""

import copy
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import unquote

import pytest
from django.contrib.staticfiles.finders import find
from playwright.sync_api import expect

from e2e.screen import ALERTS, bell, expect_unread, item, open_panel, reload_changed, settle

pytestmark = pytest.mark.seldom

ADDRESS = 'data-themis-address="/notifications/"'


def with_alerts(user):
    """Turn desktop alerts on for somebody."""
    profile = user.themis_profile
    profile.browser_notifications_enabled = True
    profile.save()


@pytest.fixture
def tabs(visit, ana):
    """Two tabs of one browser: of the site, and of what may be another one on the same origin."""

    def tabs(second="/b/notifications/", path="/team/"):
        page = visit(ana, path)
        other = page.context.new_page()
        other.goto(path)
        reload_changed(other, lambda html: html.replace(ADDRESS, f'data-themis-address="{second}"'))
        for each in (page, other):
            expect(bell(each)).to_be_visible()
        return page, other

    return tabs


@pytest.mark.parametrize(
    ("address", "heard"), [("/notifications/", True), ("/b/notifications/", False)]
)
def test_a_change_is_told_to_the_tabs_of_the_same_installation(
    tabs, three, without_polls, address, heard
):
    page, other = tabs(address)
    asked = []
    other.on("request", lambda request: "/bell/" in request.url and asked.append(request))
    shown = open_panel(page)
    item(shown, "Second").hover()
    item(shown, "Second").get_by_role("button", name="Mark as read: ").click()
    expect_unread(page, 2)
    settle(other)
    assert bool(asked) is heard


def test_each_installation_has_a_tab_that_leads(visit, ana):
    with_alerts(ana)
    page = visit(ana, "/team/", script=ALERTS)
    leads = "() => document.documentElement.dataset.themisLeader"
    page.wait_for_function(leads)
    other = page.context.new_page()
    other.goto("/team/")
    reload_changed(
        other, lambda html: html.replace(ADDRESS, 'data-themis-address="/b/notifications/"')
    )
    other.wait_for_function(leads)


def test_live_updates_off_in_one_installation_are_on_in_the_other(tabs, notify):
    page, other = tabs(path="/notifications/preferences/")
    page.get_by_role("switch", name="Live updates").uncheck(force=True)
    other.reload()
    expect(other.get_by_role("switch", name="Live updates")).to_be_checked()


class Silent(SimpleHTTPRequestHandler):
    """Files without a word about other origins, as most hosts of static files send them."""

    def translate_path(self, path):
        return find(unquote(path).lstrip("/")) or ""

    def log_message(self, *args):
        """The journeys speak for themselves."""


@pytest.fixture
def static_host():
    """Serve the project's static files on another port, which is another origin."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Silent) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def nonce(request):
    """The nonce of a page, for its templates."""
    return {"csp_nonce": "abc"}


POLICIES = {
    "by its name": "script-src {host}; style-src {host}; connect-src 'self'",
    "by a nonce": "script-src 'nonce-abc'; style-src {host}; connect-src 'self'",
    "by a nonce that scripts hand on": "script-src 'nonce-abc' 'strict-dynamic';"
    " style-src {host}; connect-src 'self'",
}


@pytest.mark.parametrize("policy", POLICIES)
def test_static_files_may_come_from_another_host(
    visit, ana, notify, settings, monkeypatch, static_host, policy, htmx
):
    settings.STATIC_URL = f"{static_host}/"
    settings.TEMPLATES = copy.deepcopy(settings.TEMPLATES)
    settings.TEMPLATES[0]["OPTIONS"]["context_processors"] += ["e2e.test_installations.nonce"]
    monkeypatch.setattr("example.csp.POLICY", POLICIES[policy].format(host=static_host))
    with_alerts(ana)
    page = visit(ana, "/team/", script=ALERTS)
    expect(bell(page)).to_be_visible()
    # The script of the desktop alerts comes from there, too.
    page.wait_for_function("() => document.documentElement.dataset.themisLeader")
    notify("Arrives later")
    expect_unread(page, 1)
    page.wait_for_function("() => window.popups.length === 1")


def test_a_script_that_stands_twice_in_the_page_runs_once(visit, ana, notify, three):
    page = visit(ana, "/team/?bell=loud")
    reload_changed(
        page,
        lambda html: html.replace(
            "</body>", '<script src="/static/themis_htmx/themis.js"></script></body>'
        ),
    )
    expect(bell(page)).to_be_visible()
    asked = []
    page.on("request", lambda request: "/read/" in request.url and asked.append(request))
    shown = open_panel(page)
    item(shown, "Second").get_by_role("link").click()
    page.wait_for_load_state()
    expect_unread(page, 2)
    assert len(asked) == 1


def test_a_script_in_the_head_that_does_not_wait_for_the_page_works(visit, ana, notify, three):
    """As a tool that bundles scripts may write it."""
    page = visit(ana, "/team/")
    reload_changed(page, lambda html: html.replace("<script\n  defer", "<script"))
    assert page.locator("script[src*='themis.js']").get_attribute("defer") is None
    expect(bell(page)).to_be_visible()
    notify("Fourth")
    expect_unread(page, 4)
