"""Merging two accounts: what one user has been told and has muted goes to the other."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection, transaction
from django.test import skipUnlessDBFeature

from tests.shop.models import Customer
from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.notifications import notify_user

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
ONCE = {"deduplicate": True, **SOURCE}
VERBS = [UserNotification.objects.move, SourcePreference.objects.move]

each_verb = pytest.mark.parametrize("move", VERBS, ids=["notifications", "muted sources"])


def titles_of(user):
    return [row.title for row in UserNotification.objects.filter(user=user).order_by("pk")]


def test_every_notification_moves_and_keeps_its_state(user, other, notify):
    states = {
        "unread": {},
        "read": {"read_at": NOON},
        "dismissed": {"read_at": NOON, "dismissed_at": NOON},
        "expired": {"expires_at": NOON},
    }
    for title, columns in states.items():
        notify(title, **columns)
    notify("of the other", to=other)

    assert UserNotification.objects.move(user, other) == 4

    assert titles_of(user) == []
    assert titles_of(other) == [*states, "of the other"]
    for title, columns in states.items():
        row = UserNotification.objects.get(title=title)
        assert {name: getattr(row, name) for name in columns} == columns


def test_moving_nothing_is_no_mistake(user, other, notify):
    notify("of the other", to=other)

    assert UserNotification.objects.move(user, other) == 0
    assert titles_of(other) == ["of the other"]


@pytest.mark.parametrize("stale", [None, "user", "other"])
def test_two_unread_notifications_about_one_source_both_stay(user, other, notify, stale):
    """Both hold the same dedup key, of which a user has one; either may have expired."""
    soon = datetime.now(UTC) + timedelta(hours=1)
    rows = [notify(one.username, to=one, **ONCE, expires_at=soon) for one in (user, other)]
    for row in rows:
        if row.user.username == {"user": "ada", "other": "grace"}.get(stale):
            UserNotification.objects.filter(pk=row.pk).update(expires_at=NOON)

    assert UserNotification.objects.move(user, other) == 1
    assert titles_of(other) == ["ada", "grace"]

    assert notify_user(other, "A duplicate", **ONCE) is None
    UserNotification.objects.for_user(other).mark_read()
    assert notify_user(other, "The next", **ONCE)
    assert notify_user(other, "A duplicate of that", **ONCE) is None


def test_a_moved_notification_still_prevents_a_duplicate(user, other, notify):
    notify("Moved", **ONCE)
    UserNotification.objects.move(user, other)

    assert notify_user(other, "A duplicate", **ONCE) is None
    assert notify_user(user, "Of the old account", **ONCE)


def test_only_what_a_queryset_holds_is_moved(user, other, notify):
    notify("Task", **SOURCE)
    notify("Invoice", source_app="billing")

    assert UserNotification.objects.filter(source_app="billing").move(user, other) == 1
    assert titles_of(user) == ["Task"]


def test_muted_sources_move_and_the_other_users_own_choices_stay(user, other):
    for source, urgent in [("tasks", True), ("billing", False), ("chat", True)]:
        SourcePreference.objects.mute(user, source)
        SourcePreference.objects.mute_urgent(user, source, including_urgent=urgent)
    SourcePreference.objects.mute(other, "tasks")
    SourcePreference.objects.mute(other, "news")

    assert SourcePreference.objects.move(user, other) == 3

    muted = SourcePreference.objects.order_by("source_app")
    assert list(muted.values_list("user", "source_app", "including_urgent")) == [
        (other.pk, "billing", False),
        (other.pk, "chat", True),
        (other.pk, "news", False),
        (other.pk, "tasks", False),
    ]
    assert SourcePreference.objects.move(user, other) == 0


def test_choices_of_a_third_user_stay_as_they_are(user, other, users):
    """Also where they leave open what the moved preference says."""
    SourcePreference.objects.mute(user, "tasks")
    SourcePreference.objects.choose(other, "tasks", "email", wanted=False)
    SourcePreference.objects.choose(users[0], "tasks", "email", wanted=False)

    SourcePreference.objects.move(user, other)

    [row] = SourcePreference.objects.for_user(users[0])
    assert (row.bell, row.email) == (None, False)
    [row] = SourcePreference.objects.for_user(other)
    assert (row.bell, row.email) == (False, False)


def test_channels_of_which_the_other_user_said_nothing_are_taken_over(user, other, settings):
    settings.THEMIS_SOURCES = {"tasks": {"email": False}}
    choose = SourcePreference.objects.choose
    for channel, wanted in [("bell", False), ("desktop", False), ("email", True)]:
        choose(user, "tasks", channel, wanted)
    choose(user, "news", "email", wanted=False)
    settings.THEMIS_SOURCES = {}
    choose(other, "tasks", "email", wanted=False)

    assert SourcePreference.objects.move(user, other) == 2

    found = SourcePreference.objects.order_by("source_app")
    columns = ("user", "source_app", "bell", "desktop", "email")
    assert list(found.values_list(*columns)) == [
        (other.pk, "news", None, None, False),
        (other.pk, "tasks", False, False, False),
    ]


@each_verb
def test_more_rows_cost_no_more_queries(user, other, notify, statements, move):
    def fill(number):
        for count in range(number):
            notify(source_app=f"source {count}")
            SourcePreference.objects.mute(user, f"source {count}")

    fill(1)
    few = statements(lambda: move(user, other))
    fill(20)

    assert len(statements(lambda: move(user, other))) == len(few) <= 6


@each_verb
@pytest.mark.parametrize("argument", ["from_user", "to_user"])
@pytest.mark.parametrize(
    ("mistake", "error"),
    [(User(username="new"), ValueError), (AnonymousUser(), TypeError), (None, TypeError)],
    ids=["unsaved", "anonymous", "none"],
)
def test_a_mistake_names_its_argument_and_moves_nothing(
    user, notify, move, argument, mistake, error
):
    notify()
    users = {"from_user": user, "to_user": user, argument: mistake}

    with pytest.raises(error, match=f"^{argument}: "):
        move(**users)
    assert titles_of(user) == ["News"]


@each_verb
def test_a_user_is_not_merged_with_the_same_user(user, move):
    with pytest.raises(ValueError, match=r"^to_user: .* is from_user"):
        move(user, User.objects.get(pk=user.pk))


@each_verb
def test_a_child_of_the_user_model_stands_for_its_user(user, notify, move):
    customer = Customer.objects.create(username="grace", number=user.pk)
    notify()
    SourcePreference.objects.mute(user, "tasks")

    assert move(user, customer) == 1
    assert move(User.objects.get(username="grace"), user) == 1
    with pytest.raises(ValueError, match=r"^to_user: .* is from_user"):
        move(User.objects.get(username="grace"), customer)


@pytest.mark.django_db(transaction=True)
@each_verb
def test_a_rollback_undoes_the_move(user, other, notify, move):
    notify()
    SourcePreference.objects.mute(user, "tasks")

    with transaction.atomic():
        assert move(user, other) == 1
        transaction.set_rollback(True)

    assert titles_of(user) == ["News"]
    assert SourcePreference.objects.get().user == user


@pytest.mark.django_db(transaction=True)
def test_two_accounts_are_merged_as_the_documentation_says(user, other, notify):
    notify("Moved")
    SourcePreference.objects.mute(user, "tasks")

    with transaction.atomic():
        UserNotification.objects.move(user, other)
        SourcePreference.objects.move(user, other)
        user.delete()

    assert titles_of(other) == ["Moved"]
    assert SourcePreference.objects.get().user == other


@pytest.mark.django_db(transaction=True)
@skipUnlessDBFeature("has_select_for_update")
def test_a_notification_to_the_old_account_waits_for_the_end_of_a_merge(user, other, elsewhere):
    """So it cannot be written after the move and be deleted with the account."""

    def notify_impatiently():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SET LOCAL lock_timeout = '200ms'"
                    if connection.vendor == "postgresql"
                    else "SET SESSION innodb_lock_wait_timeout = 1"
                )
            notify_user(user, "Late")

    with transaction.atomic():
        UserNotification.objects.move(user, other)
        with pytest.raises(Exception, match=r"lock timeout|Lock wait timeout"):
            elsewhere(notify_impatiently)

    assert notify_user(user, "Later")
