"""The parts of the site, each a process that can be stopped, killed and started again."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import monotonic, sleep

from aiosmtpd.controller import Controller

from benchmarks.environments import ROOT
from benchmarks.soak.services import Services
from e2e.proxy import serving
from e2e.streams import StreamingProxy
from tests.helpers.brokers import answers
from tests.helpers.mail_servers import Server as MailServer
from tests.helpers.push import PushService

# Seconds after which a part that has ended is started again.
RESTART_AFTER = 5


class Part:
    """A process of the site, with its children, and where it listens."""

    def __init__(self, name: str, folder: Path, *command: str, port: int | None = None) -> None:
        self.name, self.port = name, port
        self.log = folder / f"{name}.log"
        self._command = [sys.executable, "-m", *command]
        self._ended_at: float | None = None
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        """The process that was started last."""
        if self._process is None:
            raise RuntimeError(f"{self.name} has not been started.")
        return self._process

    def start(self) -> None:
        """Start it, and return when it listens, if it does."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        end = monotonic() + 60
        while self.port and not answers(("127.0.0.1", self.port)):
            if monotonic() > end or self.process.poll() is not None:
                raise SystemExit(f"{self.name} did not start, see {self.log}.")
            sleep(0.1)

    def kill(self) -> None:
        """End it and its children at once, as a machine that goes down would."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def supervise(self) -> None:
        """Start it again where it has ended some seconds ago, as systemd does."""
        if self.process.poll() is None:
            self._ended_at = None
        elif self._ended_at is None:
            self._ended_at = monotonic()
        elif monotonic() - self._ended_at > RESTART_AFTER:
            self.start()

    def stop(self, seconds: float = 60) -> None:
        """End it as an operator does, and kill it if it takes too long."""
        self.process.terminate()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def say(self, line: str) -> None:
        """Write a line to its standard input."""
        if self.process.stdin is not None:
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()

    def wait(self, seconds: float) -> None:
        """Wait until it has ended by itself, and make sure that nothing was wrong."""
        if self.process.wait(seconds):
            raise SystemExit(f"{self.name} ended with {self.process.returncode}, see {self.log}.")

    def pids(self) -> list[int]:
        """Return the process and all below it."""
        return _with_children(self.process.pid)


class Site:
    """All parts, and what is needed to disturb them."""

    def __init__(self, services: Services) -> None:
        self.folder, self.database, self.redis = services.folder, services.database, services.redis
        self.mail, self._smtp = MailServer(), services.smtp
        self.push = PushService(services.push)
        self.proxy = StreamingProxy(f"http://127.0.0.1:{services.pages}")
        self.proxy.stream_port = services.streams
        options = ["--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{services.pages}"]
        self.pages = Part(
            "pages",
            self.folder,
            *("gunicorn", "benchmarks.soak.wsgi", "--graceful-timeout", "10", *options),
            port=services.pages,
        )
        self.streams = Part(
            "streams",
            self.folder,
            *("uvicorn", "themis_htmx.live.stream:application", "--no-access-log"),
            *("--port", str(services.streams), "--timeout-graceful-shutdown", "1"),
            port=services.streams,
        )
        # The beat is within the worker.
        self.worker = Part(
            "worker",
            self.folder,
            *("celery", "-A", "example", "worker", "-B", "--concurrency=2"),
            # With these, Celery 5.7 ends where its connection to Redis does.
            *("--without-gossip", "--without-mingle"),
            *("--schedule", str(self.folder / "beat"), "--loglevel=WARNING"),
        )
        self.parts = [self.pages, self.streams, self.worker]

    def start_mail(self) -> None:
        """Let the mail server listen, with what it has taken before."""
        self._controller = Controller(self.mail, hostname="127.0.0.1", port=self._smtp)
        self._controller.start()

    def stop_mail(self) -> None:
        """Let nobody reach the mail server."""
        self._controller.stop(no_assert=True)


@contextmanager
def running(site: Site) -> Iterator[None]:
    """Run all parts of the site for as long as the block lasts."""
    with ExitStack() as stack:
        site.start_mail()
        stack.callback(site.stop_mail)
        stack.enter_context(serving(site.push))
        stack.callback(site.push.over.set)
        stack.enter_context(serving(site.proxy))
        for part in site.parts:
            stack.callback(part.stop)
            part.start()
        yield


def _with_children(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in _with_children(int(child)))]
