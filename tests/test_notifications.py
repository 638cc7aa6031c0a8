"""The public functions: the users that a call notifies, and those that it passes over."""

from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import AnonymousUser, User
from django.db import connection
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy, override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.notifications import anotify_user, anotify_users, notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
HOUR = timedelta(hours=1)


def test_notify_user_returns_the_notification_as_it_is_stored(user, time_machine):
    now = datetime(2026, 1, 1, 12, 30, 15, 123456, tzinfo=UTC)
    time_machine.move_to(now, tick=False)

    made = notify_user(user, "News", "Body", url="/a/", expires_at=now + HOUR, **SOURCE)

    row = UserNotification.objects.get()
    assert made.pk == row.pk
    assert (row.user, row.title, row.message, row.url) == (user, "News", "Body", "/a/")
    assert (row.created_at, row.expires_at) == (now, now + HOUR)
    assert (row.read_at, row.dismissed_at, row.dedup_key) == (None, None, None)
    assert all(getattr(made, f.attname) == getattr(row, f.attname) for f in row._meta.fields)


def test_title_and_message_are_given_by_position_or_by_name(user, titles):
    notify_user(user, "One", "Body")
    notify_user(user=user, title="Two", message="Body")
    notify_users([user], "Three", "Body")
    notify_users(users=[user], title="Four", message="Body")

    assert titles() == ["One", "Two", "Three", "Four"]
    assert set(UserNotification.objects.values_list("message", flat=True)) == {"Body"}


def test_notify_functions_pass_over_none_as_a_user(db):
    assert notify_user(None, "News") is None
    assert notify_users([None], "News") == 0
    assert async_to_sync(anotify_user)(None, "News") is None
    assert async_to_sync(anotify_users)([None, None], "News") == 0


@pytest.mark.parametrize("seconds", [-3600, 0])
def test_notify_functions_skip_a_notification_that_has_already_expired(user, time_machine, seconds):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    expiry = now + timedelta(seconds=seconds)

    assert notify_user(user, "News", expires_at=expiry) is None
    assert notify_users([user], "News", expires_at=expiry) == 0
    assert not UserNotification.objects.exists()


@pytest.mark.parametrize("choice", [{"notifications_enabled": False}, {"min_level": "warning"}])
def test_notify_functions_skip_a_user_whose_preferences_refuse_the_level(user, other, choice):
    level = choice.get("min_level", "info")
    enabled = choice.get("notifications_enabled", True)
    UserProfile.objects.create(
        user=user, notifications_enabled=enabled, notifications_min_level=level
    )

    assert notify_user(user, "News") is None
    assert notify_users([user, other], "News") == 1
    assert UserNotification.objects.get().user == other


def test_notify_user_obeys_a_preference_saved_by_another_process(user):
    assert user.profile.notifications_enabled
    UserProfile.objects.create(user_id=user.pk, notifications_enabled=False)

    assert notify_user(user, "News") is None


def test_inactive_users_are_notified_like_any_other(user):
    user.is_active = False
    user.save()

    assert notify_user(user, "News")
    assert notify_users(User.objects.all(), "News") == 1


def test_notify_user_accepts_the_lazy_user_of_a_request(user):
    assert notify_user(SimpleLazyObject(lambda: user), "News").user_id == user.pk


def test_notify_functions_pass_over_a_user_deleted_meanwhile(user):
    User.objects.filter(pk=user.pk).delete()

    assert notify_user(user, "News") is None
    assert notify_users([user], "News") == 0


@pytest.mark.parametrize(
    ("stranger", "error"),
    [
        (AnonymousUser(), TypeError),
        (SimpleLazyObject(AnonymousUser), TypeError),
        (1, TypeError),
        ("ada", TypeError),
        (User, TypeError),
        (UserNotification(title="News"), TypeError),
        (User(username="new"), ValueError),
    ],
    ids=lambda value: type(value).__name__,
)
def test_notify_functions_raise_for_an_argument_that_is_no_saved_user(db, stranger, error):
    for call, users, argument in [
        (notify_user, stranger, "user"),
        (notify_users, [stranger], "users"),
    ]:
        with pytest.raises(error) as raised:
            call(users, "News")
        assert str(raised.value).startswith(f"{argument}: {stranger!r} is not ")


def test_text_is_stored_in_the_language_that_is_active_at_the_call(user, titles):
    with override("de"):
        notify_user(user, gettext_lazy("Monday"))
        notify_users([user], gettext_lazy("Tuesday"))

    with override("en"):
        assert titles() == ["Montag", "Dienstag"]


@pytest.mark.parametrize("with_profile", [False, True])
def test_notify_user_costs_two_queries_at_most_or_three_to_deduplicate(
    user, notify, statements, with_profile
):
    if with_profile:
        user.profile.save()
    notify(deduplicate=True, expires_at=timezone.now() - HOUR, **SOURCE)

    # PostgreSQL asks and writes in one.
    number = 1 if connection.vendor == "postgresql" else 2
    assert len(statements(lambda: notify_user(user, "News"))) == number
    assert len(statements(lambda: notify_user(user, "News", deduplicate=True, **SOURCE))) <= 3
    assert len(statements(lambda: notify_user(user, "News", deduplicate=True, **SOURCE))) == 1
    assert statements(lambda: notify_user(None, "News")) == []


@pytest.mark.parametrize("options", [{}, {"deduplicate": True, **SOURCE}])
def test_batch_of_notify_users_costs_four_queries_at_most_for_any_size(users, statements, options):
    few = statements(lambda: notify_users(users[:1], "News", **options))
    many = statements(lambda: notify_users(User.objects.all(), "News", **options))

    assert len(few) <= 4
    assert len(many) <= 4


def test_async_notify_functions_do_the_same_as_the_sync_ones(user, other):
    made = async_to_sync(anotify_user)(user, "One", level="danger", deduplicate=True, **SOURCE)
    again = async_to_sync(anotify_user)(user, "Two", deduplicate=True, **SOURCE)
    count = async_to_sync(anotify_users)(
        [user, other], "Three", batch_size=1, deduplicate=True, **SOURCE
    )

    assert (made.level, again, count) == ("danger", None, 1)
    with pytest.raises(ValueError, match=r"^batch_size: 0 is not"):
        async_to_sync(anotify_users)([user], "Four", batch_size=0)
    assert [row.user for row in UserNotification.objects.order_by("pk")] == [user, other]


CHARACTERS = st.characters() | st.sampled_from("\x00\x1b\x9f\ud800\t\n\r ")
ANY_TEXT = st.text(CHARACTERS)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=ANY_TEXT.map("x{}".format), message=ANY_TEXT, source=st.text(CHARACTERS, max_size=99))
def test_any_text_comes_back_from_the_database_as_it_was_returned(user, title, message, source):
    made = notify_user(user, title * 9, message, source_app=source)
    row = UserNotification.objects.get(pk=made.pk)

    assert (row.title, row.message) == (made.title, made.message)
    assert UserNotification.objects.filter(pk=made.pk, source_app=made.source_app).exists()
