"""The columns and rows of the indexes, in the form that each database has."""

from copy import deepcopy

import pytest
from django.db import connection
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.models.indexes import AnySetIndex, LatestIndex

TABLE = UserNotification._meta.db_table
# With their conditions, MariaDB's without.
COLUMNS = {
    "mysql": {
        "themis_unread": ["user_id", "read_at", "id", "expires_at", "visible_from"],
        "themis_inbox": ["user_id", "dismissed_at", "id", "expires_at", "visible_from"],
    },
    "postgresql": {
        "themis_unread": ["user_id", "id", "expires_at", "visible_from"],
        "themis_inbox": ["user_id", "id"],
        "themis_timed": ["user_id", "visible_from", "expires_at"],
        "themis_ended": ["id"],
    },
    "sqlite": {
        "themis_unread": ["user_id", "id", "expires_at", "visible_from", "read_at"],
        "themis_inbox": ["user_id", "id"],
        "themis_timed": ["user_id", "visible_from", "expires_at", "read_at"],
    },
}
on_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="It is PostgreSQL that can tell."
)


def constraints():
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, TABLE)


@pytest.mark.parametrize("name", ["themis_unread", "themis_inbox", "themis_timed", "themis_ended"])
def test_each_index_has_the_columns_that_its_database_needs(db, name):
    found = constraints().get(name, {"columns": None})

    assert found["columns"] == COLUMNS[connection.vendor].get(name)


@on_postgresql
@pytest.mark.parametrize(
    ("name", "column"), [("themis_unread", "read_at"), ("themis_inbox", "dismissed_at")]
)
def test_unread_and_inbox_indexes_leave_out_read_or_dismissed_rows(notify, name, column):
    notify("One")
    UserNotification.objects.create(user_id=notify("Two").user_id, **{column: timezone.now()})

    with connection.cursor() as cursor:
        cursor.execute(f"REINDEX INDEX {name}")
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [name])
        assert cursor.fetchone() == (2,)
    assert UserNotification.objects.count() == 3


@on_postgresql
def test_ended_index_holds_only_dismissed_and_expiring_rows(notify):
    for columns in ({}, {"read_at": timezone.now()}):
        notify(**columns)
    for column in ("dismissed_at", "expires_at"):
        notify(**{column: timezone.now()})

    with connection.cursor() as cursor:
        cursor.execute("REINDEX INDEX themis_ended")
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'themis_ended'")
        assert cursor.fetchone() == (2,)


def test_indexes_survive_deconstruct_and_compare_by_options():
    for index in UserNotification._meta.indexes:
        path, arguments, options = index.deconstruct()
        assert path.rpartition(".")[0] in {"themis_htmx.models.indexes", "django.db.models"}
        assert type(index)(*arguments, **options) == index == deepcopy(index)
    one, other = (LatestIndex(fields=["a", "b", "c"], name="x", mariadb=m) for m in ([], ["d"]))
    assert one != other
    one, other = (AnySetIndex(fields=["id"], name="x", any_set=[name]) for name in ("a", "b"))
    assert one != other
