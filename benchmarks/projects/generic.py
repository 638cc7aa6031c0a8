"""django-generic-notifications: it has no view, so these are the smallest ones."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.test import Client
from django.urls import path, reverse
from django.utils import timezone
from generic_notifications import send_notification, send_notifications
from generic_notifications.channels import WebsiteChannel
from generic_notifications.models import (
    Notification,
    NotificationChannel,
    NotificationTypeChannelPreference,
)
from generic_notifications.types import NotificationType, register
from generic_notifications.utils import (
    get_notifications,
    get_unread_count,
    mark_notifications_as_read,
)

from benchmarks import rows
from benchmarks.plain import views
from benchmarks.projects import empty

STATUS = 200
# In the order in which they can be deleted.
MODELS = [NotificationChannel, Notification]


@register
class Assigned(NotificationType):
    """A notification for the website alone, which is the least."""

    key = "assigned"
    name = "Assigned"
    description = "A task is yours now"
    default_channels = [WebsiteChannel]


@register
class AssignedOnce(Assigned):
    """The same, unless there is an unread one about it: by the hook that is meant for it."""

    key = "assigned_once"

    @classmethod
    def should_save(cls, notification: Notification) -> bool:
        """Look for that one."""
        return not Notification.objects.filter(
            recipient=notification.recipient,
            notification_type=cls.key,
            content_type_id=notification.content_type_id,
            object_id=notification.object_id,
            read__isnull=True,
        ).exists()


@login_required
def count(request: HttpRequest) -> JsonResponse:
    """The number of unread, as the kit counts them."""
    return JsonResponse({"unread": get_unread_count(request.user)})


@login_required
def listed(request: HttpRequest) -> HttpResponse:
    """A page of the kit's list, in the plain list's template."""
    start = (int(request.GET.get("page", "1")) - 1) * views.PAGE_SIZE
    shown = get_notifications(request.user)[start : start + views.PAGE_SIZE]
    return render(request, "plain/generic.html", {"rows": shown})


urlpatterns = [
    *empty.urlpatterns,
    *views.urlpatterns,
    path("notifications/count/", count, name="count"),
    path("notifications/", listed, name="list"),
]


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
    _write(notifications)


def poll(client: Client) -> str:
    """The address of the count."""
    return reverse("count")


def choose(user_ids: list[int]) -> None:
    """Store the preferences of these; the others have the defaults."""
    NotificationTypeChannelPreference.objects.bulk_create(
        [
            NotificationTypeChannelPreference(
                user_id=user_id,
                notification_type=kind.key,
                channel=WebsiteChannel.key,
                enabled=True,
            )
            for user_id in user_ids
            for kind in (Assigned, AssignedOnce)
        ]
    )


def write(written: Iterable[rows.Row]) -> None:
    """Write rows as ``send_notification`` does; it sets the time of each by itself."""
    _write(
        [
            Notification(
                recipient_id=row.user_id,
                notification_type=Assigned.key,
                subject=rows.title(row.number),
                text=rows.MESSAGE,
                url=rows.url(row.number),
                read=row.read_at,
            )
            for row in written
        ]
    )


def _write(notifications: list[Notification]) -> None:
    Notification.objects.bulk_create(notifications, batch_size=1000)
    channels = [
        NotificationChannel(notification=notification, channel=WebsiteChannel.key)
        for notification in notifications
    ]
    NotificationChannel.objects.bulk_create(channels, batch_size=1000)


def send(user: Any, number: int) -> None:
    """Tell one user, if they want it."""
    send_notification(user, Assigned, **about(number))


def once(user: Any, number: int) -> None:
    """The same, unless there is one about it already."""
    send_notification(user, AssignedOnce, target=get_user_model()(pk=number), **about(number))


def fan_out(users: Any, number: int) -> None:
    """Tell all of them who want it."""
    send_notifications(users, Assigned, **about(number))


def about(number: int) -> dict[str, str]:
    """The arguments of a call."""
    return {"subject": rows.title(number), "text": rows.MESSAGE, "url": rows.url(number)}


def pages(user: Any, deep: int) -> dict[str, tuple[str, str, int]]:
    """The list as it opens, and pages of it that are asked for by number."""
    address = reverse("list")
    return {
        "first": (address, "<li", 1),
        "near": (f"{address}?page=1", "<li", 1),
        "deep": (f"{address}?page={deep}", "<li", deep),
    }


def unread(user: Any) -> Any:
    """What ``mark`` is to read."""
    return user.notifications.unread()


def mark(user: Any) -> None:
    """Read all."""
    mark_notifications_as_read(user)


def marking(user: Any) -> tuple[Any, ...]:
    """The same in plain SQL."""
    sql = (
        "UPDATE generic_notifications_notification SET read = %s"
        " WHERE recipient_id = %s AND read IS NULL"
    )
    return sql, connection.ops.adapt_datetimefield_value(timezone.now()), user.pk
