"""The users who changed a moment ago, for streams that open just after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import time

# Seconds for which a change is remembered at least. A page opens its stream sooner than that.
KEPT = 30.0
# The most users of one such time. Beyond that the oldest are forgotten, and found by a poll.
MOST = 100_000
# Seconds between reading the digest and signing it, rounded down to a whole second, at most.
SIGNING = 2


class RecentChanges:
    """The instants at which users changed, and at which the broker began to be heard.

    Between the rendering of a page and the opening of its stream nobody would tell the page of a
    change. ``now`` is a clock in seconds since 1970.
    """

    def __init__(self, now: Callable[[], float] = time) -> None:
        self._now = now
        self._heard_since = 0.0
        self._newer: dict[str, float] = {}
        self._older: dict[str, float] = {}
        self._began = now()

    def note(self, users: Iterable[str]) -> None:
        """Remember that ``users`` have changed now."""
        now = self._now()
        if now - self._began > KEPT or len(self._newer) > MOST:
            self._older, self._newer, self._began = self._newer, {}, now
        self._newer.update(dict.fromkeys(users, now))

    def note_connected(self) -> None:
        """Remember that nothing was heard until now."""
        self._heard_since = self._now()

    def may_have_missed(self, user: str, signed_at: float) -> bool:
        """Return whether a page of ``signed_at`` misses a change of ``user`` of the last moment."""
        known = signed_at - SIGNING
        changed = self._newer.get(user) or self._older.get(user) or 0.0
        was_deaf = self._heard_since > known and self._now() - self._heard_since < KEPT
        return changed > known or was_deaf
