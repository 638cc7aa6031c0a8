"""The writes of a call: part of the caller's transaction, whole in the face of refused rows."""

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import post_init

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
ONCE = {"deduplicate": True, **SOURCE}

transactional = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blocked(user, notify):
    """A user whose key is held by an unread row that is no duplicate: its source was changed."""
    notify("Moved", **ONCE)
    UserNotification.objects.update(source_id="43")
    return user


@pytest.fixture
def spoil():
    """Make every new row one that the database refuses, for a reason of its own."""
    receivers = []

    def spoil(to=None, **columns):
        def change(instance, **kwargs):
            if instance.pk is None and to in {None, instance.user_id}:
                vars(instance).update(columns)

        receivers.append(change)
        post_init.connect(change, sender=UserNotification)

    yield spoil
    for change in receivers:
        post_init.disconnect(change, sender=UserNotification)


def everything():
    return UserNotification.objects.order_by("pk")


def test_the_callers_transaction_stays_usable_after_a_refused_duplicate(blocked, other, titles):
    with transaction.atomic():
        assert notify_user(blocked, "News", **ONCE) is None
        assert User.objects.count() == 2
        assert notify_user(other, "News", **ONCE)

    assert titles() == ["Moved", "News"]


@pytest.mark.parametrize("batch_size", [1, 2, 7, 8])
def test_refused_duplicate_keeps_no_other_user_from_being_notified(blocked, users, batch_size):
    everyone = [*users[:3], blocked, *users[3:]]

    with transaction.atomic():
        count = notify_users(everyone, "News", batch_size=batch_size, **ONCE)
        told = everything().filter(title="News")
        assert (count, [row.user for row in told]) == (7, users)


@pytest.mark.parametrize("options", [{}, ONCE], ids=["plain", "deduplicated"])
@pytest.mark.parametrize("column", ["title", "id"])
def test_integrity_error_that_is_no_duplicate_is_raised(
    user, notify, spoil, announced, options, column
):
    taken = notify("Before")
    spoil(**{"title": {"title": None}, "id": {"id": taken.pk}}[column])

    for call, users in [(notify_user, user), (notify_users, [user])]:
        with pytest.raises(IntegrityError), transaction.atomic():
            call(users, "News", "dedup_key", **options)

    assert everything().get() == taken


def test_integrity_error_of_a_fan_out_is_raised_at_the_first_attempt(users, spoil):
    spoil(title=None)
    ran = []

    def note(execute, sql, *rest):
        ran.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(note), pytest.raises(IntegrityError), transaction.atomic():
        notify_users(users, "News", **ONCE)

    assert len([sql for sql in ran if sql.startswith("INSERT")]) == 1


def test_integrity_error_beside_a_duplicate_is_raised(blocked, users, spoil, titles):
    spoil(to=users[3].pk, title=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        notify_users([blocked, *users], "News", **ONCE)

    assert titles() == ["Moved"]


@transactional
def test_each_batch_commits_by_itself_so_a_crash_leaves_whole_batches(users, announced):
    def crash():
        yield from users[:4]
        raise ConnectionError

    with pytest.raises(ConnectionError):
        notify_users(crash(), "News", batch_size=3)

    assert [row.user for row in everything()] == users[:3]
    assert [len(batch) for batch in announced] == [3]


@transactional
def test_rollback_takes_back_all_batches_of_a_fan_out(users, announced):
    with transaction.atomic():
        notify_users(users, "News", batch_size=3)
        transaction.set_rollback(True)

    assert not everything().exists()
    assert announced == []
