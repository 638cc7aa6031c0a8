"""Concurrent writers: one notification for each source, whichever writer comes first."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from threading import Event
from time import sleep

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.db.models.signals import pre_save
from django.test import skipUnlessDBFeature
from django.utils import timezone

from tests.helpers.databases import REPEATABLE_READ, isolation
from tests.helpers.retries import insist
from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.notifications import notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
ONCE = {"deduplicate": True, **SOURCE}
WRITERS = 16

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_once(together):
    """Let all writers do the same at the same time."""
    return lambda action: together(*[action] * WRITERS)


@pytest.fixture
def in_two_statements():
    """A receiver listens to the model, so PostgreSQL, too, checks and writes in two statements."""

    def listen(**kwargs):
        pass

    pre_save.connect(listen, sender=UserNotification)
    yield
    pre_save.disconnect(listen, sender=UserNotification)


def closing(action):
    try:
        return action()
    finally:
        connections.close_all()


def everything():
    return UserNotification.objects.order_by("pk")


def test_sixteen_writers_about_25_sources_make_25_rows(user, at_once):
    def write():
        sources = [SOURCE | {"source_id": number} for number in range(25)]
        return sum(bool(notify_user(user, "N", deduplicate=True, **about)) for about in sources)

    counts = at_once(write)

    assert everything().count() == sum(counts) == 25
    assert everything().values("source_id").distinct().count() == 25


def test_sixteen_writers_in_transactions_about_25_sources_make_25_rows(user, at_once):
    def write():
        for number in range(25):
            with transaction.atomic():
                # SQLite lets no transaction write that has read what is no longer so.
                User.objects.filter(pk=0).update(last_name="")
                notify_user(user, "News", deduplicate=True, **SOURCE | {"source_id": number})
                # A snapshot hides what a competitor has committed since; usable it stays.
                seen = everything().filter(source_id=number).count()
                assert seen == 1 or (seen == 0 and isolation() == REPEATABLE_READ)

    at_once(write)

    assert everything().count() == 25


@pytest.mark.parametrize("way", [list, lambda users: User.objects.all()], ids=["list", "queryset"])
def test_sixteen_fan_outs_notify_each_user_once_and_count_exactly(users, at_once, way):
    counts = at_once(lambda: notify_users(way(users), "News", batch_size=3, **ONCE))

    assert sum(counts) == 7
    assert sorted(row.user_id for row in everything()) == [user.pk for user in users]


def test_sixteen_writers_take_an_expired_dedup_key_over_once(user, notify, at_once):
    notify("Expired", expires_at=timezone.now(), **ONCE)

    made = at_once(lambda: insist(lambda: notify_user(user, "News", **ONCE)))

    assert len([row for row in made if row]) == 1
    assert everything().filter(title="News").count() == 1


@contextmanager
def competing(user, *, commits=True):
    """A competitor has written about the same source and has not ended its transaction yet."""
    written = Event()

    def compete():
        with transaction.atomic():
            notify_user(user, "Theirs", **ONCE)
            written.set()
            sleep(0.2)
            transaction.set_rollback(not commits)

    with ThreadPoolExecutor(1) as competitor:
        outcome = competitor.submit(closing, compete)
        assert written.wait(timeout=10)
        yield
        outcome.result()


@pytest.mark.parametrize("commits", [True, False], ids=["commits", "rolls back"])
def test_notify_user_waits_for_a_competing_writer_and_obeys_its_outcome(user, titles, commits):
    with competing(user, commits=commits):
        mine = notify_user(user, "Mine", **ONCE)

    assert (mine is None) == commits
    assert titles() == ["Theirs" if commits else "Mine"]


@skipUnlessDBFeature("has_select_for_update")  # SQLite has one writer at a time.
def test_transaction_stays_usable_after_waiting_for_a_competing_writer(user, other, titles):
    with competing(user), transaction.atomic():
        assert notify_user(user, "Mine", **ONCE) is None
        assert notify_user(other, "Another's", **ONCE)

    assert titles() == ["Theirs", "Another's"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="The others look before they wait.")
def test_duplicate_read_while_notify_user_waits_does_not_suppress_it(user, interleave, titles):
    with competing(user), interleave(("INSERT", everything().mark_read)):
        assert notify_user(user, "Mine", **ONCE)

    assert titles() == ["Theirs", "Mine"]


@skipUnlessDBFeature("has_select_for_update")  # SQLite has one writer at a time.
def test_a_waiting_fan_out_does_not_block_the_other_writer(users):
    with ThreadPoolExecutor(1) as competitor, transaction.atomic():
        notify_user(users[3], "Theirs", **ONCE)
        outcome = competitor.submit(closing, lambda: notify_users(users, "Mine", **ONCE))
        sleep(0.3)
        assert notify_user(users[5], "Theirs, too")
        assert not outcome.done()
        transaction.on_commit(lambda: heard.append(outcome.result(timeout=10)))
        heard = []

    assert heard == [6]


@pytest.mark.usefixtures("in_two_statements")
def test_notify_user_returns_none_when_a_competitor_inserts_first(user, interleave, titles):
    with interleave(("INSERT", lambda: notify_user(user, "Theirs", **ONCE))):
        assert notify_user(user, "Mine", **ONCE) is None

    assert titles() == ["Theirs"]


def test_fan_out_neither_notifies_nor_counts_users_told_by_a_competitor(users, interleave):
    def compete():
        notify_user(users[2], "Theirs", **ONCE)
        notify_user(users[4], "Theirs", **ONCE)

    with interleave(("INSERT", compete)):
        assert notify_users(users, "Mine", **ONCE) == 5

    told = everything().filter(title="Mine")
    assert [row.user for row in told] == [users[0], users[1], users[3], *users[5:]]


@pytest.mark.usefixtures("in_two_statements")
def test_competing_duplicate_read_at_once_does_not_suppress_notify_user(user, interleave, titles):
    with interleave(
        ("INSERT", lambda: notify_user(user, "Theirs", **ONCE)),
        ("SELECT", everything().mark_read),
    ):
        assert notify_user(user, "Mine", **ONCE)

    assert titles() == ["Theirs", "Mine"]


def test_competing_duplicate_read_at_once_does_not_suppress_a_fan_out(users, interleave, announced):
    # Only where somebody listens are looking and writing two statements, between which one can act.
    with interleave(
        ("INSERT", lambda: notify_user(users[2], "Theirs", **ONCE)),
        ("SELECT", everything().mark_read),
    ):
        assert notify_users(users, "Mine", **ONCE) == 7


def test_dedup_key_is_not_taken_from_a_row_that_is_unread_again(user, notify, interleave, titles):
    notify("First", **ONCE)
    everything().update(read_at=timezone.now())

    with interleave(("UPDATE", everything().mark_unread)):
        assert notify_user(user, "Second", **ONCE) is None

    assert titles() == ["First"]


def test_notify_user_returns_none_when_a_competitor_takes_the_key_first(
    user, notify, interleave, titles
):
    notify("Expired", expires_at=timezone.now(), **ONCE)

    with interleave(("UPDATE", lambda: notify_user(user, "Theirs", **ONCE))):
        assert notify_user(user, "Mine", **ONCE) is None

    assert titles() == ["Expired", "Theirs"]


@pytest.mark.usefixtures("in_two_statements")
@skipUnlessDBFeature("has_select_for_update")  # SQLite has one writer at a time.
def test_transaction_stays_usable_after_a_competitor_inserts_first(user, other, interleave, titles):
    with transaction.atomic(), interleave(("INSERT", lambda: notify_user(user, "T", **ONCE))):
        assert notify_user(user, "Mine", **ONCE) is None
        assert notify_users([user, other], "Mine", **ONCE) == 1

    assert titles() == ["T", "Mine"]


@pytest.mark.parametrize("frame", [nullcontext, transaction.atomic])
def test_sixteen_tabs_that_mute_one_source_create_one_row(user, at_once, frame):
    def write():
        with frame():
            SourcePreference.objects.mute(user, "tasks")

    at_once(lambda: insist(write))

    assert SourcePreference.objects.get().source_app == "tasks"
