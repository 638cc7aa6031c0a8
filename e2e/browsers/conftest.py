"""Firefox and WebKit. Who is signed in and what is notified is as in the journeys in Chromium."""

import os

import pytest
from django.test import Client

from e2e.browsers import complaints as recorder
from e2e.browsers.drivers import NEEDS, Firefox, WebKit, find_firefox, find_webkit
from e2e.browsers.page import Page

DRIVERS = {"firefox": Firefox, "webkit": WebKit}


def pytest_generate_tests(metafunc):
    if "browser_name" in metafunc.fixturenames:
        metafunc.parametrize("browser_name", DRIVERS, scope="session")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    """Give each browser to one worker, so that it starts once."""
    from xdist.scheduler import LoadScopeScheduling

    class ByBrowser(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return next(name for name in DRIVERS if f"[{name}" in nodeid)

    return ByBrowser(config, log)


@pytest.fixture(scope="session")
def browsers():
    """The browsers that were started so far, by name and what is special about each."""
    started = {}
    yield started
    for browser in started.values():
        browser.quit()


@pytest.fixture(scope="session")
def start(browser_name, browsers):
    """Start a browser at its first journey; the journeys after that share it."""
    if not {"firefox": find_firefox, "webkit": find_webkit}[browser_name]():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(NEEDS[browser_name])

    def start_browser(**options):
        key = (browser_name, *options.items())
        if key not in browsers:
            browsers[key] = DRIVERS[browser_name](**options)
        return browsers[key]

    return start_browser


@pytest.fixture
def foreseen(foreseen, browser_name):
    """WebKit says of a request that it failed where the page that waits for it is left."""
    return [*foreseen, "^htmx:sendError"] if browser_name == "webkit" else foreseen


@pytest.fixture
def complaints(complaints):
    """What the pages complain of goes into the list that the journeys in Chromium have, too."""
    recorder.heard = complaints
    return complaints


@pytest.fixture
def visit(start, live_server, complaints):
    """Open a page as somebody. ``options`` say what is special about the browser (drivers.py)."""
    used, pages = [], []

    def open_page(user, path="/", *, through=live_server, language=None, **options):
        driver = start(**options)
        driver.start_journey(through.url)
        used.append(driver)
        if user is not None:
            client = Client()
            client.force_login(user)
            driver.set_cookie("sessionid", client.cookies["sessionid"].value)
        if language:
            driver.set_cookie("django_language", language)
        pages.append(Page(driver, through.url).goto(path))
        return pages[-1]

    yield open_page
    for page in pages:
        complaints.extend(page.part("[data-themis-action-error]").names())
    for driver in used:
        driver.end_journey()
