"""How much is looked through and deleted at a time: as much as others can wait for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import sleep

from django.db import connections

# Seconds that a range is to take. Pages of the indexes are shared by many rows, so half of it
# would delete far less than half.
MOMENT = 0.1
# SQLite's lock goes to whoever asks at the right time. Who has waited for it for so long asks again
# after at most so long: a pause of that length lets them find it open.
PAUSES = ((0.12, 0.03), (0.22, 0.055), (inf, 0.105))
# In ids: to begin with, and at most where so few go that nothing is learnt.
FIRST, SPARSE = 3000, 15_000
GROWTH = 16
# SQLite's, in KiB: room for the pages that a batch changes. In its usual 2 MB they do not fit, and
# it writes and syncs them over and over.
CACHE = 32 * 1024


class Pace:
    """The number of ids to look through next, learnt from the time that the last ones took.

    ``most`` is the most that it may be; ``reads`` says that what is deleted is first read, and so
    takes memory.
    """

    def __init__(self, database: str, most: int | None = None, *, reads: bool = False) -> None:
        vendor = connections[database].vendor
        # While a DELETE looks, SQLite and MariaDB lock all of it; PostgreSQL locks what goes, and
        # deletes a row in twice the time that it takes to look at one.
        self._looks_freely = vendor == "postgresql" and not reads
        self._pauses = vendor == "sqlite"
        self._most = most or (250_000 if self._looks_freely else 50_000)
        self.ids = self._most if self._looks_freely else min(FIRST, self._most)

    def learn(self, rows: int, took: float) -> None:
        """So many of them went, in so many seconds. Where all others are locked out, pause."""
        # Where few went, nothing is known of how long a range takes in which all go.
        if self._looks_freely or 2 * rows >= self.ids or took > MOMENT:
            # In a test that freezes time nothing takes any.
            possible = min(int(self.ids * MOMENT / max(took, 1e-6)), GROWTH * self.ids, self._most)
            self.ids = max(possible, 1)
        else:
            self.ids = max(self.ids, min(SPARSE, self._most))
        if self._pauses:
            sleep(min(took, next(pause for waited, pause in PAUSES if took < waited)))


@contextmanager
def roomy(database: str) -> Iterator[None]:
    """Give SQLite the memory that it needs to delete many rows at a time, and take it back."""
    if connections[database].vendor != "sqlite":
        yield
        return
    with connections[database].cursor() as cursor:
        [before] = cursor.execute("PRAGMA cache_size").fetchone()
        cursor.execute(f"PRAGMA cache_size = -{CACHE}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA cache_size = {before}")
