"""django-generic-notifications: it counts but has no view, so this is the smallest one."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone
from generic_notifications.channels import WebsiteChannel
from generic_notifications.models import Notification, NotificationChannel
from generic_notifications.utils import get_unread_count

from benchmarks.projects import empty

STATUS = 200


@login_required
def count(request: HttpRequest) -> JsonResponse:
    """The number of unread, as the kit counts them."""
    return JsonResponse({"unread": get_unread_count(request.user)})


urlpatterns = [*empty.urlpatterns, path("notifications/count/", count, name="count")]


def fill(user: Any, rows: Iterable[bool]) -> None:
    """Write a notification for each row, read or not, for the website alone."""
    now = timezone.now()
    notifications = [
        Notification(
            recipient=user,
            notification_type="assigned",
            subject=f"Task {number} was assigned to you",
            read=now if read else None,
        )
        for number, read in enumerate(rows)
    ]
    Notification.objects.bulk_create(notifications, batch_size=1000)
    channels = [
        NotificationChannel(notification=notification, channel=WebsiteChannel.key)
        for notification in notifications
    ]
    NotificationChannel.objects.bulk_create(channels, batch_size=1000)


def poll(client: Client) -> str:
    """The address of the count."""
    return reverse("count")
