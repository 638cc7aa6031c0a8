"""The batches of a cleanup run: their sizes, and runs that are killed, resumed or concurrent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connections
from django.utils import timezone

from tests.board.models import Pin
from tests.helpers.databases import REPEATABLE_READ, isolation
from tests.helpers.retries import insist
from themis_htmx.cleanup import cleanup, pace
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
OLD = NOON - timedelta(days=91)
READ = {"read_at": NOON}
DISMISSED = {"read_at": NOON, "dismissed_at": NOON}

either_way = pytest.mark.usefixtures("either_way")


class KilledError(Exception):
    pass


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def fourteen(users):
    """Of seven users one old read and one old unread notification each."""
    for member in users:
        notify_user(member, "read")
        notify_user(member, "unread")
    UserNotification.objects.filter(title="read").mark_read()
    UserNotification.objects.update(created_at=OLD)


@either_way
def test_cleanup_dry_run_counts_rows_and_deletes_none(notify):
    for columns in ({}, READ, READ, DISMISSED, {"expires_at": NOON}):
        notify(created_at=OLD, **columns)

    counts = cleanup(dry_run=True, batch_size=2)

    assert counts == {"read": 2, "dismissed": 1, "expired": 1}
    assert UserNotification.objects.count() == 5
    assert cleanup(batch_size=2) == counts


def test_cleanup_deletes_related_rows_of_a_project_without_counting_them(notify):
    old, new = notify(created_at=OLD, **READ), notify(**READ)
    for notification in (old, old, new):
        Pin.objects.create(notification=notification)

    assert cleanup(dry_run=True) == cleanup() == {"read": 1, "dismissed": 0, "expired": 0}
    assert Pin.objects.get().notification == new


def test_cleanup_with_nothing_to_delete_counts_zero(db):
    assert cleanup() == {"read": 0, "dismissed": 0, "expired": 0}


@either_way
@pytest.mark.parametrize("batch_size", [1, 3, 7, 14, 15, 1000])
def test_cleanup_deletes_the_same_rows_at_any_batch_size(fourteen, titles, batch_size, monkeypatch):
    # Batches become smaller where one takes longer than a moment, as it may on a busy machine.
    monkeypatch.setattr(pace, "MOMENT", 60)
    shares = []

    counts = cleanup(batch_size=batch_size, progress=shares.append)

    assert counts == {"read": 7, "dismissed": 0, "expired": 0}
    assert titles() == ["unread"] * 7
    assert len(shares) == -(-14 // batch_size)
    assert shares == sorted(shares)
    assert 0 < shares[0] <= shares[-1] == 1


def test_cleanup_that_reads_rows_into_memory_starts_small_and_grows_soon(fourteen, monkeypatch):
    monkeypatch.setattr(pace, "FIRST", 2)
    monkeypatch.setattr(pace, "MOMENT", 60)
    shares = []

    assert cleanup(progress=shares.append)["read"] == 7
    assert len(shares) == 2


@pytest.mark.django_db(transaction=True)
def test_cleanup_killed_within_a_range_deletes_none_of_its_rows(unpinned, notify, interleave):
    for columns in (READ, DISMISSED, {"expires_at": NOON}):
        notify(created_at=OLD, **columns)

    def kill():
        raise KilledError

    steps = [("DELETE", act) for act in (timezone.now, timezone.now, kill)]
    with pytest.raises(KilledError), interleave(*steps):
        cleanup()

    assert UserNotification.objects.count() == 3


def test_every_cleanup_batch_runs_the_same_number_of_statements(fourteen, statements):
    small = statements(lambda: cleanup(batch_size=2, dry_run=True))
    large = statements(lambda: cleanup(batch_size=14, dry_run=True))

    assert (len(small) - 2) / 7 == len(large) - 2


@either_way
@pytest.mark.django_db(transaction=True)
def test_killed_cleanup_leaves_whole_batches_and_the_next_run_goes_on(fourteen, titles):
    def kill(share):
        raise KilledError

    with pytest.raises(KilledError):
        cleanup(batch_size=6, progress=kill)
    assert titles() == ["unread"] * 3 + ["read", "unread"] * 4

    assert cleanup(batch_size=6) == {"read": 4, "dismissed": 0, "expired": 0}
    assert titles() == ["unread"] * 7


@either_way
@pytest.mark.django_db(transaction=True)
def test_four_cleanup_runs_at_once_delete_each_row_once(fourteen, titles):
    start = Barrier(4)

    def run(_number):
        try:
            start.wait()
            return insist(lambda: cleanup(batch_size=2))["read"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as runs:
        counts = list(runs.map(run, range(4)))

    # A run that was refused and tried again has forgotten what it had counted.
    assert sum(counts) == 7 or isolation() == REPEATABLE_READ
    assert titles() == ["unread"] * 7


@pytest.mark.django_db(transaction=True)
def test_cleanup_does_not_count_a_row_that_another_run_deleted(unpinned, notify, interleave):
    for columns in (READ, READ, DISMISSED, {"expires_at": NOON}):
        notify(created_at=OLD, **columns)

    def take():
        assert UserNotification.objects.filter(read_at=NOON, dismissed_at=None)[:1].get().delete()

    with interleave(("DELETE", take)):
        counts = cleanup()

    assert counts == {"read": 1, "dismissed": 1, "expired": 1}
    assert not UserNotification.objects.exists()


@either_way
def test_cleanup_leaves_rows_created_during_a_run_for_the_next_one(notify, titles):
    for title, columns in [("Old", READ), ("Unread", {}), ("Old", READ)]:
        notify(title, created_at=OLD, **columns)

    cleanup(batch_size=2, progress=lambda share: notify("New", created_at=OLD, **READ))

    assert titles() == ["Unread", "New", "New"]
