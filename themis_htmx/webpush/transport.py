"""The request to a push service: one POST within five seconds that follows no redirect.

Written on sockets, since the address comes from a browser. Libraries for HTTP follow redirects, ask
the environment for proxies, and limit each read instead of the whole.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic, time
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from themis_htmx.webpush.config import is_allowed

# Seconds within which all is over.
LIMIT = 5.0
# Bytes of an answer that are read. Its status and headers stand there.
MOST_READ = 16_384

_context: ssl.SSLContext | None = None


class Answer(NamedTuple):
    """The answer of a push service.

    ``status`` is 0 if there was none, and ``words`` then says why. Otherwise ``words`` is the
    beginning of the body. ``retry_after`` is in seconds.
    """

    status: int
    retry_after: float = 0.0
    words: str = ""


def post(endpoint: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send ``body`` to ``endpoint`` and return the answer.

    Raises ``ValueError``, and sends nothing, unless ``endpoint`` is at an allowed host.
    """
    if not is_allowed(endpoint):
        raise ValueError(f"endpoint: {urlsplit(endpoint).hostname!r} is not an allowed host.")
    deadline = monotonic() + LIMIT
    try:
        with _connect(urlsplit(endpoint), deadline) as connection:
            connection.settimeout(_left(deadline))
            connection.sendall(_request(endpoint, body, headers))
            return _read(connection, deadline)
    except (OSError, ValueError) as error:
        return Answer(0, words=f"{type(error).__name__}: {error}")


def _connect(parts: SplitResult, deadline: float) -> socket.socket:
    host, is_secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if is_secure else 80)
    failure = OSError(f"{host} has no address.")
    for family, kind, protocol, _name, address in _look_up(host, port, deadline):
        connection = socket.socket(family, kind, protocol)
        try:
            connection.settimeout(_left(deadline))
            connection.connect(address)
            connection.settimeout(_left(deadline))
            return _secure(connection, host) if is_secure else connection
        except OSError as error:
            connection.close()
            failure = error
    raise failure


def _look_up(host: str, port: int, deadline: float) -> list[Any]:
    """Return the addresses of a host, as ``socket.getaddrinfo()`` does.

    The system may take minutes, longer than the lease of a message, and nothing ends a look-up. So
    it is made in a thread, which is left to itself once the time is over.
    """
    found: SimpleQueue[list[Any] | Exception] = SimpleQueue()

    def look_up() -> None:
        try:
            found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except Exception as error:
            found.put(error)

    Thread(target=look_up, name="themis-webpush-name", daemon=True).start()
    try:
        answer = found.get(timeout=_left(deadline))
    except Empty:
        raise TimeoutError(f"{host} had no address within {LIMIT:g} seconds.") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _secure(connection: socket.socket, host: str) -> socket.socket:
    global _context
    # Reading the certificates of the system takes tens of milliseconds.
    _context = _context or ssl.create_default_context()
    return _context.wrap_socket(connection, server_hostname=host)


def _request(endpoint: str, body: bytes, headers: Mapping[str, str]) -> bytes:
    parts = urlsplit(endpoint)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    fields = {
        "Host": parts.netloc,
        "Content-Length": str(len(body)),
        "Connection": "close",
        **headers,
    }
    lines = [f"POST {target} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


def _read(connection: socket.socket, deadline: float) -> Answer:
    """Read until the headers are there, and of the body as much as one more reading brings."""
    read = b""
    while b"\r\n\r\n" not in read and len(read) < MOST_READ:
        connection.settimeout(_left(deadline))
        part = connection.recv(4096)
        if not part:
            break
        read += part
    head, _end, text = read.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    version, _space, rest = first.partition(" ")
    if not version.startswith("HTTP/") or not rest[:3].isdigit():
        raise ValueError("The answer is not HTTP.")
    pairs = (line.partition(":") for line in lines)
    fields = {name.strip().lower(): value.strip() for name, _colon, value in pairs}
    status = int(rest[:3])
    if status >= 400 and not text:
        with suppress(OSError):
            connection.settimeout(_left(deadline))
            text = connection.recv(4096)
    words = "".join(each if each.isprintable() else " " for each in text[:300].decode("latin-1"))
    return Answer(status, _seconds(fields.get("retry-after", "")), words)


def _seconds(text: str) -> float:
    """Return the wait that ``Retry-After`` names, as a number or as a date; 0 for none."""
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time())
    except (ValueError, OverflowError):
        return 0.0


def _left(deadline: float) -> float:
    left = deadline - monotonic()
    if left <= 0:
        raise TimeoutError(f"There was no answer within {LIMIT:g} seconds.")
    return left
