"""Duplicates: one notification for each source, until it is read, dismissed or expired."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
HOUR = timedelta(hours=1)


@pytest.fixture(params=["one", "list", "queryset"])
def once(request, user):
    """Notify the user once about a source, by each way in; return how many that made."""
    ways = {
        "one": lambda **fields: int(notify_user(user, deduplicate=True, **fields) is not None),
        "list": lambda **fields: notify_users([user], deduplicate=True, **fields),
        "queryset": lambda **fields: notify_users(
            User.objects.filter(pk=user.pk), deduplicate=True, **fields
        ),
    }
    return lambda **fields: ways[request.param](**{"title": "News"} | SOURCE | fields)


@pytest.fixture
def first(notify):
    """An unread notification about the source that holds the key."""
    return notify("First", deduplicate=True, **SOURCE)


def keys():
    """Return for each row whether it holds a key, oldest first."""
    held = UserNotification.objects.order_by("pk").values_list("dedup_key", flat=True)
    return [key is not None for key in held]


@pytest.mark.parametrize(
    "differently", [{}, {"title": "Other"}, {"level": "danger"}, {"url": "/a/"}, {"source_id": 42}]
)
def test_second_notification_about_an_unread_source_is_a_duplicate(first, once, differently):
    assert once(**differently) == 0
    assert UserNotification.objects.get() == first


@pytest.mark.parametrize("part", SOURCE)
@pytest.mark.parametrize("value", ["Tasks", "TASK", "42 ", " 42", "é", "e", "E"])
def test_notification_about_a_different_source_is_no_duplicate(first, once, part, value):
    assert once(**{part: value}) == 1
    assert once(**{part: value}) == 0


def test_notification_to_a_different_user_is_no_duplicate(first, other):
    assert notify_user(other, "News", deduplicate=True, **SOURCE)
    assert notify_users([other, first.user], "News", deduplicate=True, **SOURCE) == 0


def test_call_without_deduplicate_writes_a_row_and_sets_no_key(first, user):
    assert notify_user(user, "News", **SOURCE)
    assert notify_users([user], "News", **SOURCE) == 1
    assert keys() == [True, False, False]


def test_unread_row_without_a_dedup_key_still_makes_a_duplicate(user, once):
    UserNotification.objects.create(user=user, title="By hand", **SOURCE)

    assert once() == 0


@pytest.mark.parametrize("verb", ["mark_read", "dismiss"])
def test_reading_or_dismissing_clears_the_dedup_key_and_allows_a_new_row(first, once, verb):
    getattr(UserNotification.objects.all(), verb)()

    assert keys() == [False]
    assert once() == 1
    assert keys() == [False, True]


@pytest.mark.parametrize("verbs", [["mark_read", "mark_unread"], ["dismiss", "restore"]])
def test_mark_unread_and_restore_set_no_key_but_block_duplicates(first, once, verbs):
    for verb in verbs:
        getattr(UserNotification.objects.all(), verb)()

    assert keys() == [False]
    assert once() == 0


@pytest.mark.parametrize("verbs", [["mark_read", "mark_unread"], ["dismiss", "restore"]])
def test_mark_unread_or_restore_beside_a_newer_row_keeps_both(first, once, verbs, titles):
    getattr(UserNotification.objects.all(), verbs[0])()
    once(title="Second")
    getattr(UserNotification.objects.filter(pk=first.pk), verbs[1])()

    assert (titles(), keys()) == (["First", "Second"], [False, True])
    assert UserNotification.objects.unread().count() == 2


@pytest.mark.parametrize("column", ["read_at", "dismissed_at", "expires_at"])
def test_row_read_dismissed_or_expired_by_an_update_loses_its_dedup_key(first, once, column):
    UserNotification.objects.update(**{column: timezone.now()})
    assert keys() == [True]

    assert once() == 1
    assert keys() == [False, True]


def test_dedup_key_is_taken_over_once_its_holder_has_expired(user, once, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    notify_user(user, "First", expires_at=now + HOUR, deduplicate=True, **SOURCE)

    time_machine.move_to(now + HOUR - timedelta(microseconds=1), tick=False)
    assert once() == 0

    time_machine.move_to(now + HOUR, tick=False)
    assert once() == 1
    assert keys() == [False, True]


def test_taking_a_dedup_key_over_leaves_keys_of_other_users_alone(users, once, user, notify):
    for member in users:
        notify(to=member, deduplicate=True, **SOURCE)
    notify(deduplicate=True, expires_at=timezone.now(), **SOURCE)

    assert once() == 1
    assert keys() == [True] * 7 + [False, True]


def test_a_fan_out_skips_only_users_with_an_unread_duplicate(users, notify):
    notify(to=users[1], deduplicate=True, **SOURCE)
    notify(to=users[3], deduplicate=True, expires_at=timezone.now(), **SOURCE)
    notify(to=users[5], **SOURCE)

    count = notify_users(users, "Told", deduplicate=True, batch_size=3, **SOURCE)

    told = UserNotification.objects.filter(title="Told").exclude(dedup_key=None)
    assert (count, told.count()) == (5, 5)
    assert all(UserNotification.objects.for_user(to).unread().count() == 1 for to in users)


def test_reminder_that_is_scheduled_keeps_no_news_away(once):
    assert once(title="Reminder", visible_from=timezone.now() + HOUR) == 1

    assert once(title="News") == 1


def test_reminder_is_scheduled_once(once):
    later = timezone.now() + HOUR

    assert [once(visible_from=later) for _time in range(3)] == [1, 0, 0]


def test_reminder_that_is_due_is_a_duplicate_like_any_other(once, time_machine):
    once(title="Reminder", visible_from=timezone.now() + HOUR)
    time_machine.move_to(timezone.now() + 2 * HOUR)

    assert once(title="News") == 0


def test_unread_one_keeps_a_reminder_away(once, first):
    assert once(title="Reminder", visible_from=timezone.now() + HOUR) == 0


def test_snoozed_one_keeps_the_next_away(once, first):
    UserNotification.objects.filter(pk=first.pk).update(visible_from=timezone.now() + HOUR)

    assert once(title="News") == 0
