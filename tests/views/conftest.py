"""Fixtures of the tests of views."""

import pytest
from django.db import connection
from django.utils import timezone

from themis_htmx.models import UserNotification


@pytest.fixture
def make(user):
    """Make that many notifications at once, titled by number."""

    def make(number, **fields):
        rows = [UserNotification(user=user, title=str(n), **fields) for n in range(number)]
        UserNotification.objects.bulk_create(rows)

    return make


@pytest.fixture
def rows():
    """Everything that is in the database."""

    def rows():
        with connection.cursor() as cursor:
            return {name: table(cursor, name) for name in connection.introspection.table_names()}

    def table(cursor, name):
        cursor.execute(f"SELECT * FROM {connection.ops.quote_name(name)}")  # noqa: S608
        return sorted(map(repr, cursor.fetchall()))

    return rows


@pytest.fixture
def many(notify, other):
    """Some of every kind, another user's among them."""
    now = timezone.now()
    notify("Another's", to=other)
    notify("Expired", expires_at=now)
    notify("Dismissed", read_at=now, dismissed_at=now)
    notify("Read", read_at=now)
    return notify("Unread")
