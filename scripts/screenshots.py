"""Takes the pictures of the documentation: the example, on a database of its own, in Chromium.

make screenshots                         into docs/images/
python scripts/screenshots.py panel-light rtl-light  only those two
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ensure_browser import find_chromium
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images"
PERSON, PASSWORD = "ana", "demo"
DESKTOP = {"width": 1100, "height": 760}
PHONE = {"width": 390, "height": 760}


def panel(page: Page) -> None:
    page.goto("/")
    page.locator("button[popovertarget]").first.click()
    page.locator("[popover]:popover-open").wait_for()
    page.wait_for_load_state("networkidle")


def inbox(page: Page) -> None:
    page.goto("/notifications/")


def preferences(page: Page) -> None:
    page.goto("/notifications/preferences/")


# What is shown, and how the browser is set for it.
DARK = {"color_scheme": "dark"}
PICTURES: dict[str, tuple[Callable[[Page], None], dict]] = {
    "panel-light": (panel, {}),
    "panel-dark": (panel, DARK),
    "inbox-light": (inbox, {}),
    "inbox-dark": (inbox, DARK),
    "preferences-light": (preferences, {}),
    "preferences-dark": (preferences, DARK),
    "phone-light": (panel, {"viewport": PHONE, "has_touch": True}),
    "phone-dark": (panel, {"viewport": PHONE, "has_touch": True} | DARK),
    "rtl-light": (panel, {"locale": "ar"}),
}


@contextmanager
def demo() -> Iterator[str]:
    """Serve the example on a free port, filled anew; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "EXAMPLE_DATABASE": str(Path(folder, "demo.sqlite3"))}
        command = [sys.executable, "manage.py", "demo", "--port", str(port)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen(command, cwd=ROOT, env=environment, **quiet)
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(address, server)
            yield address
        finally:
            server.terminate()
            server.wait()


def wait_for(address: str, server: subprocess.Popen) -> None:
    """Give the demo a minute to fill its database and answer."""
    for _ in range(240):
        if server.poll() is not None:
            raise SystemExit("The demo stopped; `make demo` tells why.")
        try:
            urllib.request.urlopen(address, timeout=5).close()  # noqa: S310
        except OSError:
            time.sleep(0.25)
        else:
            return
    raise SystemExit("The demo did not answer within a minute.")


def take(browser: Browser, address: str, name: str) -> None:
    """Sign in as somebody, go there, and keep what is seen."""
    show, options = PICTURES[name]
    settings = {"viewport": DESKTOP, "locale": "en", "reduced_motion": "reduce", **options}
    context = browser.new_context(base_url=address, device_scale_factor=2, **settings)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=username]", PERSON)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")
    show(page)
    path = TARGET / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    print(path.relative_to(ROOT))


def main(names: list[str]) -> None:
    """Take the pictures whose names contain one of these words; all without a word."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium())
        for name in PICTURES:
            if not names or any(word in name for word in names):
                take(browser, address, name)


if __name__ == "__main__":
    main(sys.argv[1:])
