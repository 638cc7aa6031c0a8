"""A feature that a browser lacks costs what is made of it, and nothing else: docs/browsers.md.

A feature of CSS comes in the stylesheet under a name that no browser knows: Chromium then drops
what an older browser would drop, and takes what the stylesheet has in its place. Scripts take the
others away. More of these are in test_missing_pieces.py.
"""

import re

import pytest
from playwright.sync_api import expect

from e2e.screen import act, choose, expect_unread, item, open_panel, reload_changed, wait_until
from e2e.test_hosts import FAINT
from e2e.test_list import WITHOUT_POPOVERS

pytestmark = pytest.mark.seldom

# What stands in the stylesheet, and what comes in its place.
FEATURES = {
    "light-dark()": ("light-dark(", "no-light-dark("),
    "relative colours": ("oklch(from", "no-oklch(from"),
    ":has()": (":has(", ":no-has("),
    ":dir()": (":dir(", ":no-dir("),
    "media query of scripting": ("(scripting:", "(no-scripting:"),
    "silent content": ('"·" / ""', '"·" no ""'),
    "height of a line": ("2lh", "2no-lh"),
}
POPOVER = re.compile(r'\bpopover(="manual")?\n')
NO_KEEPALIVE = """
const { fetch } = window;
window.fetch = (address, options) => fetch(address, { ...options, keepalive: false });
"""
NO_ARIA = """
for (const name of ["ariaBusy", "ariaDisabled"]) delete Element.prototype[name];
"""
NO_STREAM = "delete window.EventSource;"


@pytest.fixture
def visit_without(visit, ana):
    """Open a page in a browser that lacks one of the features."""

    def visit_without(feature, path, **options):
        page = visit(ana, "/accounts/login/?next=/team/", **options)
        known, unknown = FEATURES[feature]

        def change(route):
            css = route.fetch().text()
            assert known in css, "the stylesheet has no such thing, so nothing is tried"
            route.fulfill(body=css.replace(known, unknown), content_type="text/css")

        page.route("**/themis_htmx/themis*.css", change)
        page.goto(path)
        return page

    return visit_without


@pytest.mark.parametrize("feature", FEATURES)
def test_bell_its_panel_and_the_pages_work_without_a_feature(
    visit_without, three, notify, without_polls, feature
):
    page = visit_without(feature, "/gallery/bare/", reduced_motion="reduce")
    act(open_panel(page), "Second", "Mark as read")
    expect_unread(page, 2)
    assert page.evaluate(FAINT, ".themis") == []
    page.goto("/gallery/bare/list/")
    act(page.locator("main"), "Third", "Dismiss")
    expect(item(page.locator("main"), "Third")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(item(page.locator("main"), "Third")).to_be_visible()
    assert page.evaluate(FAINT, ".themis") == []
    page.goto("/gallery/bare/preferences/")
    choose(page, "Urgent only")
    expect(page.get_by_role("status").filter(has_text="Saved")).to_be_visible()
    assert page.evaluate(FAINT, ".themis") == []


@pytest.mark.parametrize("path", ["", "list/", "preferences/"])
def test_without_light_dark_the_kit_is_light_and_readable_on_a_dark_page(
    visit_without, three, path
):
    page = visit_without(
        "light-dark()", f"/gallery/bare/{path}?scheme=dark", reduced_motion="reduce"
    )
    ground = page.locator(".themis-item, .themis-card").first
    if not path:
        ground = open_panel(page)
    expect(ground).to_have_css("background-color", re.compile("255, 255, 255|0.9[0-9]* "))
    assert page.evaluate(FAINT, ".themis") == []


@pytest.mark.parametrize("host", ["admin", "bootstrap", "daisyui"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_without_relative_colours_the_kits_own_are_seen_on_every_host(
    visit_without, three, host, scheme
):
    page = visit_without("relative colours", f"/gallery/{host}/?scheme={scheme}")
    dot = open_panel(page).locator(".themis-dot").first
    own = {"light": "rgb(36, 87, 214)", "dark": "rgb(143, 176, 255)"}[scheme]
    expect(dot).to_have_css("background-color", own)
    assert page.evaluate(FAINT, "[data-themis-panel]") == []


def test_without_has_a_radio_button_shows_the_choice_and_the_focus(visit_without):
    page = visit_without(":has()", "/notifications/preferences/")
    radio = page.get_by_role("radio", name="Everything")
    assert radio.bounding_box()["width"] >= 10
    expect(radio).to_be_checked()
    page.keyboard.press("Tab")
    radio.press("ArrowRight")
    chosen = page.get_by_role("radio", name="Needs attention")
    expect(chosen).to_be_focused()
    assert chosen.evaluate("radio => getComputedStyle(radio).outlineStyle") != "none"


def test_without_the_media_query_of_scripting_a_toast_stays_until_it_is_closed(
    visit_without, notify
):
    page = visit_without("media query of scripting", "/team/?bell=loud")
    expect(page.locator("button.themis-bell__button")).to_be_visible()
    notify("Build is done")
    toast = page.locator(".themis-toast:visible")
    expect(toast).to_have_count(1)
    assert "themis-leave" not in toast.evaluate("toast => getComputedStyle(toast).animationName")
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


def test_without_dir_the_badge_is_readable_from_right_to_left(visit_without, three):
    page = visit_without(":dir()", "/gallery/bare/?lang=ar")
    badge = page.locator(".themis-badge")
    expect(badge).to_have_text("3")
    bell = page.locator("[data-themis-bell]").bounding_box()
    assert badge.bounding_box()["x"] < bell["x"] + bell["width"] / 2


def test_without_streams_a_page_of_a_live_site_polls(live, visit, ana, notify, foreseen):
    foreseen.append("EventSource is not defined")
    page = visit(ana, "/team/", through=live, script=NO_STREAM)
    notify("News")
    expect_unread(page, 1)
    assert not live.open


def test_without_requests_that_outlive_a_page_a_click_marks_read(visit, ana, three):
    page = visit(ana, script=NO_KEEPALIVE)
    item(open_panel(page), "Second").click()
    expect(page).to_have_url(re.compile("/requests/$"))
    expect_unread(page, 2)


def test_without_properties_for_aria_an_action_is_asked_once(visit, ana, notify, without_polls):
    notify("May I?", actions=[{"label": "Approve", "url": "/approve/", "method": "post"}])
    page = visit(ana, script=NO_ARIA)
    asked = []
    page.route("**/approve/", lambda route: asked.append(route))
    button = item(open_panel(page), "May I?").get_by_role("button", name="Approve")
    button.click()
    wait_until(page, lambda: asked)
    button.evaluate("button => button.click()")
    asked[0].fulfill(status=204)
    expect_unread(page, 0)
    assert len(asked) == 1


def test_without_popovers_no_panel_lies_open_and_the_bell_is_a_link(visit, ana, three, notify):
    page = visit(ana, "/team/?bell=loud", script=WITHOUT_POPOVERS)
    page.route("**/themis_htmx/themis*.css", _drop_popovers)
    reload_changed(page, lambda html: POPOVER.sub("no-popover\n", html))
    assert page.locator("[popover]").count() == 0
    expect(page.locator("[data-themis-panel]")).to_be_hidden()
    notify("Disk full", level="danger")
    toast = page.locator(".themis-toast:visible")
    toast.get_by_role("button", name="Close: Disk full").click()
    expect(toast).to_have_count(0)
    page.get_by_role("link", name="Notifications, 4 unread").click()
    expect(page.locator("main .themis-item")).to_have_count(4)


def _drop_popovers(route):
    css = route.fetch().text().replace(":popover-open", ":no-popover-open")
    route.fulfill(body=css, content_type="text/css")
