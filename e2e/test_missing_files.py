"""Static files that a deploy has lost, and htmx that is absent, twice or of another version."""

import re

import pytest
from django.contrib.staticfiles import finders
from playwright.sync_api import expect

from e2e.screen import (
    ALERTS,
    act,
    expect_unread,
    item,
    open_panel,
    reload_changed,
    wait_until,
)
from themis_htmx.models import UserNotification

pytestmark = pytest.mark.seldom

MISSING = "Failed to load resource|htmx is not on this page"


def lose(page, pattern):
    """Answer 404 for a static file, as after a deploy that has deleted it; return who asked."""
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(status=404, body="Not found")

    page.context.route(pattern, answer)
    return asked


def expect_link(page):
    link = page.get_by_role("link", name=re.compile("^Notifications, 3 unread"))
    expect(link).to_be_visible()
    link.click()
    expect(page.locator("main .themis-item")).to_have_count(3)


@pytest.mark.parametrize("file", ["themis_htmx/themis", "django_htmx/htmx"])
def test_without_its_script_or_htmx_the_bell_is_a_link_with_a_count(
    visit, ana, three, foreseen, file
):
    foreseen.append(MISSING)
    page = visit(ana, "/team/")
    asked = lose(page, f"**/{file}*.js*")
    page.reload()
    expect_link(page)
    assert asked


def test_without_its_stylesheet_the_bell_can_be_read_and_works(visit, ana, three, notify, foreseen):
    foreseen.append(MISSING)
    page = visit(ana, "/team/")
    asked = lose(page, "**/themis.css*")
    page.reload()
    assert asked
    notify("Fourth")
    expect(page.locator(".themis-badge").first).to_have_text("4")
    page.get_by_role("button", name=re.compile("^Notifications, 4 unread")).click()
    expect(item(page, "Fourth").first).to_be_visible()


def test_script_that_is_loaded_later_and_is_gone_costs_only_what_it_does(
    visit, ana, three, notify, foreseen
):
    foreseen.append(MISSING)
    ana.themis_profile.browser_notifications_enabled = True
    ana.themis_profile.save()
    page = visit(ana, "/team/?bell=loud", script=ALERTS)
    asked = lose(page, "**/themis_htmx/alerts*.js*")
    page.reload()
    wait_until(page, lambda: asked)
    notify("Fourth")
    expect_unread(page, 4)
    expect(page.locator(".themis-toast:visible")).to_have_count(1)
    shown = open_panel(page)
    act(shown, "Fourth", "Mark as read")
    expect_unread(page, 3)


def test_page_of_the_last_version_works_on_after_a_deploy_has_deleted_its_files(
    visit, ana, three, notify, foreseen, htmx
):
    foreseen.append(MISSING)
    page = visit(ana, "/team/?bell=loud")
    expect_unread(page, 3)
    lose(page, "**/static/**")
    notify("Fourth")
    expect_unread(page, 4)
    expect(page.locator(".themis-toast:visible")).to_have_count(1)
    act(open_panel(page), "Fourth", "Mark as read")
    expect_unread(page, 3)


# The element that loads htmx, and a file of the other version.
HTMX = re.compile(r"<script[^>]*django_htmx/htmx[^>]*></script>", re.S)
OTHER = '<script src="/other-htmx.js" defer></script>'
PLACES = {
    "twice": lambda found: 2 * found[0],
    "of another version": lambda found: OTHER,
    "before another version": lambda found: found[0] + OTHER,
    "after another version": lambda found: OTHER + found[0],
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("version", ["2", "4"])
def test_bell_and_panel_work_whichever_htmx_the_page_loads(
    visit, ana, three, notify, settings, version, place
):
    settings.HTMX_VERSION = int(version)
    other = finders.find(f"django_htmx/htmx-{ {'2': '4', '4': '2'}[version] }.min.js")
    page = visit(ana, "/team/")
    page.context.route("**/other-htmx.js", lambda route: route.fulfill(path=other))
    reload_changed(page, lambda html: HTMX.sub(PLACES[place], html, count=1))
    notify("Fourth")
    expect_unread(page, 4)
    shown = open_panel(page)
    act(shown, "Fourth", "Mark as read")
    expect_unread(page, 3)
    page.get_by_role("button", name="Mark all read").click()
    expect_unread(page, 0)
    assert not UserNotification.objects.unread().exists()
