"""A single send: the same rules as a fan-out, in as few statements as possible."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models.signals import post_save
from django.utils import timezone

from tests.helpers.databases import writes_what_it_asks
from themis_htmx.delivery import one, postgresql
from themis_htmx.levels import Level
from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.notifications import notify_user, notify_users

pytestmark = pytest.mark.django_db

PROFILES = [
    None,
    {"notifications_enabled": False},
    {"notifications_enabled": True},
    {"notifications_min_level": "warning"},
    {"notifications_min_level": "danger"},
]
MUTED = [None, {"including_urgent": False}, {"including_urgent": True}]


@pytest.mark.parametrize("level", Level.values)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("muted", MUTED)
@pytest.mark.parametrize("source_app", ["tasks", "events", ""])
def test_notify_user_and_notify_users_apply_the_same_preferences(
    user, level, profile, muted, source_app
):
    choose(user, profile, muted)
    sent = {"level": level, "source_app": source_app}

    assert (notify_user(user, "One", **sent) is not None) == notify_users([user], "Many", **sent)


@pytest.mark.parametrize("level", Level.values)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("muted", MUTED)
def test_deduplicating_calls_for_one_and_many_apply_the_same_preferences(
    user, level, profile, muted
):
    choose(user, profile, muted)
    sent = {"level": level, "source_app": "tasks", "source_model": "Task", "deduplicate": True}

    made = [notify_user(user, "One", source_id=1, **sent) is not None for _time in range(2)]

    assert made == [notify_users([user], "Many", source_id=2, **sent), False]


def choose(user, profile, muted):
    if profile is not None:
        UserProfile.objects.create(user=user, **profile)
    if muted is not None:
        SourcePreference.objects.create(user=user, source_app="tasks", bell=False, **muted)


def test_deleted_user_gets_no_notification(user):
    gone = User.objects.get(pk=user.pk)
    user.delete()

    assert notify_user(gone, "News") is None
    assert notify_users([gone], "News") == 0
    assert not UserNotification.objects.exists()


def test_sql_of_notify_user_is_compiled_once_for_each_kind_of_call(user):
    built = [one._recipient_query, postgresql._insert_wanted_query, postgresql._insert_once_query]
    for each in built:
        each.cache_clear()
    for number in range(3):
        source = {"source_app": "tasks", "source_id": number}
        notify_user(user, "News")
        notify_user(user, "News", **source)
        notify_user(user, "News", source_model="Task", deduplicate=True, **source)

    assert sum(each.cache_info().misses for each in built) == 3


SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": 7}
HOUR = timedelta(hours=1)


def test_new_or_duplicate_notification_costs_postgresql_one_statement(user, statements):
    number = 1 if writes_what_it_asks() else 2

    def send():
        return notify_user(user, "News", deduplicate=True, **SOURCE)

    assert len(statements(send)) == number
    assert len(statements(send)) == 1
    assert UserNotification.objects.count() == 1


def test_expired_dedup_key_is_taken_over_in_three_statements(user, statements):
    notify_user(user, "Old", deduplicate=True, expires_at=timezone.now() + HOUR, **SOURCE)
    UserNotification.objects.update(expires_at=timezone.now() - HOUR)

    assert len(statements(lambda: notify_user(user, "New", deduplicate=True, **SOURCE))) == 3
    assert [row.dedup_key is None for row in UserNotification.objects.order_by("pk")] == [1, 0]


@pytest.mark.parametrize("deduplicate", [False, True])
def test_notify_user_returns_an_instance_equal_to_the_stored_row(user, deduplicate):
    later = timezone.now() + timedelta(days=1)
    sent = {"level": "danger", "url": "/x/", "expires_at": later, "deduplicate": deduplicate}

    made = notify_user(user, "It's 100 % {new}", "Line\nbreak", **sent, **SOURCE)

    stored = UserNotification.objects.get()
    for field in UserNotification._meta.concrete_fields:
        assert getattr(made, field.attname) == getattr(stored, field.attname), field.name
    assert (made._state.adding, made._state.db) == (stored._state.adding, stored._state.db)
    made.title = "Changed"
    made.save()
    assert UserNotification.objects.get().title == "Changed"


@pytest.mark.parametrize("deduplicate", [False, True])
def test_post_save_receiver_of_the_model_hears_of_notify_user(user, deduplicate):
    heard = []

    def listen(sender, instance, created, **kwargs):
        heard.append((instance.title, created))

    post_save.connect(listen, sender=UserNotification)
    try:
        notify_user(user, "News", deduplicate=deduplicate, **SOURCE)
    finally:
        post_save.disconnect(listen, sender=UserNotification)

    assert heard == [("News", True)]
