"""The tables of two other kits with rows in them, and the command that imports them.

test_real_kits.py does the same with the kits themselves.
"""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection

from tests.board.models import Task
from themis_htmx.importing import tables
from themis_htmx.importing.models import imported_ids, imported_q
from themis_htmx.models import UserNotification, silent

LONG_AGO = datetime(2022, 1, 5, 9, 30, tzinfo=UTC)
MADE = [
    tables.notifications_table,
    tables.generic_table,
    tables.generic_channels_table,
    tables.generic_preferences_table,
    tables.generic_frequencies_table,
]


@pytest.fixture(scope="session")
def _old_tables(django_db_setup, django_db_blocker):
    """Made once, outside of the transactions of the tests."""
    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            for table in MADE:
                editor.create_model(table())
        yield
        with connection.schema_editor() as editor:
            for table in MADE:
                editor.delete_model(table())


@pytest.fixture(autouse=True)
def old_tables(_old_tables, db):
    """Empty, also after a test whose transactions were real."""
    yield
    for table in MADE:
        table()._base_manager.all().delete()


@pytest.fixture(autouse=True)
def importing(no_outlets):
    """The app takes part, as in a project that has installed it."""
    silent.register(imported_q, imported_ids)


@pytest.fixture
def task(user):
    return Task.objects.create(title="Deploy", due_date=date(2026, 6, 1), assignee=user)


def reference(role, obj):
    """The columns by which an old row refers to an object."""
    if obj is None:
        return {}
    prefix = f"{role}_" if role else ""
    content_type = ContentType.objects.get_for_model(obj)
    return {f"{prefix}content_type_id": content_type.pk, f"{prefix}object_id": str(obj.pk)}


@pytest.fixture
def old(user, other):
    """Write a row of django-notifications: somebody did something to something."""

    def old(verb="commented on", *, to=user, actor=other, target=None, action=None, **columns):
        given = {
            "level": "info",
            "unread": True,
            "timestamp": LONG_AGO,
            "public": True,
            "deleted": False,
            "emailed": False,
            **reference("actor", actor),
            **reference("target", target),
            **reference("action_object", action),
            **columns,
        }
        table = tables.notifications_table()
        return table._base_manager.create(recipient_id=to.pk, verb=verb, **given)

    return old


@pytest.fixture
def generic(user):
    """Write a row of django-generic-notifications, and of the channels that it goes to."""

    def generic(kind="comment", *, to=user, target=None, channels=("website",), **columns):
        given = {"added": LONG_AGO, "metadata": {}, **reference("", target), **columns}
        row = tables.generic_table()._base_manager.create(
            recipient_id=to.pk, notification_type=kind, **given
        )
        for channel in channels:
            tables.generic_channels_table()._base_manager.create(
                notification_id=row.pk, channel=channel
            )
        return row

    return generic


@pytest.fixture
def run():
    """Run the command; what it says."""

    def run(kit="notifications", *options):
        said = StringIO()
        call_command("import_notifications", "--from", kit, *options, stdout=said)
        return said.getvalue()

    return run


@pytest.fixture
def imported(run):
    """Run the command; the notifications that there are then, oldest first."""

    def imported(kit="notifications", *options):
        run(kit, *options)
        return list(UserNotification.objects.order_by("pk"))

    return imported


@pytest.fixture
def recently():
    """A day ago: young enough for each toast, e-mail and push."""
    return datetime.now(UTC) - timedelta(hours=2)
