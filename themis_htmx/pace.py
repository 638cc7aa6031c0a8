"""How much is deleted in one transaction: as much as others can wait for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter, sleep

from django.db import connections

# Seconds that a transaction is to take.
MOMENT = 0.06
# SQLite hands its lock to nobody: who waits for it looks again after so many seconds at most, as
# long as they have waited for less than 0.13. Without a pause of that length they may never see it.
PAUSE = 0.03
FIRST, GROWTH = 1000, 4


class Pace:
    """The number of rows to delete next, learnt from the time that the last ones took."""

    def __init__(self, database: str, most: int) -> None:
        self.rows = min(FIRST, most)
        self._most = most
        self._pause = PAUSE if connections[database].vendor == "sqlite" else 0

    @contextmanager
    def deleting(self, rows: int) -> Iterator[None]:
        """Time the deletion of so many rows, and let others have their turn."""
        start = perf_counter()
        yield
        took = perf_counter() - start
        # Few rows tell only that they took too long, not how many more there could have been.
        if rows >= self.rows or took > MOMENT:
            possible = min(int(rows * MOMENT / took), GROWTH * self.rows, self._most)
            self.rows = max(possible, 1)
        sleep(min(took, self._pause))
