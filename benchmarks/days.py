"""Days that pass in a second: people are told things, read most of them, and old ones go."""

from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter
from typing import Any

from django.contrib.auth.models import User
from django.db import connection
from time_machine import travel

from themis_htmx.cleanup import cleanup
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_users

# So many people get so many a day; one in ten is never read.
PEOPLE, A_DAY = 1000, 10
DAYS, KEPT = 60, 30
FIRST = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = ("Task is overdue since Tuesday", "Somebody should have a look at it, and rather soon")
TABLE = UserNotification._meta.db_table

# The first is what the server does by itself, but not as soon as that.
TIDY, PACK = f"VACUUM {TABLE}", f"VACUUM FULL {TABLE}"
SIZES = f"SELECT pg_table_size('{TABLE}'), pg_indexes_size('{TABLE}')"


def live() -> None:
    """Let the days pass, and say what the table takes."""
    User.objects.bulk_create(User(username=f"person {number}") for number in range(PEOPLE))
    chance = Random(1)  # noqa: S311
    for day in range(DAYS):
        with travel(FIRST + timedelta(days=day), tick=False):
            tell(chance)
        with travel(FIRST + timedelta(days=day, hours=12), tick=False):
            read(chance)
            gone, took = clean()
        if day % 3 == 2:
            run(TIDY)
    print(f"the last cleanup deleted {gone} of {say('in use')} rows, {gone / took:.0f} a second")
    run(PACK)
    say("packed")


def tell(chance: Random) -> None:
    """Everybody gets some, each time a tenth of the people."""
    keys = list(User.objects.values_list("pk", flat=True))
    chance.shuffle(keys)
    for number in range(10 * A_DAY):
        some = User.objects.filter(pk__in=keys[number % 10 :: 10])
        source = {"source_app": "tasks", "source_model": "Task", "source_id": str(number)}
        notify_users(some, *TEXT, url=f"/board/{number}/", **source)


def read(chance: Random) -> None:
    """Most are read, in an order that is not the table's."""
    unread = UserNotification.objects.filter(read_at=None).exclude(pk__endswith="7")
    keys = list(unread.values_list("pk", flat=True))
    chance.shuffle(keys)
    for begin in range(0, len(keys), 2000):
        UserNotification.objects.filter(pk__in=keys[begin : begin + 2000]).mark_read()


def clean() -> tuple[int, float]:
    """Delete old ones; how many, and in how many seconds."""
    begin = perf_counter()
    return sum(cleanup(KEPT).values()), perf_counter() - begin


def say(when: str) -> int:
    """Print what a row takes, and return how many rows there are."""
    rows = UserNotification.objects.count()
    [(table, indexes)] = run(SIZES)
    print(
        f"{when}: {(table + indexes) / rows:.0f} bytes a row, {indexes / rows:.0f} of them indexes"
    )
    return rows


def run(statement: str) -> list[Any]:
    """What the database of this run answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall()) if cursor.description else []
