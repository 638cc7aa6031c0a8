"""``python -m benchmarks.sizing``: the tables of docs/scaling.md, from what was measured.

A figure that was measured anew is changed here, and the tables are pasted there.
"""

from collections.abc import Iterator

# The poll over HTTP and its time, from docs/performance.md: PostgreSQL, 500 notifications.
RATE, CORES, POLL = 2356, 2, 462
# The time of a poll that reads session and user, beside one that does not, and its queries: with an
# aged token session, user and digest; with news on a page without a list the first look as well.
# tests/polling/test_manners.py counts the queries.
AGED, AGED_QUERIES = 3.3, 3
NEWS, NEWS_QUERIES = 3.6, 4
# Bytes a row in use and packed, rows that cleanup deletes a second: benchmarks.growth.
ROW, PACKED, DELETED = 420, 270, 52_000
# Rows that notify_users() writes a second, and bytes of a poll's line in an access log.
WRITTEN, LOG_LINE = 31_000, 296
TOKEN = 600

PEOPLE, HOURS, DAYS = 100_000, 8, 90
INTERVALS, EACH = (30, 60, 120, 300), (5, 20, 50)


def main() -> None:
    """Print the tables."""
    print(*measured(), "", *polls(), "", *rows(), sep="\n")


def measured() -> Iterator[str]:
    """What all else is made of."""
    yield from _head("measured", "")
    yield _row(f"polls a second over HTTP, on {CORES} cores", f"{RATE:,}")
    yield _row("a poll, without the server around it", f"{POLL} µs")
    yield _row("the same with an aged token", f"x {AGED}, {AGED_QUERIES} queries")
    yield _row("the same when there is news", f"x {NEWS}, {NEWS_QUERIES} queries")
    yield _row("a row in use, with its indexes", f"{ROW} bytes")
    yield _row("the same, packed", f"{PACKED} bytes")
    yield _row("rows written by `notify_users()`", f"{WRITTEN:,} a second")
    yield _row("rows deleted by cleanup", f"{DELETED:,} a second")
    yield _row("a poll's line in an access log", f"{LOG_LINE} bytes")


def polls() -> Iterator[str]:
    """What polling costs, by interval."""
    yield from _head(
        "interval",
        "polls a second",
        "with an aged token",
        "queries a second",
        "cores, busy",
        "cores after a fan-out to all",
        f"polls in {HOURS} hours",
        "access log",
    )
    for interval in INTERVALS:
        rate, aged = PEOPLE / interval, aged_share(interval)
        queries = rate * (1 + aged * (AGED_QUERIES - 1))
        day = rate * HOURS * 3600
        yield _row(
            f"{interval} s",
            f"{rate:,.0f}",
            f"{aged:.0%}",
            f"{queries:,.0f}",
            f"{cores(rate * (1 + aged * (AGED - 1))):.1f}",
            f"{cores(rate * NEWS):.1f}",
            f"{day / 1e6:,.0f} million",
            f"{day * LOG_LINE / 1e9:,.0f} GB",
        )


def aged_share(interval: int) -> float:
    """How many polls of a page that stays find their token too old: one in so many."""
    return 1 / (TOKEN // interval + 1)


def cores(rate: float) -> float:
    """How many a rate keeps busy, database and server included."""
    return rate / RATE * CORES


def rows() -> Iterator[str]:
    """What notifications take, by how many each of the people gets a day."""
    yield from _head(
        "each a day",
        "rows a day",
        "bytes a day",
        f"rows in {DAYS} days",
        "on disk",
        "cleanup a day",
    )
    for each in EACH:
        a_day = PEOPLE * each
        yield _row(
            each,
            f"{a_day / 1e6:.1f} million",
            f"{a_day * ROW / 1e9:.2f} GB",
            f"{DAYS * a_day / 1e6:,.0f} million",
            f"{DAYS * a_day * ROW / 1e9:,.0f} GB",
            f"{a_day / DELETED:.0f} s",
        )


def _head(*cells: str) -> Iterator[str]:
    yield _row(*cells)
    yield _row(*["---"] * len(cells))


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
