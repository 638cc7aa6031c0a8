"""A real process that streams, and a browser's end of a stream."""

import json
import os
import socket
import subprocess
import sys
from contextlib import suppress
from time import monotonic
from urllib.parse import urlencode

from tests.helpers.brokers import ROOT, answers, free_port, wait_until

UVICORN = ["uvicorn", "--host", "127.0.0.1", "--timeout-graceful-shutdown", "1"]


class StreamServer:
    """``uvicorn themis_htmx.live.stream:application``, on a port of its own."""

    def __init__(self, config, log, environment=(), application=None):
        self.port, self.log = free_port(), log
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings_live",
            "THEMIS_TEST_LIVE": json.dumps(config),
            **dict(environment),
        }
        self.application = application or "themis_htmx.live.stream:application"
        self.start()

    def start(self):
        command = [sys.executable, "-m", *UVICORN, "--port", str(self.port), self.application]
        with self.log.open("a") as output:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )
        wait_until(lambda: answers(("127.0.0.1", self.port)), "the stream answers")

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Stream:
    """A stream as a browser opens it: head of the answer first, then what comes."""

    def __init__(self, port, token, cookie="", path="/notifications/stream/", method="GET"):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        query = urlencode({"token": token})
        lines = [f"{method} {path}?{query} HTTP/1.1", "Host: 127.0.0.1"]
        if cookie:
            lines.append(f"Cookie: other=1; sessionid={cookie}")
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        self.received = b""
        wait_until(lambda: self.hear(0.2) or b"\r\n\r\n" in self.received, "the answer begins")
        head, self.received = self.received.split(b"\r\n\r\n", 1)
        first, *headers = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {
            name.lower(): value for name, value in (line.split(": ", 1) for line in headers)
        }

    def hear(self, seconds):
        """Receive for at most so long; return whether the stream has ended."""
        self.socket.settimeout(max(seconds, 0.001))
        with suppress(TimeoutError):
            data = self.socket.recv(65536)
            self.received += data
            return not data
        return False

    def events(self):
        """Return the number of events so far."""
        return self.received.count(b"event: changed\ndata: ")

    def waits_for(self, number=1, seconds=10):
        """Return whether so many events come in time."""
        end = monotonic() + seconds
        while self.events() < number and monotonic() < end:
            if self.hear(end - monotonic()):
                break
        return self.events() >= number

    def forget(self, quiet=0.3):
        """Forget what has come, once nothing has for so many seconds.

        A server that has just started tells every stream once: it may have missed something.
        """
        before = -1
        while before != len(self.received):
            before = len(self.received)
            self.hear(quiet)
        self.received = b""

    def close(self):
        self.socket.close()
