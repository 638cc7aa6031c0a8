"""``python -m benchmarks.live.browser``: how soon another browser shows what was written.

The example runs as a site does: one process for the pages, one for the streams, a proxy in front of
both, and a Redis that is started for this. Two people have a page open. From time to time one of
them is notified by a third process, this one. Then the broker, the stream server and the network
are away for 20 seconds each, while somebody is notified.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[2]
SAMPLES = 100
# Seconds.
AWAY = 20
LIMIT_MEDIAN, LIMIT_WORST, LIMIT_BACK = 0.100, 0.300, 6.0

# The page keeps when its badge has told of each newest id, by the clock of the machine.
WATCH = """
() => {
  window.shownAt = {};
  new MutationObserver(() => {
    const newest = document.querySelector("[data-themis-token]")?.dataset.themisNewest;
    window.shownAt[newest] ??= performance.timeOrigin + performance.now();
  }).observe(document.querySelector("[data-themis-bell]"), { childList: true, subtree: true });
}
"""


def free_port() -> int:
    """Return a port of this machine that nobody uses."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Process:
    """A server that can be stopped, and started again at the same port."""

    def __init__(self, port: int, *command: str) -> None:
        self.port, self._command = port, command
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and return when it accepts connections."""
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self._running = subprocess.Popen(self._command, cwd=ROOT, **quiet)
        for _attempt in range(1000):
            with socket.socket() as tried:
                if tried.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.02)
        raise SystemExit(f"It did not start: {' '.join(self._command)}")

    def stop(self) -> None:
        """Stop it as an operator does."""
        if self._running is not None:
            self._running.terminate()
            self._running.wait(timeout=30)
            self._running = None


@contextmanager
def running(process: Process) -> Iterator[Process]:
    """Run a server for as long as the block lasts."""
    process.start()
    try:
        yield process
    finally:
        process.stop()


@contextmanager
def site() -> Iterator[tuple[Any, Process, Process]]:
    """Run all parts; yield the proxy, the broker and the stream server."""
    from e2e.proxy import serving
    from e2e.streams import StreamingProxy

    port, stream_port = free_port(), free_port()
    redis_port = urlsplit(os.environ["BENCH_REDIS"]).port
    redis = Process(redis_port, "redis-server", "--port", str(redis_port), "--save", "")
    python = (sys.executable, "-m")
    pages = Process(
        port, sys.executable, "manage.py", "runserver", "--noreload", "--insecure", str(port)
    )
    streams = Process(
        stream_port,
        *(*python, "uvicorn", "themis_htmx.live.stream:application"),
        *("--port", str(stream_port), "--timeout-graceful-shutdown", "1"),
    )
    with ExitStack() as stack:
        for process in (redis, pages, streams):
            stack.enter_context(running(process))
        proxy = stack.enter_context(serving(StreamingProxy(f"http://127.0.0.1:{port}")))
        proxy.stream_port = stream_port
        yield proxy, redis, streams


@contextmanager
def watched_page(proxy: Any, user: Any) -> Iterator[Any]:
    """Open a page of ``user`` in a browser of its own, and wait until its stream is open."""
    from playwright.sync_api import sync_playwright

    from e2e.conftest import ARGUMENTS, _session_cookie
    from scripts.ensure_browser import find_chromium

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        pages = []
        for _browser in range(2):
            context = browser.new_context(base_url=proxy.url)
            context.add_cookies([_session_cookie(user, proxy.url)])
            pages.append(context.new_page())
            pages[-1].goto("/team/")
            pages[-1].evaluate(WATCH)
        while len(proxy.open) < len(pages):
            pages[0].wait_for_timeout(20)
        yield pages[1]
        browser.close()


def shown_at(page: Any, pk: int, patience: float = 60) -> float:
    """Wait until the page's badge tells of a notification, and return when it did."""
    until = time.time() + patience
    while time.time() < until:
        if found := page.evaluate("(pk) => window.shownAt[pk]", pk):
            return found / 1000
        page.wait_for_timeout(20)
    raise SystemExit(f"It was not shown within {patience} seconds.")


def measure_arrivals(page: Any, user: Any) -> list[float]:
    """Return, for each of many notifications, the seconds from the return to the badge."""
    from themis.notifications import notify_user

    taken = []
    for number in range(SAMPLES):
        # At no fixed moment of anything else that happens from time to time.
        page.wait_for_timeout(250 + 37 * number % 200)
        notification = notify_user(user, f"Number {number}")
        written = time.time()
        taken.append(shown_at(page, notification.pk) - written)
    return taken


def measure_absence(
    page: Any, user: Any, leave: Callable[[], None], come_back: Callable[[], None]
) -> float:
    """Return the seconds until what was written meanwhile is shown, once something is back."""
    from themis.notifications import notify_user

    leave()
    page.wait_for_timeout(1000 * AWAY / 2)
    notification = notify_user(user, "Meanwhile")
    page.wait_for_timeout(1000 * AWAY / 2)
    come_back()
    back = time.time()
    return shown_at(page, notification.pk) - back


def report(what: str, seconds: float, limit: float) -> bool:
    """Print a figure beside its limit, and return whether it is met."""
    print(f"{what:<58} {1000 * seconds:8,.0f} ms   at most {1000 * limit:,.0f} ms")
    return seconds <= limit


def set_up() -> Any:
    """Set Django up with an empty database, and return the person who is notified."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.live.site"
    # Playwright runs an event loop, which Django takes for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    os.environ["EXAMPLE_DATABASE"] = str(Path(mkdtemp()) / "live.sqlite3")
    os.environ["BENCH_REDIS"] = f"redis://127.0.0.1:{free_port()}/0"
    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    return get_user_model().objects.create_user("ana")


def measure(page: Any, user: Any, absences: dict[str, tuple[Callable[[], None], ...]]) -> bool:
    """Measure and print everything, and return whether each limit was met."""
    taken = measure_arrivals(page, user)
    met = [
        report("notify_user() returned → badge in a page, median", median(taken), LIMIT_MEDIAN),
        report(f"the same, worst of {SAMPLES}", max(taken), LIMIT_WORST),
    ]
    for what, (leave, come_back) in absences.items():
        away = measure_absence(page, user, leave, come_back)
        met.append(report(f"{what} away for {AWAY} s: shown once it is back", away, LIMIT_BACK))
    return all(met)


def main() -> None:
    """Measure; the exit code says whether each limit was met."""
    if not shutil.which("redis-server"):
        raise SystemExit("This needs redis-server, such as by apt-get install redis-server.")
    user = set_up()
    with site() as (proxy, redis, streams), watched_page(proxy, user) as page:
        absences = {
            "broker": (redis.stop, redis.start),
            "stream server": (streams.stop, streams.start),
            "network": (proxy.cut, proxy.mend),
        }
        is_met = measure(page, user, absences)
    sys.exit(not is_met)


if __name__ == "__main__":
    main()
