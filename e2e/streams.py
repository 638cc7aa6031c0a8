"""A stream server for the journeys: the kit's own application, and a proxy that leads to it.

Its broker is within this process, so that the journeys need no service.
"""

import asyncio
import json
import socket
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from select import select
from threading import Thread
from urllib.parse import urlsplit

import uvicorn
from django.urls import reverse

from e2e.proxy import FaultyProxy, Handler
from themis_htmx.live.hub import Hub
from themis_htmx.live.stream import StreamApplication


class MemoryBroker:
    """A broker that hands what is published to the listeners of this process."""

    def __init__(self):
        self.listeners = set()

    def publish(self, user_keys):
        for loop, queue in list(self.listeners):
            loop.call_soon_threadsafe(queue.put_nowait, list(user_keys))

    def stream_url(self, request):
        return reverse("themis:stream")

    async def listen(self):
        listener = (asyncio.get_running_loop(), asyncio.Queue())
        self.listeners.add(listener)
        try:
            yield None
            while True:
                yield await listener[1].get()
        finally:
            self.listeners.discard(listener)


broker = MemoryBroker()


class StreamServer:
    """Serves the streams at a port of its own, which it keeps when it is started again."""

    def __init__(self):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.server = self.thread = None

    @property
    def is_running(self):
        return self.server is not None

    def start(self):
        """Start it, where it does not run, and wait until it listens to the broker."""
        if self.is_running:
            return
        application = StreamApplication()
        application._hub = Hub(broker.listen, slot=0.005)
        config = uvicorn.Config(
            application, port=self.port, log_level="error", timeout_graceful_shutdown=0
        )
        self.server = uvicorn.Server(config)
        self.thread = Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not (self.server.started and broker.listeners):
            self.thread.join(0.01)
            assert self.thread.is_alive(), "The stream server did not start."

    def stop(self):
        """Stop it, with all streams, as a deploy does."""
        if self.is_running:
            self.server.should_exit = True
            self.thread.join()
            self.server = None


class StreamingProxy(FaultyProxy):
    """Leads to the site, and streams to the stream server, as nginx would.

    ``asked`` counts the requests for a stream, ``opened`` those that were led to one, and ``open``
    are those that are there now. ``stream_fault`` answers requests for one while it is set.
    """

    def __init__(self, upstream):
        super().__init__(upstream)
        self.RequestHandlerClass = StreamingHandler
        self.stream_port, self.stream_fault = None, None
        self.opened, self.asked, self.open = 0, 0, set()
        self.is_cut = False

    def cut(self):
        """Be a network that is gone: whatever is open ends, and nobody gets through."""
        self.is_cut = True
        for stream in list(self.open):
            stream.shutdown(socket.SHUT_RDWR)

    def mend(self):
        """Let requests through again."""
        self.is_cut = False

    def verify_request(self, request, client_address):
        """Close a connection at once while the network is cut."""
        return not self.is_cut


class StreamingHandler(Handler):
    def answer(self):
        if "/stream/" not in self.path:
            super().answer()
            return
        self.server.asked += 1
        if self.server.stream_fault is not None:
            self.go_wrong(**self.server.stream_fault)
        else:
            self.lead_to_stream()

    do_GET = answer  # noqa: N815

    def lead_to_stream(self):
        """Hand over what the stream server says until one of the two goes away."""
        self.close_connection = True
        try:
            upstream = socket.create_connection(("127.0.0.1", self.server.stream_port))
        except OSError:
            self.go_wrong(
                status=502, body="<h1>Bad gateway</h1>", headers={"Content-Type": "text/html"}
            )
            return
        with upstream:
            headers = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
            upstream.sendall(f"GET {self.path} HTTP/1.0\r\n{headers}\r\n".encode())
            self.hand_over(upstream)

    def hand_over(self, upstream):
        while True:
            ready, _, _ = select([upstream, self.connection], [], [])
            if self.connection in ready:
                break
            data = upstream.recv(65536)
            if not data:
                break
            if upstream not in self.server.open and b" 200 " in data.split(b"\r\n")[0]:
                self.server.opened += 1
                self.server.open.add(upstream)
            self.connection.sendall(data)
        self.server.open.discard(upstream)


class Centrifugo(ThreadingHTTPServer):
    """An engine of another origin that streams as Centrifugo does, by its documentation.

    ``asked`` are the queries with which browsers have come.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), CentrifugoHandler)
        self.asked, self.queues = [], []

    def publish(self, user_keys):
        for queue in self.queues:
            queue.put({"channel": "4f2a", "pub": {"data": {"changed": 0}}})

    def stream_url(self, request):
        return f"http://127.0.0.1:{self.server_port}/connection/uni_sse?cf_connect=secret"


class CentrifugoHandler(BaseHTTPRequestHandler):
    def do_GET(self):
        queue = Queue()
        self.server.asked.append(urlsplit(self.path).query)
        self.server.queues.append(queue)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Access-Control-Allow-Origin", "*")
        self.end_headers()
        queue.put({"connect": {"client": "c1", "ping": 25}})
        while (message := queue.get()) is not None:
            self.wfile.write(f"data: {json.dumps(message)}\n\n".encode())

    def log_message(self, *args):
        """The journeys speak for themselves."""
