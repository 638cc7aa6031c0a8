"""A real browser with a page open, and somebody who uses it from time to time."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import cycle
from time import time
from typing import Any

from playwright.sync_api import Error, Page, sync_playwright

from benchmarks.soak.memory import Samples
from e2e.conftest import ARGUMENTS
from scripts.ensure_browser import find_chromium


class Tab:
    """The page of one user."""

    def __init__(self, page: Page) -> None:
        self.page = page
        # What the console said, and when.
        self.complaints: list[tuple[float, str]] = []
        self.acts = self.hindered = 0
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append((time(), f"thrown: {error}")))
        self._steps = cycle([self._open, self._refresh, self._read, self._close])
        self._measures = page.context.new_cdp_session(page)
        self._measures.send("Performance.enable")

    def wait(self, seconds: float) -> None:
        """Let the page go on."""
        self.page.wait_for_timeout(1000 * seconds)

    def act(self) -> None:
        """Do what is next. During a fault it may well not be possible."""
        try:
            next(self._steps)()
            self.acts += 1
        except Error:
            self.hindered += 1

    def measure(self, samples: Samples) -> None:
        """Note how much memory the page takes, and how many nodes and listeners it has."""
        self._measures.send("HeapProfiler.collectGarbage")
        metrics = self._measures.send("Performance.getMetrics")["metrics"]
        sizes = {each["name"]: each["value"] for each in metrics}
        samples.add("page: JavaScript's heap", sizes["JSHeapUsedSize"])
        samples.add("page: nodes", sizes["Nodes"], slack=300)
        samples.add("page: listeners", sizes["JSEventListeners"], slack=50)
        rows = self.page.locator(".themis-item").count()
        samples.add("page: rows", rows, slack=20)

    @property
    def label(self) -> str:
        """The number that the bell shows."""
        return self.page.locator(".themis-badge").inner_text() if self._has_badge else ""

    @property
    def _has_badge(self) -> bool:
        return self.page.locator(".themis-badge").count() > 0

    def _open(self) -> None:
        self.page.locator(".themis-bell__button").click(timeout=5000)

    def _read(self) -> None:
        row = self.page.locator(".themis-panel .themis-item--unread").first
        row.hover(timeout=5000)
        row.get_by_role("button", name="Mark as read").click(timeout=5000)

    def _close(self) -> None:
        self.page.keyboard.press("Escape")

    def _refresh(self) -> None:
        button = self.page.locator(".themis-new-bar:visible")
        if button.count():
            button.first.click(timeout=5000)

    def _on_console(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append((time(), message.text))


@contextmanager
def tab(url: str, session: str) -> Iterator[Tab]:
    """Open a page as somebody who is signed in.

    It has no list but the panel's: one that is unfolded grows with each row that comes.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        context = browser.new_context(base_url=url)
        context.add_cookies([{"name": "sessionid", "value": session, "url": url}])
        opened = Tab(context.new_page())
        opened.page.goto("/team/?bell=loud")
        yield opened
        browser.close()
