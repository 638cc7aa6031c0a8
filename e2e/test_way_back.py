"""The way back: a browser that keeps pages shows one again as it was left, its bell at work."""

import os

import pytest
from playwright.sync_api import expect

from e2e.conftest import ARGUMENTS
from e2e.screen import ALERTS, expect_unread, wait_until
from scripts.ensure_browser import NAMES_WITH_WINDOWS, find_chromium

REASONS = "JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)"


@pytest.fixture
def chromium(chromium):
    """A browser that keeps pages for the way back, which Playwright turns off."""
    path = find_chromium(NAMES_WITH_WINDOWS)
    if path is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("Chromium's headless shell keeps no page for the way back.")
    keeping = chromium.browser_type.launch(
        executable_path=path,
        args=ARGUMENTS,
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield keeping
    keeping.close()


def test_page_with_a_stream_is_kept_for_the_way_back_and_streams_again(
    live, visit, ana, notify, without_polls
):
    page = visit(ana, "/team/", through=live)
    wait_until(page, lambda: live.open)
    page.evaluate("window.isTheSame = true")
    page.goto("/reports/")
    wait_until(page, lambda: live.opened == 2)
    page.go_back(wait_until="commit")

    wait_until(page, lambda: live.opened == 3)
    assert page.evaluate("window.isTheSame"), page.evaluate(REASONS)
    notify("News")
    expect(page.locator(".themis-badge")).to_have_text("1", timeout=1000)
    assert len(live.open) == 1


@pytest.mark.parametrize("alerts", [False, True], ids=["without alerts", "with alerts"])
def test_page_is_kept_for_the_way_back_and_polls_again_when_shown(visit, ana, notify, alerts):
    ana.profile.browser_notifications_enabled = alerts
    ana.profile.save()
    page = visit(ana, "/team/", script=ALERTS)
    if alerts:
        page.wait_for_function("() => document.documentElement.dataset.themisLeader")
    page.evaluate("window.isTheSame = true")
    page.goto("/accounts/login/?next=/reports/")
    notify("Meanwhile")

    page.go_back(wait_until="commit")

    expect_unread(page, 1)
    assert page.evaluate("window.isTheSame"), page.evaluate(REASONS)
    assert page.evaluate("window.popups") == (["1 new notification"] if alerts else [])
    expect(page.locator("[data-themis-panel]")).to_be_hidden()
