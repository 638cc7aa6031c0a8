"""An import that is killed, run again, or run twice at once: nothing is lost or comes twice."""

from concurrent.futures import ThreadPoolExecutor, wait
from threading import Event

import pytest
from django.core.management import CommandError
from django.db import OperationalError, connection, connections, transaction

from themis_htmx.importing import locks, tables
from themis_htmx.importing.ids import reserve_ids
from themis_htmx.importing.kits import GenericNotifications, Notifications
from themis_htmx.importing.models import ImportedRange, imported_q, ranges
from themis_htmx.importing.run import Import
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user


class KilledError(Exception):
    """The process ends here."""


def delete_by_sql(user):
    """Delete a user as another process would."""
    type(user).objects.filter(pk=user.pk)._raw_delete(using="default")


def in_a_connection(action):
    """Run an action of another process, on a connection of its own."""
    try:
        return action()
    finally:
        connections.close_all()


def die_after(batches):
    """A progress bar that kills the run after so many batches."""
    shares = []

    def progress(share):
        shares.append(share)
        if len(shares) == batches:
            raise KilledError

    return progress


def test_run_that_was_killed_goes_on_where_it_was(old, run, titles):
    for number in range(10):
        old(f"did {number}")
    with pytest.raises(KilledError):
        Import(Notifications(), batch_size=3, progress=die_after(2)).run()
    assert len(titles()) == 6

    assert run().startswith("Imported 4 notification(s)")
    assert titles() == [f"grace did {number}" for number in range(10)]


def test_second_run_imports_only_what_has_come_since(old, run, titles):
    old("was first")
    run()
    assert run().startswith("Imported 0 notification(s)")

    old("was second")
    assert run().startswith("Imported 1 notification(s)")
    assert titles() == ["grace was first", "grace was second"]


def test_notification_that_was_deleted_or_read_since_does_not_come_again(old, run, titles):
    old("was deleted")
    old("was read")
    run()
    UserNotification.objects.get(title="grace was deleted").delete()
    UserNotification.objects.all().mark_read()

    run()
    assert titles() == ["grace was read"]


def test_gaps_between_old_rows_do_not_end_a_run(old, run, titles):
    for number in range(5):
        old(f"did {number}", pk=1 + 1000 * number)

    run("notifications", "--batch-size", "2")
    assert len(titles()) == 5


def test_notification_that_is_sent_in_the_middle_stands_above_all_that_is_imported(
    old, user, titles
):
    for number in range(4):
        old(f"did {number}")
    notify_user(user, "Before")

    def progress(share):
        notify_user(user, f"Meanwhile {share}")

    Import(Notifications(), batch_size=2, progress=progress).run()
    notify_user(user, "After")
    imported = [f"grace did {number}" for number in range(4)]
    assert titles() == ["Before", *imported, "Meanwhile 0.5", "Meanwhile 1.0", "After"]


def test_reserved_ids_are_given_to_no_other_notification(user):
    notify_user(user, "Before")
    UserNotification.objects.create(user=user, title="With an id of its own", pk=500_000)
    first = reserve_ids(1000)
    one = notify_user(user, "After")

    assert first > 500_000
    assert one.pk >= first + 1000
    assert reserve_ids(10) > one.pk


def test_rows_of_a_project_without_a_single_user_are_left_out(old, run, user):
    old()
    tables.notifications_table()._base_manager.update(recipient_id=987_654)
    type(user).objects.all().delete()

    assert "Left out 1: of users who are gone." in run()
    user = type(user).objects.create_user("new")
    old("was late", to=user, actor=None)
    last = notify_user(user, "Sent")
    # Above what was reserved, so it is told of.
    assert not UserNotification.objects.filter(imported_q(), pk=last.pk)
    assert run().startswith("Imported 1 notification(s)")


@pytest.mark.django_db(transaction=True)
def test_user_who_is_deleted_while_their_rows_are_imported_is_left_out(
    old, user, other, titles, elsewhere
):
    class Kit(Notifications):
        """Somebody deletes the user when the first batch has been read."""

        def read(self, *args):
            rows = super().read(*args)
            elsewhere(lambda: delete_by_sql(user))
            return rows

    old("told ada")
    old("told grace", to=other)
    run = Import(Kit())
    run.run()

    assert titles() == ["grace told grace"]
    assert run.left_out == {"of users who are gone": 1}
    assert run.counts["imported"] == 1


def test_batch_that_fails_each_time_ends_the_run_and_counts_nothing(old, titles):
    class Kit(Notifications):
        """The database refuses every batch."""

        def read(self, *args):
            raise OperationalError("the disk is full")

    old("told ada")
    run = Import(Kit())

    with pytest.raises(OperationalError, match="the disk is full"):
        run.run()
    assert titles() == []
    assert not run.counts["imported"]


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_import_each_row_once(old, together, titles):
    for number in range(60):
        old(f"did {number}")

    def run():
        try:
            Import(Notifications(), batch_size=5).run()
        except Exception as error:
            return error

    outcomes = together(run, run)
    # One of them may have to give up; then the other one goes on, or the next.
    Import(Notifications(), batch_size=5).run()
    assert titles() == [f"grace did {number}" for number in range(60)]
    for error in filter(None, outcomes):
        assert "Another run imports the same table" in str(error) or "locked" in str(error)


def test_run_stops_while_an_undo_was_not_brought_to_its_end(old, run):
    old()
    run()
    ImportedRange.objects.update(is_being_removed=True)

    with pytest.raises(CommandError, match="Run this command with --undo until it ends"):
        run()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has a single writer")
@pytest.mark.django_db(transaction=True)
def test_run_waits_for_old_rows_that_are_not_committed_yet(old, titles):
    began, committed = Event(), Event()

    def write():
        with transaction.atomic():
            old("was slow")
            began.set()
            committed.wait(30)

    with ThreadPoolExecutor(2) as others:
        slow = others.submit(in_a_connection, write)
        began.wait(30)
        old("was fast")
        run = others.submit(in_a_connection, Import(Notifications()).run)
        wait([run], timeout=0.5)
        committed.set()
        slow.result()
        run.result()

    assert titles() == ["grace was slow", "grace was fast"]


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has a single writer")
@pytest.mark.django_db(transaction=True)
def test_run_waits_for_old_rows_that_are_not_committed_yet_also_where_nothing_else_is_new(
    old, titles
):
    old("was there")
    Import(Notifications()).run()
    began, committed = Event(), Event()

    def write():
        with transaction.atomic():
            old("was slow")
            began.set()
            committed.wait(30)

    with ThreadPoolExecutor(2) as others:
        slow = others.submit(in_a_connection, write)
        began.wait(30)
        run = others.submit(in_a_connection, Import(Notifications()).run)
        wait([run], timeout=0.5)
        committed.set()
        slow.result()
        run.result()

    assert titles() == ["grace was there", "grace was slow"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="elsewhere the wait is the server's")
@pytest.mark.django_db(transaction=True)
def test_run_gives_up_where_old_rows_are_not_committed_for_long(old, run, elsewhere, monkeypatch):
    monkeypatch.setattr(locks, "WAIT", "50ms")
    old("was fast")

    with transaction.atomic():
        old("was slow")
        with pytest.raises(CommandError) as error:
            elsewhere(run)
    assert str(error.value) == (
        "Somebody else has been at work on 'notifications_notification' for too long: canceling "
        "statement due to lock timeout. Run this one again."
    )
    assert run().startswith("Imported 2 notification(s)")


@pytest.mark.django_db(transaction=True)
def test_imports_of_two_tables_at_once_have_ids_of_their_own(old, generic, together, titles):
    for number in range(20):
        old(f"did {number}")
        generic(subject=f"Comment {number}")

    def run(kit):
        try:
            Import(kit, batch_size=5).run()
        except Exception as error:
            if "locked" not in str(error):
                raise

    together(lambda: run(Notifications()), lambda: run(GenericNotifications()))
    # SQLite may have told one of two writers to come again.
    run(Notifications())
    run(GenericNotifications())
    one, two = ranges()
    assert one.last < two.first
    assert len(titles()) == 40


def test_run_that_gets_ids_of_another_import_writes_nothing(old, run, titles):
    ImportedRange.objects.create(
        table="bells", after=0, offset=0, first=1, last=10**12, done=10**12
    )
    old()

    with pytest.raises(CommandError, match="Another import has taken the same ids"):
        run()
    assert titles() == []
    assert ImportedRange.objects.count() == 1
