"""The signal: after the commit, once a call or a batch, and never in the caller's way."""

import logging

import pytest
from django.db import transaction

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.signals import notification_created

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def broken():
    """A receiver that raises, connected before any other."""

    def broken(sender, **kwargs):
        raise RuntimeError("the receiver's own fault")

    notification_created.connect(broken)
    yield broken
    notification_created.disconnect(broken)


def test_signal_carries_the_notification_that_was_written(user, announced):
    made = notify_user(user, "News")

    assert announced == [[made]]
    assert announced[0][0].pk == UserNotification.objects.get().pk


def test_signal_is_sent_by_the_notification_model(user):
    heard = []

    def hear(sender, signal, notifications):
        heard.append((sender, type(notifications)))

    notification_created.connect(hear, sender=UserNotification)
    try:
        notify_user(user, "News")
        notify_users([user], "News")
    finally:
        notification_created.disconnect(hear, sender=UserNotification)

    assert heard == [(UserNotification, list)] * 2


@pytest.mark.parametrize("options", [{}, {"deduplicate": True, **SOURCE}])
def test_signal_waits_for_the_commit(user, announced, options):
    with transaction.atomic():
        with transaction.atomic():
            notify_user(user, "News", **options)
            notify_users([user], "More news")
        assert announced == []

    assert [[row.title for row in batch] for batch in announced] == [["News"], ["More news"]]


@pytest.mark.parametrize("options", [{}, {"deduplicate": True, **SOURCE}])
def test_a_rollback_leaves_no_row_and_no_signal(user, announced, options):
    with transaction.atomic():
        notify_user(user, "News", **options)
        notify_users([user], "More news")
        transaction.set_rollback(True)

    assert announced == []
    assert not UserNotification.objects.exists()


def test_signal_comes_once_for_each_batch(users, announced):
    assert notify_users(users, "News", batch_size=3) == 7

    assert [[row.user for row in batch] for batch in announced] == [
        users[:3],
        users[3:6],
        users[6:],
    ]
    assert {row.pk for batch in announced for row in batch} == set(
        UserNotification.objects.values_list("pk", flat=True)
    )


def test_signal_is_not_sent_when_nothing_is_written(user, announced):
    user.profile.notifications_enabled = False
    user.profile.save()
    notify_user(user, "News")
    notify_user(None, "News")
    notify_users([user, None], "News")
    notify_users([], "News")

    assert announced == []


def test_signal_leaves_out_duplicates(users, announced):
    notify_users(users[:2], "News", deduplicate=True, **SOURCE)
    notify_user(users[0], "News", deduplicate=True, **SOURCE)
    notify_users(users[:3], "News", deduplicate=True, **SOURCE)

    assert [[row.user for row in batch] for batch in announced] == [users[:2], users[2:3]]


def test_signal_receiver_that_raises_breaks_no_caller_or_other_receiver(
    user, broken, announced, caplog
):
    with transaction.atomic():
        made = notify_user(user, "News")
    count = notify_users([user], "More news")

    assert (made.pk, count) == (UserNotification.objects.earliest("pk").pk, 1)
    assert [[row.title for row in batch] for batch in announced] == [["News"], ["More news"]]


def test_signal_receiver_that_raises_is_logged(user, broken, caplog):
    notify_user(user, "News")

    record = next(record for record in caplog.records if record.name == "themis")
    assert record.levelno == logging.ERROR
    assert "notification_created" in record.getMessage()
    assert "broken" in record.getMessage()
    assert "the receiver's own fault" in str(record.exc_info[1])


def test_signal_receiver_may_call_notify_user_itself(user, other, titles):
    def forward(sender, notifications, **kwargs):
        if notifications[0].user != other:
            notify_user(other, "Forwarded")

    notification_created.connect(forward)
    try:
        notify_user(user, "News")
    finally:
        notification_created.disconnect(forward)

    assert titles() == ["News", "Forwarded"]
