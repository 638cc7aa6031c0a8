"""The order in which many users are told, so that their pages do not all poll at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from time import monotonic

# Seconds after which everybody has been told, however many they are.
LONGEST = 30.0


class Turns:
    """Users waiting to be told, one every ``slot`` seconds, each once.

    A user who comes when nobody is waiting is told at once. Somebody who waits already keeps the
    turn, since the page that then polls sees both changes. ``now`` is a clock in seconds.
    """

    def __init__(self, slot: float, now: Callable[[], float] = monotonic) -> None:
        self._slot = self._pause = slot
        self._now = now
        self._next = now()
        self._queue: deque[str] = deque()
        self._waiting: set[str] = set()

    def add(self, users: Iterable[str]) -> None:
        """Let ``users`` wait for their turns, behind those who wait already."""
        if not self._queue:
            # A quiet time is not made up for: it would let a crowd through at once.
            self._next = max(self._next, self._now())
        for user in users:
            if user not in self._waiting:
                self._waiting.add(user)
                self._queue.append(user)
        if self._queue:
            self._pause = min(self._pause, LONGEST / len(self._queue))

    def take(self) -> list[str]:
        """Return the users whose turn has come."""
        now, due = self._now(), []
        while self._queue and self._next <= now:
            user = self._queue.popleft()
            self._waiting.discard(user)
            due.append(user)
            self._next += self._pause
        if not self._queue:
            self._pause = self._slot
        return due

    def wait(self) -> float | None:
        """Return the seconds until the next turn, ``None`` if nobody is waiting."""
        return max(self._next - self._now(), 0.0) if self._queue else None
