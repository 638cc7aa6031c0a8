"""Over HTTP: gunicorn serves, wrk asks; everything stays on this machine."""

import http.client
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.children import Child
from benchmarks.environments import ROOT

SECONDS = 3
# More connections than workers, so that neither worker waits for wrk.
WORKERS, CONNECTIONS = 2, 4


def wrk_version() -> str | None:
    """The wrk of this machine, ``None`` without one."""
    if not shutil.which("wrk"):
        return None
    said = subprocess.run(["wrk", "-v"], capture_output=True, text=True, check=False).stdout
    return found[1] if (found := re.search(r"wrk \D*([\d.]+)", said)) else "unknown"


@contextmanager
def served(child: Child) -> Iterator[int]:
    """Serve the child's project on a free port."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        # Handed over while it listens, so that the first request waits for the workers.
        number = listener.fileno()
        options = [f"--workers={WORKERS}", f"--bind=fd://{number}", "--log-level=warning"]
        command = [child.python, "-m", "gunicorn", *options, "benchmarks.wsgi"]
        environment = child.environment
        server = subprocess.Popen(command, cwd=ROOT, env=environment, pass_fds=[number])
        try:
            yield listener.getsockname()[1]
        finally:
            server.terminate()
            server.wait(timeout=60)


def requests_per_second(child: Child, port: int) -> dict[str, float]:
    """How many of each request a second are answered, each asked for a short while."""
    rates = {}
    for name, path, cookie, status, _queries in child.ask("requests"):
        check(port, path, cookie, status)
        rates[name] = load(f"http://127.0.0.1:{port}{path}", cookie)
    return rates


def check(port: int, path: str, cookie: str, status: int) -> None:
    """Make sure that what is measured is what is meant."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Cookie": cookie})
    answered = connection.getresponse().status
    connection.close()
    if answered != status:
        raise SystemExit(f"{path} answers {answered}, not {status}")


def load(address: str, cookie: str) -> float:
    """Let wrk ask for some seconds, and return the rate that it saw."""
    options = ["-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "-H", f"Cookie: {cookie}"]
    command = ["wrk", *options, "-H", "HX-Request: true", address]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout
    rate = re.search(r"Requests/sec:\s+([\d.]+)", said)
    if rate is None or "Non-2xx" in said or "Socket errors" in said:
        raise SystemExit(f"{address} was not always answered:\n{said}")
    return float(rate[1])
