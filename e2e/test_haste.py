"""Fast random clicks on a slow network: the page ends up as a fresh one.

This is a search and no proof: each run tries a few sequences, and THEMIS_TEST_HASTE=60 tries 60.
"""

import os
import random

import pytest
from playwright.sync_api import expect

from e2e.screen import bell, panel, settle

TITLES = [f"Number {number}" for number in range(1, 7)]
LATENCY = 150
VERBS = ["Mark as read", "Mark as unread", "Dismiss", "Mark all read", "Undo", "All", "Unread"]


# The beta of htmx 4 forgets the newest request as soon as the one that it replaced has ended: the
# next one replaces nothing. The release does not.
@pytest.mark.parametrize("htmx", ["2", "4"], indirect=True)
@pytest.mark.parametrize("seed", range(int(os.environ.get("THEMIS_TEST_HASTE", "2"))))
def test_random_fast_clicks_leave_the_page_as_a_reload_shows_it(
    visit, ana, notify, without_polls, htmx, seed
):
    for title in TITLES:
        notify(title)
    page = visit(ana, "/notifications/")
    _slow_down(page)
    chance = random.Random(seed)
    pressed = [_press_something(page, chance) for _ in range(10)]
    _let_settle(page)
    shown = _seen(page)
    page.reload()
    fresh = _seen(page)
    assert shown == fresh, "\n".join([*pressed, str(shown), str(fresh)])
    expect(page.locator("[data-themis-action-error]:visible")).to_have_count(0)


def _slow_down(page):
    connection = page.context.new_cdp_session(page)
    connection.send("Network.enable")
    connection.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": LATENCY, "downloadThroughput": -1, "uploadThroughput": -1},
    )


def _press_something(page, chance):
    # A person's pauses are a part of what is tried.
    page.wait_for_timeout(chance.choice([0, 40, 120, 250]))
    place = chance.choice(["main", "[data-themis-panel]"])
    if place != "main" and not panel(page).is_visible():
        bell(page).click()
        return "bell"
    verb = chance.choice(VERBS)
    name = page.evaluate(
        """([place, verb]) => {
            const shown = [...document.querySelectorAll(
                `${place} button, ${place} a.themis-chip`)].filter(
                (each) => each.checkVisibility());
            const name = (each) => each.getAttribute("aria-label") ?? each.textContent.trim();
            const fit = shown.filter((each) => name(each).startsWith(verb));
            const chosen = fit[Math.floor(fit.length / 2)];
            chosen?.click();
            return chosen && name(chosen);
        }""",
        [place, verb],
    )
    return f"{place}: {name}"


def _let_settle(page):
    """Wait until no request is under way, and none waits for another one."""
    settle(page)
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
    settle(page)


def _seen(page):
    """Return the badge, the line above the list, and each row with its unread state."""
    return page.evaluate(
        """() => [
            document.querySelector(".themis-badge")?.textContent,
            document.querySelector("main .themis-list__lead").textContent.trim(),
            ...[...document.querySelectorAll("main .themis-item")]
                .filter((row) => row.checkVisibility())
                .map((row) => [row.querySelector(".themis-item__link")?.textContent.trim(),
                    row.classList.contains("themis-item--unread")].join()),
        ]"""
    )
