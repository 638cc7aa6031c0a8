"""The ASGI application that streams: it tells a page that its bell has changed, and nothing else.

It is a process of its own: ``uvicorn themis_htmx.live.stream:application``, which needs
DJANGO_SETTINGS_MODULE and sets up neither apps nor a database. A proxy sends it the path of
``themis:stream``. A site that is served by ASGI anyway may use :func:`in_front_of` instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http import parse_cookie
from django.urls import reverse
from django.utils.translation import override

from themis_htmx.live import config
from themis_htmx.live.hub import Hub, Stream
from themis_htmx.tokens import SignedToken, hash_cookie

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

# Seconds. While a stream is open the page polls each 10 minutes, and a poll renews only a token
# that is older than 10 minutes. A browser that reconnects names the token of the first time.
TOKEN_LIFETIME = 3600

_STREAM = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    # A proxy that compresses or collects would hold events back.
    (b"content-encoding", b"identity"),
    (b"x-accel-buffering", b"no"),
]
_GET_ONLY = [(b"allow", b"GET"), (b"content-length", b"0")]
# The browser connects again 5 seconds after a stream was lost.
_HELLO = b"retry: 5000\n\n"


class StreamApplication:
    """An ASGI application that answers any path with the stream of the token in the query.

    The stream needs the poll token of a bell, and the session's cookie to which it is bound. Any
    other GET is answered by 204, after which a browser does not connect again. ``make_hub`` makes
    the hub of the process.
    """

    def __init__(self, make_hub: Callable[[], Hub] | None = None) -> None:
        self._make_hub = make_hub or _hub_of_settings
        self._hub: Hub | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or the lifespan of the server."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)
        else:
            raise ValueError(f"This application serves HTTP, and no {scope['type']}.")

    def hub(self) -> Hub:
        """Return the hub of this process, started when it is first needed.

        Raises what a broker that is not installed or not configured raises.
        """
        if self._hub is None:
            self._hub = self._make_hub()
        self._hub.start()
        return self._hub

    async def _live(self, receive: Receive, send: Send) -> None:
        """Start the hub with the server, so that a mistake is seen at once, and stop it."""
        await receive()
        try:
            self.hub()
        except Exception as error:
            await send({"type": "lifespan.startup.failed", "message": repr(error)})
            return
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self.hub().stop()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] != "GET":
            await _refuse(send, HTTPStatus.METHOD_NOT_ALLOWED, *_GET_ONLY)
            return
        text = _token_text(scope)
        token = SignedToken.read(text, max_age=TOKEN_LIFETIME)
        session = hash_cookie(_session_cookie(scope))
        if token is None or not session or token.session != session:
            await _refuse(send, HTTPStatus.NO_CONTENT)
            return
        hub = self.hub()
        stream = hub.open(send, token.user, token.session, SignedToken.signed_at(text))
        try:
            await _hold(stream, receive, send)
        finally:
            hub.close(stream)


def in_front_of(site: Application, path: str | None = None) -> Application:
    """Return an ASGI application that streams at one path and is ``site`` at any other.

    ``path`` is that of ``themis:stream``, found by its name, in each language of the site, if none
    is given. Each process of the site then listens to the broker.
    """
    stream, paths = StreamApplication(), {path} if path else set()

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if not paths:
            paths.update(_paths_of_stream())
        is_stream = scope["type"] == "http" and scope["path"] in paths
        await (stream if is_stream else site)(scope, receive, send)

    return application


def _hub_of_settings() -> Hub:
    if not (config.is_on() and config.is_streamed()):
        raise ValueError("THEMIS_LIVE names no broker that this process could listen to.")
    return Hub(config.broker().listen, config.slot())


def _paths_of_stream() -> Iterator[str]:
    """Yield the path in each language. This imports the project's URLs, and so needs its apps."""
    for language, _name in settings.LANGUAGES if settings.USE_I18N else [("", "")]:
        with override(language or None):
            yield reverse("themis:stream")


async def _hold(stream: Stream, receive: Receive, send: Send) -> None:
    """Keep the stream open until the browser leaves or the hub ends it."""
    try:
        await send({"type": "http.response.start", "status": 200, "headers": _STREAM})
        await stream.write(_HELLO)
        while (await receive())["type"] != "http.disconnect":
            pass
    except asyncio.CancelledError:
        # By the hub, or by a server that shuts down. It would log an error for each stream if this
        # went on.
        if not stream.is_sending:
            await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, status: HTTPStatus, *headers: tuple[bytes, bytes]) -> None:
    all_headers = [(b"cache-control", b"no-store"), *headers]
    await send({"type": "http.response.start", "status": status.value, "headers": all_headers})
    await send({"type": "http.response.body", "body": b""})


def _token_text(scope: Scope) -> str:
    query: bytes = scope["query_string"]
    return parse_qs(query.decode("latin-1")).get("token", [""])[0]


def _session_cookie(scope: Scope) -> str:
    """Return the value of the session's cookie, read as Django's ASGIRequest reads it."""
    found = [value for name, value in scope["headers"] if name == b"cookie"]
    cookies = parse_cookie(b"; ".join(found).decode("latin-1"))
    return str(cookies.get(settings.SESSION_COOKIE_NAME, ""))


application = StreamApplication()
