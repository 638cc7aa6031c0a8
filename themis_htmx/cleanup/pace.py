"""The size of cleanup's next transaction, learnt from the time that the last one took.

Each is to be so short that other programs hardly wait for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import sleep

from django.db import connections

from themis_htmx.databases import (
    has_one_writer_without_queue,
    locks_only_what_it_deletes,
    needs_large_cache_to_delete,
)

# Seconds that a range is to take. Many rows share a page of an index, so in half the time far less
# than half would be deleted.
MOMENT = 0.1
# SQLite does not queue writers; each retries after a growing delay. (held, pause): after holding
# the lock for less than `held` seconds, sleep `pause`, the delay a waiting writer has reached by
# then.
SQLITE_PAUSES = ((0.12, 0.03), (0.22, 0.055), (inf, 0.105))
# The number of ids in the first range, and the most after ranges of which too few rows were deleted
# to learn how long a full one takes.
FIRST, MAX_WHEN_SPARSE = 3000, 15_000
# A range has at most so many times as many ids as the one before.
GROWTH = 16
# SQLite's page cache during a cleanup, in KiB.
CACHE = 32 * 1024


class Pace:
    """The number of ids to look through next, learnt from the time that the last range took.

    ``most`` is its upper limit. ``reads`` says that Django reads the rows before it deletes them,
    which takes memory, so that the ranges are smaller.
    """

    def __init__(self, database: str, most: int | None = None, *, reads: bool = False) -> None:
        # True if looking at a row that stays keeps nobody from writing to it.
        self._looks_freely = locks_only_what_it_deletes(database) and not reads
        self._pauses = has_one_writer_without_queue(database)
        self._most = most or (250_000 if self._looks_freely else 50_000)
        self.ids = self._most if self._looks_freely else min(FIRST, self._most)

    def learn(self, rows: int, took: float) -> None:
        """Learn from ``rows`` deleted in ``took`` seconds, and pause so that others can write."""
        # A range of which few rows were deleted does not tell how long a full one takes.
        if self._looks_freely or 2 * rows >= self.ids or took > MOMENT:
            # Not 0, as in a test that freezes time.
            possible = min(int(self.ids * MOMENT / max(took, 1e-6)), GROWTH * self.ids, self._most)
            self.ids = max(possible, 1)
        else:
            self.ids = max(self.ids, min(MAX_WHEN_SPARSE, self._most))
        self.rest(took)

    def rest(self, took: float) -> None:
        """Pause after a transaction of ``took`` seconds, where others could not write meanwhile."""
        if self._pauses:
            sleep(min(took, next(pause for held, pause in SQLITE_PAUSES if took < held)))


@contextmanager
def large_sqlite_cache(database: str) -> Iterator[None]:
    """Enlarge SQLite's page cache within the block, so that deleting many rows fits into it."""
    if not needs_large_cache_to_delete(database):
        yield
        return
    with connections[database].cursor() as cursor:
        [before] = cursor.execute("PRAGMA cache_size").fetchone()
        cursor.execute(f"PRAGMA cache_size = -{CACHE}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {before}")
