"""How much is looked through and deleted at a time: as much as others can wait for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import inf
from time import perf_counter, sleep

from django.db import connections

# Seconds that a transaction is to take. Pages of the indexes are shared by many rows, so half of
# it would delete far less than half.
MOMENT = 0.1
# SQLite's lock goes to whoever asks at the right time. Who has waited for it for so long asks again
# after at most so long: a pause of that length lets them find it open.
PAUSES = ((0.12, 0.03), (0.22, 0.055), (inf, 0.105))
FIRST, GROWTH = 3000, 16
# SQLite's, in KiB: room for the pages that a batch changes. In its usual 2 MB they do not fit, and
# it writes and syncs them over and over.
CACHE = 32 * 1024


def usual_size(database: str) -> int:
    """The number of ids to look through at a time."""
    # While a DELETE looks, SQLite and MariaDB lock all of it, PostgreSQL what goes.
    return 200_000 if connections[database].vendor == "postgresql" else 50_000


class Pace:
    """The number of rows to delete next, learnt from the time that the last ones took."""

    def __init__(self, database: str, most: int) -> None:
        self.rows = min(FIRST, most)
        self._most = most
        self._pauses = connections[database].vendor == "sqlite"

    @contextmanager
    def deleting(self, rows: int) -> Iterator[None]:
        """Time the deletion of so many rows, and let others have their turn."""
        start = perf_counter()
        yield
        took = perf_counter() - start
        # Few rows tell when they took too long, and not how many more there could have been.
        if rows >= self.rows or took > MOMENT:
            possible = min(int(rows * MOMENT / took), GROWTH * self.rows, self._most)
            self.rows = max(possible, 1)
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
