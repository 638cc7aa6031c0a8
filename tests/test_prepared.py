"""What is asked before a single send: the same as before a fan-out, built once."""

import pytest
from django.contrib.auth.models import User

from themis_htmx import prepared
from themis_htmx.levels import Level
from themis_htmx.models import MutedSource, UserNotification, UserProfile
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
def test_one_is_asked_what_many_are_asked(user, level, profile, muted, source_app):
    if profile is not None:
        UserProfile.objects.create(user=user, **profile)
    if muted is not None:
        MutedSource.objects.create(user=user, source_app="tasks", **muted)
    sent = {"level": level, "source_app": source_app}

    assert (notify_user(user, "One", **sent) is not None) == notify_users([user], "Many", **sent)


def test_nobody_is_written_to_who_is_gone(user):
    gone = User.objects.get(pk=user.pk)
    user.delete()

    assert notify_user(gone, "News") is None
    assert notify_users([gone], "News") == 0
    assert not UserNotification.objects.exists()


def test_the_question_is_built_once_for_each_kind(user):
    prepared._compiled.cache_clear()
    for number in range(3):
        notify_user(user, "News", level=Level.values[number])
        notify_user(user, "News", source_app="tasks", source_id=number)

    assert prepared._compiled.cache_info().misses == 2
