"""The notification trigger pattern: its tables of levels, preferences, cleanup and settings."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import timezone

from themis.models import UserNotification
from themis.notifications import notify_user
from themis_htmx.conf import setting
from themis_htmx.levels import Level


def remember(user, days):
    """Give the user one unread, one read and one dismissed notification of that age."""
    created = timezone.now() - timedelta(days=days)
    for title in ("unread", "read", "dismissed"):
        notify_user(user, title)
    everything = UserNotification.objects.filter(user=user)
    everything.filter(title="read").mark_read()
    everything.filter(title="dismissed").dismiss()
    everything.update(created_at=created)


@pytest.mark.parametrize(
    ("level", "weight"), [("info", 0), ("success", 0), ("warning", 1), ("danger", 2)]
)
def test_level_has_the_weight_of_the_patterns_table(level, weight):
    assert Level(level).weight == weight


def test_levels_are_info_success_warning_and_danger():
    assert Level.values == ["info", "success", "warning", "danger"]


@pytest.mark.parametrize(
    ("minimum", "arriving"),
    [
        (None, {"info", "success", "warning", "danger"}),
        ("info", {"info", "success", "warning", "danger"}),
        ("warning", {"warning", "danger"}),
        ("danger", {"danger"}),
    ],
)
def test_user_gets_notifications_from_their_minimum_level_upwards(user, minimum, arriving):
    if minimum:
        user.profile.notifications_min_level = minimum
        user.profile.save()

    arrived = {level for level in Level.values if notify_user(user, "News", level=level)}

    assert arrived == arriving


@pytest.mark.parametrize(
    ("arguments", "age", "left"),
    [
        ([], 91, ["unread"]),
        ([], 89, ["unread", "read", "dismissed"]),
        (["--max-age-days=60"], 61, ["unread"]),
        (["--max-age-days=60"], 59, ["unread", "read", "dismissed"]),
        ([], 5000, ["unread"]),
    ],
)
def test_cleanup_deletes_read_and_dismissed_rows_over_the_maximum_age(
    user, titles, arguments, age, left
):
    remember(user, age)

    call_command("cleanup_notifications", *arguments, stdout=StringIO())

    assert titles() == left


@pytest.mark.parametrize(
    ("name", "default"),
    [("THEMIS_NOTIFICATION_POLL_INTERVAL", 60), ("THEMIS_NOTIFICATION_MAX_AGE_DAYS", 90)],
)
def test_a_setting_has_the_patterns_default(name, default):
    assert setting(name) == default


def test_new_user_gets_every_level_and_no_desktop_alerts(user):
    profile = user.profile

    assert (profile.notifications_enabled, profile.notifications_min_level) == (True, "info")
    assert profile.browser_notifications_enabled is False
    assert profile.notification_retention_days is None
