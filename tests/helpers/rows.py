"""Many notifications, made by the database itself, of people who make it hard for an index."""

from datetime import timedelta
from typing import NamedTuple

from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from themis_htmx.models import UserNotification

# Each of these has a fifth of all rows; the rest belongs to a thousand others.
READER = "has read all but the oldest"
HOARDER = "has read nothing"
TIDY = "has dismissed all but the oldest"
# She has some 500 unread, and has put off 5,000 newer ones. Some are back.
SLEEPER = "has put off what is newest"
SLEEPING, AWAKE, BACK = 5000, 500, 40
OTHERS = 1000

# So many of each heavy user's, the oldest ones, are not like the rest.
FEW = 30
RARE_LEVEL, RARE_SOURCE = "danger", "rare"
# So many rows have one source.
PER_SOURCE = 10

NUMBERS = {
    "postgresql": "generate_series(1, {rows}) AS numbers(n)",
    "mysql": "(SELECT seq AS n FROM seq_1_to_{rows}) AS numbers",
    "sqlite": "(WITH RECURSIVE counted(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted"
    " LIMIT {rows}) SELECT n FROM counted) AS numbers",
}
STATISTICS = {"postgresql": "VACUUM ANALYZE", "mysql": "ANALYZE TABLE {table}", "sqlite": "ANALYZE"}
TABLE = UserNotification._meta.db_table


class People(NamedTuple):
    """The heavy users and one with few rows."""

    reader: User
    hoarder: User
    tidy: User
    light: User
    sleeper: User


def fill(rows):
    """Write ``rows`` notifications, gather the planner's statistics, and return whose they are."""
    people = _people()
    with connection.cursor() as cursor:
        columns, parameters = zip(*_columns(people, rows).values(), strict=True)
        numbers = NUMBERS[connection.vendor].format(rows=rows)
        names = ", ".join(_columns(people, rows))
        cursor.execute(
            f"INSERT INTO {TABLE} ({names}) SELECT {', '.join(columns)} FROM {numbers}",  # noqa: S608
            [parameter for group in parameters for parameter in group],
        )
        _put_off(cursor, people.sleeper)
        cursor.execute(STATISTICS[connection.vendor].format(table=TABLE))
    return people


def empty():
    """Leave the database as it was migrated."""
    call_command("flush", interactive=False, verbosity=0)


def _people():
    names = [READER, HOARDER, TIDY, SLEEPER, *(f"other {number}" for number in range(OTHERS))]
    User.objects.bulk_create(User(username=name) for name in names)
    found = {user.username: user for user in User.objects.all()}
    return People(*(found[name] for name in [READER, HOARDER, TIDY, "other 3", SLEEPER]))


def _put_off(cursor, sleeper):
    """Write the rows of somebody who puts off: first the ones that are awake."""
    now = timezone.now()
    instants = [now - timedelta(days=10), now - timedelta(hours=1), now + timedelta(days=1)]
    lately, before, later = map(connection.ops.adapt_datetimefield_value, instants)
    fixed = {
        "title": "Task",
        "message": "",
        "level": "info",
        "url": "",
        "source_app": "tasks",
        "source_model": "Task",
        "source_id": "",
        "others": 0,
        "created_at": lately,
        "user_id": sleeper.pk,
    }
    values = ", ".join(["%s"] * len(fixed))
    timed = f"CASE WHEN n <= {BACK} THEN %s WHEN n > {AWAKE} THEN %s END"
    numbers = NUMBERS[connection.vendor].format(rows=AWAKE + SLEEPING)
    cursor.execute(
        f"INSERT INTO {TABLE} ({', '.join(fixed)}, visible_from)"  # noqa: S608
        f" SELECT {values}, {timed} FROM {numbers}",
        [*fixed.values(), before, later],
    )


def _columns(people, rows):
    """Each column as an expression of the row's number ``n``, with its parameters."""
    now = timezone.now()
    instants = [now - timedelta(days=100), now - timedelta(days=10), now, now + timedelta(days=9)]
    long_ago, lately, now, later = map(connection.ops.adapt_datetimefield_value, instants)
    few, half, first = 5 * FEW, rows // 2, User.objects.get(username="other 0").pk
    heavy = "CASE n %% 5 WHEN 0 THEN %s WHEN 1 THEN %s WHEN 2 THEN %s "
    return {
        "user_id": (heavy + f"ELSE {first} + n %% {OTHERS} END", [user.pk for user in people[:3]]),
        "title": ("'Task is overdue since Tuesday.'", []),
        "message": ("'Somebody should have a look at it, and rather soon than late'", []),
        "level": (f"CASE WHEN n <= {few} THEN '{RARE_LEVEL}' ELSE 'info' END", []),
        "url": ("''", []),
        "source_app": (f"CASE WHEN n <= {few} THEN '{RARE_SOURCE}' ELSE 'tasks' END", []),
        "source_model": ("'Task'", []),
        "source_id": (f"TRIM(CAST(n - n %% {PER_SOURCE} AS CHAR(20)))", []),
        "created_at": (f"CASE WHEN n <= {half} THEN %s ELSE %s END", [long_ago, lately]),
        "read_at": (f"CASE WHEN n %% 5 <> 1 AND n > {few} THEN %s END", [now]),
        "dismissed_at": (f"CASE WHEN n %% 5 = 2 AND n > {few} THEN %s END", [now]),
        "expires_at": ("CASE WHEN n %% 7 = 0 THEN %s END", [later]),
        "others": ("0", []),
    }
