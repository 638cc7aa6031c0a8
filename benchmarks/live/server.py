"""The process that streams: started by uvicorn with one worker, and watched from outside."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from benchmarks.environments import ROOT

_PAGE, _TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


class Server:
    """A process, its port, and what it takes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process, self.port = process, port

    def memory(self) -> int:
        """Bytes that are resident."""
        return int(self._read("statm").split()[1]) * _PAGE

    def seconds(self) -> float:
        """Seconds of a core so far."""
        after_name = self._read("stat").rsplit(")", 1)[1].split()
        return (int(after_name[11]) + int(after_name[12])) / _TICKS

    def files(self) -> int:
        """Files and sockets that are open."""
        return len(list(Path(f"/proc/{self.process.pid}/fd").iterdir()))

    def _read(self, name: str) -> str:
        return Path(f"/proc/{self.process.pid}/{name}").read_text()


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[Server]:
    """Serve streams on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    quiet = ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    application = "themis_htmx.live.stream:application"
    command = [sys.executable, "-m", "uvicorn", *options, *quiet, application]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(port)
        yield Server(process, port)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    end = monotonic() + 20
    while monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            sleep(0.1)
        else:
            return
    raise SystemExit("The process that streams does not answer.")
