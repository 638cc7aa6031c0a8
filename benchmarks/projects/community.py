"""django-notifications-community: the count that its script asks for."""

from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import include, path, reverse
from notifications.models import Notification

from benchmarks.projects import empty

STATUS = 200
urlpatterns = [*empty.urlpatterns, path("inbox/notifications/", include("notifications.urls"))]


def fill(user: Any, rows: Iterable[bool]) -> None:
    """Write a notification for each row, read or not."""
    kind = ContentType.objects.get_for_model(user)
    notifications = [
        Notification(
            recipient=user,
            actor_content_type=kind,
            actor_object_id=user.pk,
            verb=f"assigned task {number}",
            unread=not read,
        )
        for number, read in enumerate(rows)
    ]
    Notification.objects.bulk_create(notifications, batch_size=1000)


def poll(client: Client) -> str:
    """The address of the count."""
    return reverse("notifications:live_unread_notification_count")
