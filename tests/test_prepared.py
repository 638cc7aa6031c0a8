"""What is asked before a single send: the same as before a fan-out, built once."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db.models.signals import post_save
from django.utils import timezone

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


def test_a_statement_is_built_once_for_each_kind(user):
    built = [prepared._compiled, prepared._compiled_insert]
    for each in built:
        each.cache_clear()
    for number in range(3):
        notify_user(user, "News")
        notify_user(user, "News", source_app="tasks", source_id=number)

    assert sum(each.cache_info().misses for each in built) == 2


@pytest.mark.parametrize("deduplicate", [False, True])
def test_what_is_returned_is_what_is_stored(user, deduplicate):
    later = timezone.now() + timedelta(days=1)
    sent = {"level": "danger", "url": "/x/", "expires_at": later, "deduplicate": deduplicate}
    source = {"source_app": "tasks", "source_model": "Task", "source_id": 7}

    made = notify_user(user, "It's 100 % {new}", "Line\nbreak", **sent, **source)

    stored = UserNotification.objects.get()
    for field in UserNotification._meta.concrete_fields:
        assert getattr(made, field.attname) == getattr(stored, field.attname), field.name
    assert (made._state.adding, made._state.db) == (stored._state.adding, stored._state.db)
    made.title = "Changed"
    made.save()
    assert UserNotification.objects.get().title == "Changed"


def test_who_listens_to_the_model_hears_of_it(user):
    heard = []

    def listen(sender, instance, created, **kwargs):
        heard.append((instance.title, created))

    post_save.connect(listen, sender=UserNotification)
    try:
        notify_user(user, "News")
    finally:
        post_save.disconnect(listen, sender=UserNotification)

    assert heard == [("News", True)]
