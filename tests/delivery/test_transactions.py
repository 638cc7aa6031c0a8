"""The caller's transaction: rollbacks, deadlocks and snapshots."""

from contextlib import contextmanager
from threading import Barrier

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test import skipUnlessDBFeature

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task"}
ONCE = {"deduplicate": True, **SOURCE}

pytestmark = pytest.mark.django_db(transaction=True)
# SQLite has one writer at a time: none can wait for another in a circle, or write upon a snapshot.
between_writers = skipUnlessDBFeature("has_select_for_update")


@pytest.fixture(params=["one", "many"])
def notify_either(request, user):
    """Notify one user by the function for one, and by the function for many."""
    return {
        "one": lambda title, **options: int(notify_user(user, title, **options) is not None),
        "many": lambda title, **options: notify_users([user], title, **options),
    }[request.param]


@pytest.mark.parametrize("options", [{}, {**ONCE, "source_id": "1"}], ids=["plain", "deduplicated"])
def test_a_rollback_leaves_neither_row_nor_signal(notify_either, announced, titles, options):
    with transaction.atomic():
        assert notify_either("News", **options) == 1
        transaction.set_rollback(True)

    assert (titles(), announced) == ([], [])
    assert notify_either("Again", **options) == 1


def test_rollback_of_a_savepoint_takes_back_only_later_notifications(
    notify_either, announced, titles
):
    with transaction.atomic():
        notify_either("Before", **ONCE, source_id="1")
        with transaction.atomic():
            notify_either("Within", **ONCE, source_id="2")
            transaction.set_rollback(True)
        assert notify_either("After", **ONCE, source_id="2") == 1

    assert titles() == ["Before", "After"]
    assert [[row.title for row in batch] for batch in announced] == [["Before"], ["After"]]


@between_writers
def test_a_deadlock_reaches_the_caller_and_a_retry_makes_exactly_one_row(user, together):
    """Each writer has written about one source and now writes about the other's."""
    met, deadlocks = Barrier(2), []

    def write(mine, theirs, waiting):
        with transaction.atomic():
            notify_user(user, "News", **ONCE, source_id=mine)
            if waiting:
                met.wait(timeout=10)
            notify_user(user, "News", **ONCE, source_id=theirs)

    def insist(mine, theirs, waiting=True):
        try:
            write(mine, theirs, waiting)
        except OperationalError as error:
            deadlocks.append(error)
            assert not connections["default"].in_atomic_block
            insist(mine, theirs, waiting=False)

    together(lambda: insist("1", "2"), lambda: insist("2", "1"))

    # PostgreSQL may end both, when they look at the same moment.
    assert deadlocks, "nobody waited for the other, so nothing was tried"
    assert sorted(UserNotification.objects.values_list("source_id", flat=True)) == ["1", "2"]


@between_writers
def test_snapshot_that_hides_a_competing_row_leads_to_no_duplicate(
    user, other, elsewhere, titles, notify_either
):
    with repeatable_read():
        assert titles() == []
        elsewhere(lambda: notify_user(user, "Theirs", **ONCE, source_id="1"))
        assert titles() == [], "there is no snapshot, so nothing was hidden"

        assert notify_either("Mine", **ONCE, source_id="1") == 0
        assert notify_either("Mine", **ONCE, source_id="2") == 1
        assert notify_user(other, "Mine", **ONCE, source_id="1")

    assert sorted(titles()) == ["Mine", "Mine", "Theirs"]


@contextmanager
def repeatable_read():
    """A transaction that sees what was there when it first looked, whatever others commit."""
    if connection.vendor == "mysql":
        _set("SESSION TRANSACTION")
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _set("TRANSACTION")
        yield
    # The next one has the level that the settings name.
    connection.close()


def _set(scope):
    with connection.cursor() as cursor:
        cursor.execute(f"SET {scope} ISOLATION LEVEL REPEATABLE READ")
