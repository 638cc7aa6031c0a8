"""The rows that every table is filled with, whatever it calls its columns."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import NamedTuple

MESSAGE = "Due on Friday."

# Rows of many people, all of them old: two thirds are read, and those are what cleanup takes.
MANY = 150_000
MANY_READ = MANY * 2 // 3
# Rows of one person, of which every second is unread.
HEAVY = 100_000
HEAVY_UNREAD = HEAVY // 2


class Row(NamedTuple):
    """One notification: whose it is, which, when it was written, and when it was read."""

    user_id: int
    number: int
    created_at: datetime
    read_at: datetime | None

    @property
    def is_locked(self) -> bool:
        """Whether it still holds a lock against duplicates: every second unread one does."""
        return self.read_at is None and self.number % 4 < 2


def title(number: int) -> str:
    """What is said."""
    return f"Task {number} was assigned to you"


def url(number: int) -> str:
    """Where it leads."""
    return f"/tasks/{number}/"


def of_many(user_ids: list[int], now: datetime) -> Iterator[Row]:
    """One after the other, each to somebody."""
    # Always the same, so that every table gets the same.
    chosen = Random(1).choices(user_ids, k=MANY)  # noqa: S311
    for number, (user_id, age) in enumerate(zip(chosen, _ages(MANY, 360, 100), strict=True)):
        at = now - age
        yield Row(user_id, number, at, at if number % 3 else None)


def of_one(user_id: int, now: datetime) -> Iterator[Row]:
    """Those of who has very many, none of them old."""
    for number, age in enumerate(_ages(HEAVY, 80, 0)):
        at = now - age
        yield Row(user_id, number, at, None if number % 2 else at)


def _ages(rows: int, first: int, last: int) -> Iterator[timedelta]:
    for number in range(rows):
        yield timedelta(days=first + (last - first) * number / rows)
