"""The Celery tasks: found by name, and the same as the command."""

from datetime import timedelta

from celery import current_app
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.tasks import cleanup_notifications

AGED = {"created_at": timezone.now() - timedelta(days=60), "read_at": timezone.now()}


def test_cleanup_is_found_by_its_name():
    assert current_app.tasks["themis.cleanup_notifications"].name == cleanup_notifications.name


def test_cleanup_does_what_the_command_does_and_returns_the_counts(notify):
    notify("old", **AGED)
    notify("expired", expires_at=timezone.now())
    notify("unread")

    assert cleanup_notifications.apply().get() == {"read": 0, "dismissed": 0, "expired": 1}
    assert cleanup_notifications.apply(args=[30]).get() == {"read": 1, "dismissed": 0, "expired": 0}
    assert UserNotification.objects.get().title == "unread"
