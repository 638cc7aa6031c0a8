"""The hook by which every change of a bell is published: after the commit, by keys of users."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterable
from threading import Lock, Thread
from time import sleep
from typing import Any

from django.db import connections, transaction

from themis_htmx.conf import setting
from themis_htmx.databases import write_alias
from themis_htmx.live.config import broker, is_on

logger = logging.getLogger("themis")

# Seconds between two attempts to reach a broker that did not answer.
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 5.0
# The most users who are remembered while the broker is away. A slow poll finds any others.
MOST_WAITING = 100_000


def publish(user_keys: Iterable[Any]) -> None:
    """Tell the open pages of these users, after the commit, that their bell may have changed.

    ``user_keys`` are primary keys of users. They may name users for whom nothing changed: their
    pages poll once for nothing. Without ``THEMIS_LIVE`` nothing happens.

    Several calls in one transaction publish once. Nothing is raised, whatever the broker does.
    """
    if not is_on():
        return
    keys = dict.fromkeys(map(str, user_keys))
    if not keys:
        return
    connection = connections[write_alias()]
    if connection.in_atomic_block:
        _join(connection, keys)
    elif connection.connection is None or connection.autocommit:
        _publisher().send(keys)
    # Otherwise the project ends its transactions by hand, and nobody knows when.


def _join(connection: Any, keys: dict[str, None]) -> None:
    """Add ``keys`` to the publication that waits for the commit of this transaction, or begin one.

    Django removes a publication that began in a savepoint which is then rolled back. One that is
    still there can only be rolled back together with this call.
    """
    waiting: list[Any] = connection.run_on_commit
    found = connection.__dict__.get("_themis_publication", (None, 0))
    publication, place = found
    is_there = place < len(waiting) and waiting[place][1] is publication
    if is_there and not publication.is_sent:
        publication.keys.update(keys)
        return
    publication = _Publication(keys)
    connection.__dict__["_themis_publication"] = (publication, len(waiting))
    transaction.on_commit(publication, using=connection.alias, robust=True)


class _Publication:
    """The users whose bells a transaction has changed so far; called after its commit."""

    def __init__(self, keys: dict[str, None]) -> None:
        self.keys = keys
        # Django's TestCase calls it without a commit, and keeps it.
        self.is_sent = False

    def __call__(self) -> None:
        self.is_sent = True
        _publisher().send(self.keys)


class Publisher:
    """Publishes through a broker, and tries again in the background while that is away.

    Meanwhile callers only leave their keys, and so are not delayed. ``pause`` waits for a number
    of seconds.
    """

    def __init__(self, broker: Callable[[], Any], pause: Callable[[float], None] = sleep) -> None:
        self._broker, self._pause = broker, pause
        self._lock = Lock()
        # The keys of users that have yet to be published, oldest first.
        self._waiting: dict[str, None] = {}
        self._is_away = False

    def send(self, keys: dict[str, None]) -> None:
        """Publish ``keys``, or keep them until the broker answers again."""
        if self._is_kept(keys) or (error := self._attempt(keys)) is None:
            return
        with self._lock:
            self._remember(keys)
            if self._is_away:
                return
            self._is_away = True
        words = "Live updates: the broker does not answer: %s: %s. Pages go on polling."
        logger.warning(words, type(error).__name__, error)
        try:
            Thread(target=self._retry, name="themis-live", daemon=True).start()
        except RuntimeError:
            # There are too many, or the process ends. The next caller tries again.
            self._is_away = False

    def _is_kept(self, keys: dict[str, None]) -> bool:
        """Keep ``keys`` while the broker is known to be away; return whether it is."""
        with self._lock:
            if self._is_away:
                self._remember(keys)
            return self._is_away

    def _attempt(self, keys: dict[str, None]) -> Exception | None:
        """Publish ``keys``, and return the error if that failed."""
        try:
            self._broker().publish(list(keys))
        except Exception as error:
            return error
        return None

    def _remember(self, keys: dict[str, None]) -> None:
        self._waiting.update(keys)
        while len(self._waiting) > MOST_WAITING:
            del self._waiting[next(iter(self._waiting))]

    def _retry(self) -> None:
        """Publish what waits until nothing does."""
        pause = SHORTEST_PAUSE
        while self._is_away:
            self._pause(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
            with self._lock:
                keys, self._waiting = self._waiting, {}
            error = self._attempt(keys)
            # The attempt may have opened a connection of this thread to the database.
            connections.close_all()
            with self._lock:
                if error is not None:
                    arrived, self._waiting = self._waiting, keys
                    self._remember(arrived)
                elif not self._waiting:
                    self._is_away = False
        logger.warning("Live updates: the broker answers again.")


# The setting and the process for which a publisher was made, and that publisher. A forked process
# needs one of its own, since no thread comes with it.
_made: tuple[Any, int, Publisher | None] = (None, 0, None)


def _publisher() -> Publisher:
    global _made
    config, process, publisher = _made
    if publisher is None or config is not setting("THEMIS_LIVE") or process != os.getpid():
        publisher = Publisher(broker)
        _made = (setting("THEMIS_LIVE"), os.getpid(), publisher)
    return publisher
