"""A proxy in front of the server that can go wrong, as those of hotels and clouds do."""

from contextlib import contextmanager
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import urlsplit

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


class FaultyProxy(ThreadingHTTPServer):
    """Passes everything on, but answers polls with ``fault`` while there is one."""

    daemon_threads = True

    def __init__(self, upstream):
        super().__init__(("127.0.0.1", 0), Handler)
        self.upstream = urlsplit(upstream).netloc
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.fault, self.met, self.over = None, 0, Event()

    def heal(self):
        """Let go of what hangs, and pass everything on again."""
        self.fault = None
        self.over.set()

    def handle_error(self, request, client_address):
        """A browser that went away is no failure of the test."""


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        if self.server.fault is not None and "/bell/" in self.path:
            self.server.met += 1
            self.go_wrong(**self.server.fault)
        else:
            self.pass_on()

    do_GET = do_POST = do_HEAD = answer  # noqa: N815

    def go_wrong(self, status=200, body="", headers=(), missing=0, hangs=False):
        if hangs:
            self.server.over.wait(30)
            return
        content = body.encode()
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content) + missing))
        self.end_headers()
        self.wfile.write(content)
        self.close_connection = True

    def pass_on(self):
        length = int(self.headers.get("Content-Length") or 0)
        upstream = HTTPConnection(self.server.upstream, timeout=30)
        upstream.request(self.command, self.path, self.rfile.read(length), dict(self.headers))
        response = upstream.getresponse()
        content = response.read()
        self.send_response(response.status)
        for name, value in response.getheaders():
            if name.lower() not in HOP_BY_HOP:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 204:
            self.wfile.write(content)
        upstream.close()

    def log_message(self, *args):
        """The journeys speak for themselves."""


@contextmanager
def faulty_proxy(upstream):
    """Run one for as long as the block lasts."""
    with serving(FaultyProxy(upstream)) as proxy:
        yield proxy
        proxy.heal()


@contextmanager
def serving(server):
    """Run a server for as long as the block lasts."""
    with server:
        Thread(target=server.serve_forever, args=[0.05], daemon=True).start()
        yield server
        server.shutdown()
