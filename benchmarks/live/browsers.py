"""Many browsers that hold a stream each, in one process and without a thread."""

import asyncio
from time import perf_counter
from urllib.parse import quote

from themis_htmx.tokens import Digest, SignedToken, hash_cookie

# Browsers that connect at the same time.
WAVE = 200


class Browser(asyncio.Protocol):
    """One stream, and when it last told of a change."""

    def __init__(self, user: str) -> None:
        self.user, self.told, self.told_at = user, 0, 0.0
        self.is_open, self.is_lost = False, False
        self.next: asyncio.Event = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self.transport = transport
        cookie = f"session-{self.user}"
        token = SignedToken(hash_cookie(cookie), Digest(0, 0, 0), self.user).sign()
        asked = f"GET /stream/?token={quote(token)} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        transport.write(f"{asked}Cookie: sessionid={cookie}\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        """Note an event. Each is sent as a whole."""
        if b"retry: 5000" in data:
            self.is_open = True
            self.next.set()
        if events := data.count(b"event: changed"):
            self.told += events
            self.told_at = perf_counter()
            self.next.set()

    def connection_lost(self, error: Exception | None) -> None:
        """Note that the server ended the stream, or this side did."""
        self.is_lost = True
        self.next.set()


async def open_browsers(port: int, number: int) -> list[Browser]:
    """Open so many streams, each of a user and a session of its own."""
    loop, browsers = asyncio.get_running_loop(), [Browser(str(n)) for n in range(1, number + 1)]
    for start in range(0, number, WAVE):
        wave = browsers[start : start + WAVE]
        await asyncio.gather(
            *(loop.create_connection(lambda each=each: each, "127.0.0.1", port) for each in wave)
        )
        for each in wave:
            await asyncio.wait_for(each.next.wait(), 30)
            each.next.clear()
    return browsers


async def told(browser: Browser, number: int, seconds: float = 10) -> bool:
    """Wait until a browser has been told so often; ``False`` if that is not in time."""
    async with asyncio.timeout(seconds):
        while browser.told < number:
            await browser.next.wait()
            browser.next.clear()
    return True
