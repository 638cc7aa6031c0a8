"""A piece that a browser lacks or refuses costs what is made of it, and nothing else."""

import re

import pytest
from playwright.sync_api import expect

from e2e.screen import ALERTS, expect_unread, item, open_panel, wait_until

pytestmark = pytest.mark.seldom

REFUSED = "throw new DOMException('Refused', 'SecurityError');"
STORAGE = f"Object.defineProperty(window, '%s', {{ get() {{ {REFUSED} }} }});"
BROKEN_STORAGE = f"""
for (const name of ["localStorage", "sessionStorage"]) {{
  const value = new Proxy(window[name], {{ %s() {{ {REFUSED} }} }});
  Object.defineProperty(window, name, {{ value }});
}}
"""
PIECES = {
    "no channels between tabs": "delete window.BroadcastChannel;",
    "channels that are refused": "window.BroadcastChannel = class {"
    f" constructor() {{ {REFUSED} }} }};",
    "no locks": "delete Navigator.prototype.locks;",
    "no storage for the tab": STORAGE % "sessionStorage",
    "no storage for the browser": STORAGE % "localStorage",
    "storage that cannot be read": BROKEN_STORAGE % "get",
    "no service workers": "delete Navigator.prototype.serviceWorker;",
    "no desktop alerts": "delete window.Notification;",
}
NO_POPOVERS = """
for (const name of ["popover", "showPopover", "hidePopover", "togglePopover"]) {
  delete HTMLElement.prototype[name];
}
"""


# The addresses of the scripts that have run, those that other scripts load among them.
NOTE_SCRIPTS = """
window.scripts = [];
const note = ({ target }) => target.src && window.scripts.push(target.src);
document.addEventListener("load", note, true);
"""


@pytest.fixture
def visit_without(visit, ana):
    """Open a page in a browser that has been changed by a script before any other."""

    def visit_without(script, path="/team/"):
        return visit(ana, path, script=script)

    return visit_without


@pytest.mark.parametrize("piece", PIECES)
def test_bell_polls_and_its_panel_works_with_a_piece_missing(
    visit_without, three, notify, htmx, piece
):
    page = visit_without(PIECES[piece])
    notify("Fourth")
    expect_unread(page, 4)
    shown = open_panel(page)
    item(shown, "Fourth").hover()
    item(shown, "Fourth").get_by_role("button", name="Mark as read: ").click()
    expect_unread(page, 3)


def test_without_popovers_the_bell_is_a_link_that_polls_and_shows_toasts(
    visit_without, three, notify, htmx
):
    page = visit_without(NO_POPOVERS, "/team/?bell=loud")
    notify("Fourth")
    expect_unread(page, 4)
    toast = page.locator(".themis-toast:visible")
    toast.get_by_role("button", name="Close: Fourth").click()
    expect(toast).to_have_count(0)
    page.get_by_role("link", name=re.compile("^Notifications, 4 unread")).click()
    expect(page.locator("main .themis-item")).to_have_count(4)


def test_without_popovers_a_bell_whose_user_signed_out_is_a_link_to_sign_in(
    visit_without, three, htmx
):
    page = visit_without(NO_POPOVERS)
    page.context.clear_cookies()
    page.get_by_role("link", name="Sign in to see your notifications").click()
    expect(page).to_have_url(re.compile("/accounts/login/"))


def test_without_locks_the_tab_that_is_looked_at_shows_alerts(
    visit_without, ana, notify, without_polls
):
    profile = ana.themis_profile
    profile.browser_notifications_enabled = True
    profile.save()
    page = visit_without(ALERTS + PIECES["no locks"] + NOTE_SCRIPTS)
    page.wait_for_function("() => window.scripts.some((src) => src.includes('alerts'))")
    notify("Fourth")
    page.evaluate("dispatchEvent(new Event('online'))")
    wait_until(page, lambda: page.evaluate("window.popups.length"))
    assert page.evaluate("window.popups[0]")


def test_live_updates_stay_on_where_the_browser_cannot_remember_that_they_are_off(
    visit_without, notify
):
    page = visit_without(BROKEN_STORAGE % "set", "/notifications/preferences/")
    updates = page.get_by_role("switch", name="Live updates")
    updates.click()
    expect(updates).to_be_checked()
    notify("News")
    expect_unread(page, 1)
