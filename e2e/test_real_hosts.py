"""The kit in other people's admins and shops, as `make hosts-demo` serves it.

The hosts are extras. `make hosts-test` installs them all; elsewhere these journeys are skipped.
"""

import os
import re
import socket
import subprocess
import sys
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.screen import expect_unread, open_panel
from e2e.test_hosts import FAINT, OVERFLOW

ROOT = Path(__file__).resolve().parents[1]
HOME = {
    "unfold": "/admin/auth/user/",
    "jazzmin": "/admin/auth/user/",
    "grappelli": "/admin/auth/user/",
    "wagtail": "/cms/pages/",
    "oscar": "/accounts/profile/",
}
PAGES = ["/notifications/", "/notifications/preferences/"]
# Jazzmin has a switch of its own, the others follow the system. django-oscar is never dark.
DARK = "localStorage.setItem('jazzmin-theme-mode', 'dark')"
# The hosts ask for fonts and news of other sites, which no test may.
AWAY = "Failed to load resource|Error fetching"

# What differs inside the kit with the stylesheets of the host, and without them.
WHAT_THE_HOST_CHANGES = """() => {
  const elements = [...document.querySelectorAll(".themis *:not(.themis, svg *)")];
  const names = ["display", "position", "float", "box-sizing", "appearance", "margin-top",
    "margin-bottom", "padding", "border-width", "font-size", "font-weight", "line-height",
    "letter-spacing", "text-align", "text-transform", "text-decoration-line",
    "background-image", "min-height", "outline-style"];
  const looks = () => elements.map((element) => {
    const style = getComputedStyle(element);
    return names.map((name) => `${name}: ${style.getPropertyValue(name)}`);
  });
  const there = looks();
  for (const sheet of document.styleSheets) {
    sheet.disabled = !/themis\\.css|_bell\\.css/.test(sheet.href);
  }
  const alone = looks();
  for (const sheet of document.styleSheets) sheet.disabled = false;
  return there.flatMap((lines, number) => lines
    .filter((line, at) => line !== alone[number][at])
    .map((line) => `${elements[number].localName}.${elements[number].className} ${line}`));
}"""


@pytest.fixture(scope="module", params=HOME)
def host(request, tmp_path_factory):
    """A running demo of the host: its name and its address."""
    name = request.param
    if find_spec(name) is None:
        pytest.skip(f"{name} is not installed; `make hosts-test` does it.")
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": f"example.hosts.{name}.settings",
        "EXAMPLE_DATABASE": str(tmp_path_factory.mktemp(name) / "host.sqlite3"),
    }
    command = [sys.executable, "manage.py", "host_demo", "--port", str(port)]
    server = subprocess.Popen(command, cwd=ROOT, env=environment)  # noqa: S603 - our own command
    wait_for(port, server)
    yield name, f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait()


@pytest.fixture(scope="module")
def key(host, chromium):
    """The session of somebody who has signed in."""
    _name, url = host
    context = chromium.new_context(base_url=url)
    page = context.new_page()
    page.goto("/admin/login/")
    page.locator("[name=username]").fill("ana")
    page.locator("[name=password]").fill("demo")
    page.locator("[name=password]").press("Enter")
    page.wait_for_url(lambda address: "/login/" not in address)
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def open_page(host, key, chromium, foreseen, complaints):
    """Open pages of the host as Ana, in one browser; nothing else of the net is reached."""
    name, url = host
    foreseen.append(AWAY)
    contexts = []

    def go(path, *, color_scheme="light", width=1280):
        size = {"width": width, "height": 800}
        context = chromium.new_context(base_url=url, color_scheme=color_scheme, viewport=size)
        contexts.append(context)
        context.add_cookies(key)
        context.route(lambda address: not address.startswith(url), lambda route: route.abort())
        if name == "jazzmin" and color_scheme == "dark":
            context.add_init_script(DARK)
        page = context.new_page()
        page.on("console", lambda message: listen(message, complaints))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(path)
        return page

    yield go
    for context in contexts:
        context.close()


def wait_for(port, server):
    """Wait until the server listens: it migrates, and fills its inbox, first."""
    for _tenth_of_a_second in range(1200):
        with closing(socket.socket()) as caller:
            if caller.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            code = server.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"The host did not start: {code}")
    pytest.fail("The host took too long to start.")


def listen(message, complaints):
    if message.type == "error":
        complaints.append(message.text)


def test_the_bell_in_a_real_host_opens_and_marks_all_read_and_takes_it_back(host, open_page):
    page = open_page(HOME[host[0]])
    unread = int(page.locator(".themis-badge").text_content())
    shown = open_panel(page)

    shown.get_by_role("button", name="Mark all read").click()
    expect_unread(page, 0)
    shown.get_by_role("button", name="Undo").click()

    expect_unread(page, unread)


@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_every_text_of_the_kit_in_a_real_host_has_enough_contrast(open_page, color_scheme):
    for path in PAGES:
        page = open_page(path, color_scheme=color_scheme)
        open_panel(page)
        assert page.evaluate(FAINT, ".themis") == [], path


def test_no_rule_of_a_real_host_changes_the_layout_of_the_kit(open_page):
    for path in PAGES:
        page = open_page(path)
        open_panel(page)
        assert page.evaluate(WHAT_THE_HOST_CHANGES) == [], path


def test_both_pages_stand_in_the_frame_of_a_real_host(host, open_page):
    name, _url = host
    frames = {"unfold": "#main", "jazzmin": ".app-main", "grappelli": "#grp-content"}
    frames |= {"wagtail": ".content-wrapper", "oscar": ".page_inner"}
    for path in PAGES:
        page = open_page(path, width=390)
        expect(page.locator(f"{frames[name]} .themis-page__title")).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("^Notifications"))).to_be_in_viewport()
        assert page.evaluate(OVERFLOW) <= 0, path
