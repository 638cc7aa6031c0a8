"""django-notifications-community: the count that its script asks for, and its list."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.test import Client
from django.urls import include, path, reverse
from notifications.models import Notification
from notifications.signals import notify

from benchmarks import rows
from benchmarks.plain import views
from benchmarks.projects import empty

STATUS = 200
MODELS = [Notification]
urlpatterns = [
    *empty.urlpatterns,
    *views.urlpatterns,
    path("inbox/notifications/", include("notifications.urls")),
]


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


def choose(user_ids: list[int]) -> None:
    """It knows no preferences."""


def write(written: Iterable[rows.Row]) -> None:
    """Write rows as ``notify`` does; they have no place for a URL."""
    kind = ContentType.objects.get_for_model(get_user_model())
    Notification.objects.bulk_create(
        [
            Notification(
                recipient_id=row.user_id,
                actor_content_type=kind,
                actor_object_id=row.user_id,
                verb=f"assigned task {row.number} to you",
                description=rows.MESSAGE,
                timestamp=row.created_at,
                unread=row.read_at is None,
            )
            for row in written
        ],
        batch_size=1000,
    )


def send(user: Any, number: int) -> None:
    """Tell one user; the actor is whoever is at hand."""
    verb = f"assigned task {number} to you"
    notify.send(user, recipient=user, verb=verb, description=rows.MESSAGE)


def fan_out(users: Any, number: int) -> None:
    """Tell all of them."""
    verb = f"assigned task {number} to you"
    notify.send(users[0], recipient=users, verb=verb, description=rows.MESSAGE)


def pages(user: Any, deep: int) -> dict[str, tuple[str, str, int]]:
    """The list as it opens, and pages of it that are asked for by number."""
    address, item = reverse("notifications:all"), '<div class="alert '
    return {
        "first": (address, item, 1),
        "near": (f"{address}?page=1", item, 1),
        "deep": (f"{address}?page={deep}", item, deep),
    }


def unread(user: Any) -> Any:
    """What ``mark`` is to read."""
    return user.notifications.unread()


def mark(user: Any) -> None:
    """Read all, as its view does."""
    user.notifications.all().mark_all_as_read()


def marking(user: Any) -> tuple[Any, ...]:
    """The same in plain SQL."""
    sql = "UPDATE notifications_notification SET unread = %s WHERE recipient_id = %s AND unread"
    return sql, False, user.pk
