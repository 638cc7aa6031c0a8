"""The properties of the models, and the constraints that the database enforces."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import IntegrityError, connection
from django.utils import timezone

from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.notifications import notify_user


@pytest.mark.parametrize(
    ("columns", "read", "dismissed"),
    [
        ({}, False, False),
        ({"read_at": timezone.now()}, True, False),
        ({"read_at": timezone.now(), "dismissed_at": timezone.now()}, True, True),
    ],
)
def test_notification_knows_whether_it_is_read_and_dismissed(columns, read, dismissed):
    row = UserNotification(**columns)

    assert (row.is_read, row.is_dismissed) == (read, dismissed)


@pytest.mark.parametrize(("seconds", "expired"), [(-1, True), (0, True), (1, False)])
def test_notification_knows_whether_it_has_expired(time_machine, seconds, expired):
    now = timezone.now()
    time_machine.move_to(now, tick=False)

    assert UserNotification(expires_at=now + timedelta(seconds=seconds)).is_expired is expired
    assert not UserNotification().is_expired


def test_str_of_a_notification_is_its_title_and_of_a_profile_its_user(user):
    assert str(UserNotification(title="News")) == "News"
    assert str(user.profile) == "ada"


def test_user_model_gets_no_attribute_called_notifications(user):
    assert not hasattr(user, "notifications")
    assert notify_user(user, "News") == user.themis_notifications.get()


def test_user_has_at_most_one_row_with_the_same_dedup_key(user, other, notify):
    key = notify(deduplicate=True, source_app="a", source_model="b", source_id="c").dedup_key
    UserNotification.objects.create(user=other, title="Theirs", dedup_key=key)
    for _ in range(2):
        UserNotification.objects.create(user=user, title="Without a key")

    with pytest.raises(IntegrityError):
        UserNotification.objects.create(user=user, title="Again", dedup_key=key)


def test_deleting_a_user_deletes_their_notifications_and_profile(user, notify):
    notify()
    user.profile.save()
    User.objects.get(pk=user.pk).delete()

    assert not UserNotification.objects.exists()
    assert not UserProfile.objects.exists()


def test_source_and_dedup_key_indexes_have_their_columns(db):
    with connection.cursor() as cursor:
        table = UserNotification._meta.db_table
        constraints = connection.introspection.get_constraints(cursor, table)

    columns = {name: found["columns"] for name, found in constraints.items()}
    assert columns["themis_source"] == ["source_app", "source_model", "source_id", "user_id"]
    assert columns["themis_dedup_key"] == ["user_id", "dedup_key"]
    assert constraints["themis_dedup_key"]["unique"]


def test_no_migration_is_missing(db):
    call_command("makemigrations", "themis", check=True, dry_run=True, verbosity=0)


def test_app_is_called_themis_htmx_and_shown_as_notifications():
    config = apps.get_app_config("themis")

    assert (config.name, config.verbose_name) == ("themis_htmx", "Notifications")
