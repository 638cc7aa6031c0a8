"""Takes the pictures: the example, on a database of its own, in Chromium.

make screenshots                         all: docs/images/, and e2e/pictures/ to compare with
python scripts/screenshots.py panel-light rtl-light  only those
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
from io import BytesIO
from pathlib import Path

import pictures
from ensure_browser import find_chromium
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images"
STATES = ROOT / "e2e" / "pictures"
PERSON, PASSWORD = "ana", "demo"
DESKTOP = {"width": 1100, "height": 760}
PHONE = {"width": 390, "height": 760}
TALL = {"width": 1100, "height": 1290}
SMALL = {"width": 720, "height": 480}


def panel(page: Page, path: str = "/") -> None:
    page.goto(path)
    page.locator("button[popovertarget]").first.click()
    page.locator("[popover]:popover-open").wait_for()
    page.wait_for_load_state("networkidle")


def inbox(page: Page) -> None:
    page.goto("/notifications/")


def preferences(page: Page) -> None:
    page.goto("/notifications/preferences/")


def on_host(address: str) -> Callable[[Page], None]:
    return lambda page: panel(page, f"/gallery/{address}")


# A browser without a screen refuses desktop alerts before it is asked.
UNASKED = "Object.defineProperty(Notification, 'permission', { get: () => 'default' });"

# What is shown, and how the browser is set for it.
DARK = {"color_scheme": "dark"}
HOST = {"viewport": {"width": 900, "height": 620}, "device_scale_factor": 1}
PICTURES: dict[str, tuple[Callable[[Page], None], dict]] = {
    "panel-light": (panel, {}),
    "panel-dark": (panel, DARK),
    "inbox-light": (inbox, {}),
    "inbox-dark": (inbox, DARK),
    "preferences-light": (preferences, {"viewport": TALL}),
    "preferences-dark": (preferences, {"viewport": TALL} | DARK),
    "phone-light": (panel, {"viewport": PHONE, "has_touch": True}),
    "phone-dark": (panel, {"viewport": PHONE, "has_touch": True} | DARK),
    "rtl-light": (panel, {"locale": "ar"}),
    "host-bootstrap": (on_host("bootstrap/"), HOST),
    "host-daisyui": (on_host("daisyui/?theme=cupcake"), HOST),
    "host-synthwave": (on_host("daisyui/?theme=synthwave"), HOST),
    "host-admin": (on_host("admin/?scheme=dark"), HOST),
}


@contextmanager
def demo() -> Iterator[str]:
    """Serve the example on a free port, filled anew; gives its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["EXAMPLE_DATABASE"] = str(Path(folder, "demo.sqlite3"))
        command = [sys.executable, "manage.py", "demo", "--port", str(port)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        server = subprocess.Popen(command, cwd=ROOT, **quiet)
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


def take_state(browser: Browser, address: str, name: str) -> None:
    """Keep what a state of the gallery looks like, for the tests to compare with."""
    context = browser.new_context(base_url=address, locale="en")
    path = STATES / f"{name}.png"
    path.write_bytes(pictures.take(context.new_page(), name))
    context.close()
    print(path.relative_to(ROOT))


def take_arrival(browser: Browser, address: str) -> None:
    """Keep how a notification arrives, as an animated picture."""
    context = browser.new_context(base_url=address, viewport=SMALL, locale="en")
    page = context.new_page()
    sign_in(page)
    page.goto("/team/?bell=loud")
    frames = [(page.screenshot(), 1200)]
    announce()
    page.locator(".themis-toast").wait_for()
    page.wait_for_timeout(400)
    frames.append((page.screenshot(), 2200))
    page.locator("button[popovertarget]").first.click()
    page.locator(".themis-panel__head").wait_for()
    page.wait_for_timeout(400)
    frames.append((page.screenshot(), 2600))
    context.close()
    animate(frames, TARGET / "arrival.gif")


def announce() -> None:
    """Notify her from another process, as a task would."""
    code = (
        "from django.contrib.auth import get_user_model as users;"
        "from themis.notifications import notify_user as notify;"
        f"notify(users().objects.get(username={PERSON!r}), 'Deploy v2 is live',"
        " 'All checks passed in 4 minutes.', level='success', url='/', source_app='tasks')"
    )
    command = [sys.executable, "manage.py", "shell", "-c", code]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def animate(frames: list[tuple[bytes, int]], path: Path) -> None:
    """Put pictures one after the other, each for so many milliseconds."""
    images = [
        Image.open(BytesIO(png)).convert("P", palette=Image.Palette.ADAPTIVE) for png, _ in frames
    ]
    first, *rest = images
    first.save(
        path,
        save_all=True,
        append_images=rest,
        loop=0,
        optimize=True,
        duration=[ms for _, ms in frames],
    )
    print(path.relative_to(ROOT))


def take(browser: Browser, address: str, name: str) -> None:
    """Sign in as somebody, go there, and keep what is seen."""
    show, options = PICTURES[name]
    usual = {"viewport": DESKTOP, "locale": "en", "device_scale_factor": 2}
    context = browser.new_context(base_url=address, reduced_motion="reduce", **usual | options)
    context.add_init_script(UNASKED)
    page = context.new_page()
    sign_in(page)
    show(page)
    path = TARGET / f"{name}.png"
    page.screenshot(path=path)
    context.close()
    print(path.relative_to(ROOT))


def sign_in(page: Page) -> None:
    """As a person does."""
    page.goto("/accounts/login/")
    page.fill("input[name=username]", PERSON)
    page.fill("input[name=password]", PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_load_state("networkidle")


def main(names: list[str]) -> None:
    """Take the pictures whose names contain one of these words; all without a word."""
    for folder in (TARGET, STATES):
        folder.mkdir(parents=True, exist_ok=True)

    def wanted(name: str) -> bool:
        return not names or any(word in name for word in names)

    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium())
        for name in filter(wanted, PICTURES):
            take(browser, address, name)
        for name in filter(wanted, pictures.NAMES):
            take_state(browser, address, name)
        if wanted("arrival"):
            take_arrival(browser, address)


if __name__ == "__main__":
    main(sys.argv[1:])
