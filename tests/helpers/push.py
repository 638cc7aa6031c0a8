"""A push service on this machine, browsers that can read what it gets, and an idle executor."""

from base64 import urlsafe_b64encode
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from json import loads
from threading import Event, Lock, Thread
from time import sleep

import http_ece
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from themis_htmx.webpush.models import PushSubscription
from themis_htmx.webpush.sign_out import auth_hash

# The jobs that the idle executor was given.
jobs = []


def keep(job, keys):
    """Be an executor that does nothing with a job."""
    jobs.append((job, list(keys)))


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.server.lock:
            self.server.requests.append((self.path, dict(self.headers), body))
            answer = self.server.answers.pop(0) if self.server.answers else self.server.answer
        if answer == "hang":
            self.server.over.wait(20)
            return
        if answer == "drip":
            self.drip()
            return
        if answer in ("nothing", "nonsense"):
            self.wfile.write(b"220 mail.example.org ready\r\n\r\n" * (answer == "nonsense"))
            self.close_connection = True
            return
        if answer == "head":
            self.head_alone()
            return
        status, headers = answer if isinstance(answer, tuple) else (answer, {})
        if status < 300:
            self.server.taken.append((self.path, body))
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"words")

    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers), b""))
        self.send_error(404)

    def head_alone(self):
        """Refuse just before the time is over, and then hang instead of saying why."""
        self.server.over.wait(0.8)
        self.wfile.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        self.server.over.wait(20)

    def drip(self):
        """Send a byte each second, which no limit for a single read would end."""
        for character in b"HTTP/1.1 201 Created\r\nX-Long: " + b"." * 60:
            if self.server.over.wait(0.5):
                return
            try:
                self.wfile.write(bytes([character]))
            except OSError:
                return

    def log_message(self, *args):
        """The tests speak for themselves."""


class PushService(ThreadingHTTPServer):
    """Answers with ``answers``, one after the other, and then with ``answer``.

    ``requests`` is everything that came, and ``taken`` what a browser gets.
    """

    daemon_threads = True
    request_queue_size = 100

    def __init__(self, port=0):
        super().__init__(("127.0.0.1", port), Handler)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self.answer, self.answers, self.requests, self.taken = 201, [], [], []
        self.lock, self.over = Lock(), Event()

    def handle_error(self, request, client_address):
        """Be silent about a sender that did not wait."""


@contextmanager
def push_service():
    """Run one for as long as the block lasts."""
    with PushService() as service:
        Thread(target=service.serve_forever, args=[0.02], daemon=True).start()
        yield service
        service.over.set()
        service.shutdown()


class Browser:
    """The keys of a browser, with which it reads its messages."""

    def __init__(self, service, name="one"):
        self.private = generate_private_key(SECP256R1())
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        self.secret = b"0123456789abcdef"
        self.p256dh, self.auth = _text(point), _text(self.secret)
        self.endpoint = f"{service.origin}/send/{name}" if service else ""
        self.service = service

    @property
    def fields(self):
        """What the script sends of the subscription."""
        return {"endpoint": self.endpoint, "p256dh": self.p256dh, "auth": self.auth}

    def read(self, body):
        """Return the text that a body holds, read by http-ece."""
        return http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret)

    @property
    def messages(self):
        """The messages that the push service has got for this browser."""
        return self._mine((path, body) for path, _headers, body in self.service.requests)

    @property
    def titles(self):
        return [message["title"] for message in self.messages]

    @property
    def taken_titles(self):
        """The titles of what the push service has taken for this browser."""
        return [message["title"] for message in self._mine(self.service.taken)]

    def _mine(self, pairs):
        mine = self.endpoint.removeprefix(self.service.origin)
        return [loads(self.read(body)) for path, body in pairs if path == mine]

    def subscribe(self, user, session="session", language="en"):
        """Store the subscription, as the view does."""
        return PushSubscription.objects.subscribe(
            user,
            **self.fields,
            session_hash=session,
            auth_hash=auth_hash(user),
            language=language,
        )


def wait_until(ready, what):
    """Wait for at most 10 seconds."""
    for _ in range(500):
        if ready():
            return
        sleep(0.02)
    raise AssertionError(f"This has not come: {what}")


def _text(data):
    return urlsafe_b64encode(data).rstrip(b"=").decode()
