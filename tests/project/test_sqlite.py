"""SQLite as Django's documentation recommends it for several writers at once."""

import pytest
from django.db import connection, connections, transaction

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users

RECOMMENDED = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
WRITERS, TIMES = 8, 25

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite")
def test_eight_writers_never_find_the_sqlite_database_locked(users, together):
    """Each writer reads first and then writes, which ends in "database is locked" otherwise."""

    def write(writer):
        connections.close_all()
        own = connections["default"]
        own.settings_dict = own.settings_dict | {"OPTIONS": RECOMMENDED}
        member = users[writer % len(users)]
        for number in range(TIMES):
            about = {"source_app": "a", "source_model": "b", "source_id": number}
            with transaction.atomic():
                unread = UserNotification.objects.for_user(member).unread()
                assert unread.count() >= 0
                notify_user(member, "one", deduplicate=True, **about)
                notify_users(users, "all", batch_size=3, source_id=f"{writer}-{number}")
            UserNotification.objects.filter(title="all", user=member).mark_read()

    together(*(lambda writer=writer: write(writer) for writer in range(WRITERS)))

    rows = UserNotification.objects
    assert rows.filter(title="all").count() == WRITERS * TIMES * len(users)
    assert rows.filter(title="one").count() == TIMES * len(users)
