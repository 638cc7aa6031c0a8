"""The hub of a process: it listens to the broker once, and tells all streams."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, MutableMapping
from contextlib import aclosing
from random import SystemRandom
from time import monotonic
from typing import Any

from themis_htmx.live.recent import RecentChanges
from themis_htmx.live.turns import Turns

logger = logging.getLogger("themis")

Listen = Callable[[], AsyncGenerator[list[str] | None, None]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

# Seconds between two heartbeats of a stream, which keep proxies from ending it.
HEARTBEAT = 25.0
# Seconds after which a stream is ended, give or take a tenth.
LIFETIME = 600.0
# Streams of one session in a process. One more ends the oldest, which may be a dead connection.
STREAMS_OF_SESSION = 5
# Seconds between two attempts to reach the broker. In between, they are a fifth of its absence.
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 30.0

_CHANGED = b"event: changed\ndata: 0\n\n"
# An event, since a page cannot hear a comment: it gives up a stream that is silent for 75 seconds.
# While the broker is away nobody could be told of a change, so pages are to poll as before.
_HEARTBEAT, _BROKER_IS_AWAY = b"event: alive\ndata: 1\n\n", b"event: alive\ndata: 0\n\n"
# The streams of a bucket get their heartbeat together.
_BUCKETS = 25
# Streams that are told before others may run.
_AT_ONCE = 50

_random = SystemRandom()


class Stream:
    """One open stream. Everything that is sent after its start goes through the hub."""

    __slots__ = ("_is_changed", "_is_sending", "_send", "_task", "ends_at", "session", "user")

    def __init__(self, send: Send, user: str, session: str, lifetime: float) -> None:
        self.user, self.session = user, session
        self.ends_at = monotonic() + lifetime
        self._send = send
        self._task = asyncio.current_task()
        # Until the start of the answer has been sent.
        self._is_sending, self._is_changed = True, False

    @property
    def is_sending(self) -> bool:
        """True while something is on its way, for ever to a client that does not read."""
        return self._is_sending

    def claim(self) -> bool:
        """Return whether nobody is sending; the caller then has to call :meth:`write`."""
        is_free = not self._is_sending
        self._is_sending = True
        return is_free

    def tell(self) -> bool:
        """Note that the page has to poll, and :meth:`claim` the stream."""
        self._is_changed = True
        return self.claim()

    async def write(self, data: bytes = b"") -> None:
        """Send ``data`` and what has been told meanwhile. The client may be gone."""
        try:
            while data or self._is_changed:
                if not data:
                    data, self._is_changed = _CHANGED, False
                await self._send({"type": "http.response.body", "body": data, "more_body": True})
                data = b""
        finally:
            self._is_sending = False

    def end(self) -> None:
        """Let the task that holds the stream open come to its end."""
        if self._task is not None:
            self._task.cancel()


class Hub:
    """All streams of a process, by user, and the tasks that serve them.

    ``listen``
        Called again and again for an asynchronous generator: it yields ``None`` when the broker is
        connected, then the keys of users who have changed, and raises when the broker is lost.
    ``slot``
        The seconds between two users who are told.
    """

    def __init__(
        self, listen: Listen, slot: float, *, heartbeat: float = HEARTBEAT, life: float = LIFETIME
    ) -> None:
        self._listen, self._heartbeat, self._life = listen, heartbeat, life
        self._streams: dict[str, tuple[Stream, ...]] = {}
        self._buckets: list[set[Stream]] = [set() for _ in range(_BUCKETS)]
        self._turns, self._recent = Turns(slot), RecentChanges()
        self._absence = _Absence()
        self._someone_waits = asyncio.Event()
        self._writing: set[asyncio.Task[None]] = set()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start to listen. Nothing happens if it was started before."""
        if not self._tasks:
            loops = (self._hear, self._take_turns, self._beat)
            self._tasks = [asyncio.create_task(loop()) for loop in loops]

    async def stop(self) -> None:
        """End all streams, and stop to listen."""
        for stream in [each for streams in self._streams.values() for each in streams]:
            stream.end()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def open(self, send: Send, user: str, session: str, signed_at: float) -> Stream:
        """Add a stream of the current task, for the page whose token was signed at ``signed_at``.

        It tells the page at once if its bell may have changed since.
        """
        # It ends at the heartbeat that follows.
        lifetime = _random.uniform(0.9 * self._life, 1.1 * self._life - self._heartbeat)
        stream = Stream(send, user, session, lifetime)
        others = self._streams.get(user, ())
        same = [other for other in others if other.session == session]
        if len(same) >= STREAMS_OF_SESSION:
            same[0].end()
            self.close(same[0])
        self._streams[user] = (*self._streams.get(user, ()), stream)
        self._buckets[_random.randrange(_BUCKETS)].add(stream)
        if self._recent.may_have_missed(user, signed_at):
            self._wait_for_turn([user])
        return stream

    def close(self, stream: Stream) -> None:
        """Forget a stream. Nothing happens if it was forgotten before."""
        rest = tuple(each for each in self._streams.get(stream.user, ()) if each is not stream)
        if rest:
            self._streams[stream.user] = rest
        else:
            self._streams.pop(stream.user, None)
        for bucket in self._buckets:
            bucket.discard(stream)

    def tell(self, user_keys: list[str]) -> None:
        """Tell the streams of these users, each user in turn."""
        self._recent.note(user_keys)
        self._wait_for_turn([key for key in user_keys if key in self._streams])

    # Telling

    def _wait_for_turn(self, users: list[str]) -> None:
        self._turns.add(users)
        self._tell_due()
        if self._turns.wait() is not None:
            self._someone_waits.set()

    def _tell_due(self) -> None:
        for user in self._turns.take():
            for stream in self._streams.get(user, ()):
                if stream.tell():
                    self._write(stream.write())

    async def _take_turns(self) -> None:
        while True:
            await self._someone_waits.wait()
            while (pause := self._turns.wait()) is not None:
                await asyncio.sleep(pause)
                self._tell_due()
            self._someone_waits.clear()

    def _write(self, writing: Coroutine[Any, Any, None]) -> None:
        """Write in a task of its own, so that a client that does not read keeps nobody waiting."""
        task = asyncio.create_task(writing)
        self._writing.add(task)
        task.add_done_callback(self._written)

    def _written(self, task: asyncio.Task[None]) -> None:
        self._writing.discard(task)
        if not task.cancelled() and task.exception():
            # The client is gone, and the server ends the task of the stream.
            logger.debug("A stream could not be written to.", exc_info=task.exception())

    async def _beat(self) -> None:
        while True:
            for bucket in self._buckets:
                await asyncio.sleep(self._heartbeat / _BUCKETS)
                await self._beat_once(list(bucket))

    async def _beat_once(self, streams: list[Stream]) -> None:
        now = monotonic()
        heartbeat = _BROKER_IS_AWAY if self._absence.is_noted else _HEARTBEAT
        for number, stream in enumerate(streams):
            if now >= stream.ends_at:
                stream.end()
            elif stream.claim():
                self._write(stream.write(heartbeat))
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)

    # Listening

    async def _hear(self) -> None:
        """Listen for ever; whatever goes wrong, try again."""
        while True:
            try:
                async with aclosing(self._listen()) as heard:
                    async for keys in heard:
                        if keys is None:
                            self._absence.end()
                            self._catch_up()
                        else:
                            self.tell(keys)
            except Exception as error:
                self._absence.note(error)
            await asyncio.sleep(self._absence.pause())

    def _catch_up(self) -> None:
        """Tell every stream once: nobody knows what was published in the meantime."""
        self._recent.note_connected()
        self._wait_for_turn(list(self._streams))


class _Absence:
    """The time for which the broker has been away, told to the log once."""

    def __init__(self) -> None:
        self._since: float | None = None

    @property
    def is_noted(self) -> bool:
        """True while the broker is away."""
        return self._since is not None

    def note(self, error: Exception) -> None:
        """Note that the broker cannot be heard because of ``error``."""
        if self._since is None:
            self._since = monotonic()
            words = "Live updates: the broker is lost: %s: %s. Pages go on polling."
            logger.warning(words, type(error).__name__, error)

    def end(self) -> None:
        """Note that the broker is heard."""
        if self._since is not None:
            self._since = None
            logger.warning("Live updates: the broker is heard again.")

    def pause(self) -> float:
        """Return the seconds to wait before the next attempt."""
        away = 0.0 if self._since is None else monotonic() - self._since
        return min(max(away / 5, SHORTEST_PAUSE), LONGEST_PAUSE)
