"""A table with many rows that are to go, and some between them that stay."""

from datetime import timedelta

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tests.helpers.rows import NUMBERS, PER_SOURCE, STATISTICS, TABLE

USERS = 1000
# One in so many stays, one was dismissed, one has expired; the rest has been read.
SHARE = 11


def fill(doomed: int) -> None:
    """Write so many rows that are to go, and a tenth more that stay."""
    call_command("flush", interactive=False, verbosity=0)
    User.objects.bulk_create(User(username=f"user {number}") for number in range(USERS + 1))
    columns, parameters = zip(*_columns().values(), strict=True)
    numbers = NUMBERS[connection.vendor].format(rows=doomed + doomed // (SHARE - 1))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {TABLE} ({', '.join(_columns())}) "  # noqa: S608
            f"SELECT {', '.join(columns)} FROM {numbers} ORDER BY n",
            [parameter for group in parameters for parameter in group],
        )
    settle()


def settle() -> None:
    """Have all of it written, so that nothing of it is left to the measurement."""
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS[connection.vendor].format(table=TABLE))
        if connection.vendor == "postgresql":
            cursor.execute("CHECKPOINT")
        elif connection.vendor == "mysql":
            cursor.execute(f"FLUSH TABLES {TABLE} FOR EXPORT")
            cursor.execute("UNLOCK TABLES")
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _columns() -> dict[str, tuple[str, list[str]]]:
    """Each column as an expression of the row's number ``n``, with its parameters."""
    old, now = (
        connection.ops.adapt_datetimefield_value(timezone.now() - timedelta(days=days))
        for days in (100, 1)
    )
    first = User.objects.get(username="user 0").pk
    # Whoever it is for, in no order, as in real life.
    user = f"{first} + (n %% {USERS}) * 7919 %% {USERS}"
    return {
        "user_id": (user, []),
        "title": ("'Task assigned: Prepare the meeting'", []),
        "message": ("'You have been assigned to it, and it is due on Friday'", []),
        "level": ("'info'", []),
        "url": ("'/tasks/4211/'", []),
        "source_app": ("'tasks'", []),
        "source_model": ("'Task'", []),
        "source_id": (f"TRIM(CAST(n - n %% {PER_SOURCE} AS CHAR(20)))", []),
        "created_at": ("%s", [old]),
        "read_at": (f"CASE WHEN n %% {SHARE} > 0 THEN %s END", [now]),
        "dismissed_at": (f"CASE WHEN n %% {SHARE} = 1 THEN %s END", [now]),
        "expires_at": (f"CASE WHEN n %% {SHARE} = 2 THEN %s END", [now]),
        "others": ("0", []),
    }
