"""A real Chromium, people who are signed in, and a record of every complaint of the browser."""

import importlib
import math
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.management import create_contenttypes
from django.db.models.signals import post_migrate
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect, sync_playwright

from e2e.complaints import REPLACED
from e2e.proxy import serving
from e2e.screen import watch_requests
from scripts.ensure_browser import find_chromium
from tests.helpers import moments
from themis.notifications import notify_user

# Chromium draws its own address bar as a web page, for half a second of processor time in each new
# window; nobody looks at it here. The last --disable-features counts, so the rest of this list is
# what Playwright itself turns off for tests.
WITHOUT = [
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsUpgrades",
    "HttpsFirstBalancedModeAutoEnable",
    "LensOverlay",
    "MediaRouter",
    "PaintHolding",
    "ThirdPartyStoragePartitioning",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "OptimizationHints",
    "NetworkTimeServiceQuerying",
    "AimEnabled",
    "PreconnectToSearch",
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--num-raster-threads=1",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    f"--disable-features={','.join(WITHOUT)}",
]

HTMX_4 = Path(__file__).parent / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"

expect.set_options(timeout=8000)

# These need the app: see e2e/settings_webpush.py.
collect_ignore = [] if apps.is_installed("themis_htmx.webpush") else ["test_webpush.py"]
# These run in other browsers: see e2e/settings_browsers.py.
collect_ignore += [] if "browsers" in os.environ["DJANGO_SETTINGS_MODULE"] else ["browsers"]


def pytest_addoption(parser):
    """Add the option that chooses the builds of htmx."""
    parser.addoption(
        "--htmx",
        default="2",
        help="builds of htmx, of 2, 4-beta and 4, such as 4-beta,4; journeys that do without the"
        " fixture run with 2 alone",
    )
    parser.addoption(
        "--others",
        action="store_true",
        help="run what a plain run leaves out: the journeys that are marked seldom, on every build,"
        " and all of them on both builds of htmx 4",
    )


def pytest_collection_modifyitems(config, items):
    """Leave out the seldom journeys and those on builds that were not chosen, or run just them."""
    chosen, others = config.getoption("htmx").split(","), config.getoption("others")
    wanted, left_out = [], []
    for item in items:
        params = item.callspec.params if hasattr(item, "callspec") else {}
        is_seldom = item.get_closest_marker("seldom") is not None
        is_plain = params.get("htmx", "2") in chosen and not is_seldom
        (left_out if is_plain == others else wanted).append(item)
    items[:] = wanted
    config.hook.pytest_deselected(items=left_out)


def pytest_xdist_auto_num_workers():
    """Start three workers on two processors: while one waits for its page, another one works."""
    return math.ceil((os.cpu_count() or 1) * 1.5)


def pytest_configure(config):
    """Set the clock before any test module is imported, and let journeys use the database."""
    moments.travel(config)
    # Playwright's synchronous API runs an event loop, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup):
    """Leave out content types and permissions, which Django writes again after each journey.

    No journey asks for them: whoever works in the admin here is a superuser.
    """
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")


@pytest.fixture(scope="session")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=["2", "4-beta", "4"], ids=["htmx2", "htmx4beta", "htmx4"])
def htmx(request, settings):
    """django-htmx's two builds, and the release of htmx 4 in place of its beta."""
    settings.HTMX_VERSION = int(request.param[0])
    if request.param == "4" and not HTMX_4.exists():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("The release of htmx 4 comes by npm; `make e2e` fetches it where npm is.")
    return request.param


@pytest.fixture
def foreseen():
    """Patterns of complaints that are no fault, with those that a journey provokes on purpose."""
    return [REPLACED]


@pytest.fixture
def complaints(foreseen):
    """Collect the browser's complaints; a journey fails with any that is not in ``foreseen``."""
    heard = []
    yield heard
    assert [words for words in heard if not any(re.search(each, words) for each in foreseen)] == []


@pytest.fixture
def visit(chromium, live_server, complaints, request):
    """Open a page as somebody: their own browser, signed in.

    ``clock`` lets its time be run on; ``script`` runs on each page before the page's own.
    """
    contexts = []
    build = request.getfixturevalue("htmx") if "htmx" in request.fixturenames else "2"

    def open_page(user, path="/", through=live_server, *, clock=False, script="", **options):
        context = chromium.new_context(base_url=through.url, **options)
        contexts.append(context)
        watch_requests(context)
        if clock or time_machine.escape_hatch.is_travelling():
            context.clock.install(time=timezone.now())
        if script:
            context.add_init_script(script)
        if build == "4":
            context.route("**/django_htmx/htmx-4*.js", lambda route: route.fulfill(path=HTMX_4))
        if user is not None:
            context.add_cookies([_session_cookie(user, through.url)])
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda message: _listen(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        complaints.extend(_words_of_failure(context))
        context.close()


@pytest.fixture
def sign_in(live_server):
    """Sign somebody in, in the browser of a page that is open."""
    return lambda page, user: page.context.add_cookies([_session_cookie(user, live_server.url)])


@pytest.fixture
def noon(settings, time_machine):
    """It is noon on the server and in the browser, so that all hours before belong to the day."""
    settings.TIME_ZONE = "UTC"
    time_machine.move_to(datetime(2026, 6, 10, 12, tzinfo=UTC))


@pytest.fixture
def without_polls(settings):
    """The page polls when something was done, and not by itself."""
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 900


@pytest.fixture(scope="session")
def stream_server():
    """Serve the streams of all journeys, from the first one that asks."""
    pytest.importorskip("uvicorn", reason="Streams are served by uvicorn: pip install uvicorn")
    streams = importlib.import_module("e2e.streams")
    server = streams.StreamServer()
    yield server
    server.stop()


@pytest.fixture
def live(live_server, stream_server, settings):
    """Live updates are on: a proxy that leads to the site, and to the streams."""
    from e2e.streams import StreamingProxy

    settings.THEMIS_LIVE = {"BROKER": "e2e.streams.broker"}
    stream_server.start()
    with serving(StreamingProxy(live_server.url)) as proxy:
        proxy.stream_port, proxy.server_of_streams = stream_server.port, stream_server
        yield proxy


@pytest.fixture
def ana(transactional_db):
    return get_user_model().objects.create_user("ana", first_name="Ana")


@pytest.fixture
def ben(transactional_db):
    return get_user_model().objects.create_user("ben", first_name="Ben")


@pytest.fixture
def notify(ana):
    """Notify Ana, as a signal or a task of the project would."""

    def send(title, **options):
        return notify_user(ana, title, **{"url": "/requests/", "source_app": "tasks"} | options)

    return send


@pytest.fixture
def three(notify):
    return [notify(title) for title in ("First", "Second", "Third")]


def _words_of_failure(context):
    """Yield the errors that pages still show at the end; the gallery shows some on purpose."""
    for page in context.pages:
        if "/gallery/" not in page.url:
            yield from page.locator("[data-themis-action-error]:visible").all_text_contents()


def _session_cookie(user, url):
    client = Client()
    client.force_login(user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": url}


def _listen(message, complaints):
    if message.type in {"error", "warning"}:
        complaints.append(message.text)
