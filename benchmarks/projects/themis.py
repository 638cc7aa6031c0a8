"""themis-htmx: the poll of its bell with the token that the bell holds, and all of its inbox."""

import re
from collections.abc import Iterable
from datetime import timedelta
from io import StringIO
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone

from benchmarks import rows
from benchmarks.plain import views
from benchmarks.projects import empty
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.notifications import notify_user, notify_users

STATUS = 204
MODELS = [UserNotification]
urlpatterns = [
    *empty.urlpatterns,
    *views.urlpatterns,
    path("notifications/", include("themis_htmx.urls")),
]


def fill(user: Any, rows: Iterable[bool]) -> None:
    """Write a notification for each row, read or not."""
    now = timezone.now()
    notifications = [
        UserNotification(
            user=user,
            title=f"Task {number} was assigned to you",
            source_app="tasks",
            source_model="Task",
            source_id=str(number),
            read_at=now if read else None,
        )
        for number, read in enumerate(rows)
    ]
    UserNotification.objects.bulk_create(notifications, batch_size=1000)


def poll(client: Client) -> str:
    """The address that the bell asks while nothing has changed."""
    badge = client.get(reverse("themis:bell")).content.decode()
    token = re.search(r'name="token"\s+value="([^"]+)"', badge)
    if token is None:
        raise ValueError(f"The badge holds no token: {badge}")
    return reverse("themis:bell") + "?" + urlencode({"token": token[1]})


def choose(user_ids: list[int]) -> None:
    """Store the preferences of these; the others have the defaults."""
    UserProfile.objects.bulk_create([UserProfile(user_id=user_id) for user_id in user_ids])


def write(written: Iterable[rows.Row]) -> None:
    """Write rows as ``notify_user`` does, some of them already read."""
    UserNotification.objects.bulk_create(
        [
            UserNotification(
                user_id=row.user_id,
                title=rows.title(row.number),
                message=rows.MESSAGE,
                url=rows.url(row.number),
                source_app="tasks",
                source_model="Task",
                source_id=str(row.number),
                created_at=row.created_at,
                read_at=row.read_at,
                dedup_key=UUID(int=row.number) if row.is_locked else None,
            )
            for row in written
        ],
        batch_size=1000,
    )


def send(user: Any, number: int, **options: Any) -> None:
    """Tell one user, if they want it."""
    notify_user(user, **about(number), **options)


def once(user: Any, number: int) -> None:
    """The same, unless there is one about it already."""
    send(user, number, deduplicate=True)


def fan_out(users: Any, number: int) -> None:
    """Tell all of them who want it, unless there is one about it already."""
    notify_users(users, **about(number), deduplicate=True)


def about(number: int) -> dict[str, str]:
    """The arguments of a call."""
    return {
        "title": rows.title(number),
        "message": rows.MESSAGE,
        "url": rows.url(number),
        "source_app": "tasks",
        "source_model": "Task",
        "source_id": str(number),
    }


def pages(user: Any, deep: int) -> dict[str, tuple[str, str, int]]:
    """The list as it opens, and pages of it that are asked for by the id before which they are."""
    newest = UserNotification.objects.for_user(user).order_by("-pk").values_list("pk", flat=True)
    items, item = reverse("themis:inbox_items"), 'data-themis-item="'
    last_above = newest[(deep - 1) * views.PAGE_SIZE - 1]
    return {
        "first": (items, item, 1),
        "near": (f"{items}?before={newest[0] + 1}", item, 1),
        "deep": (f"{items}?before={last_above}", item, deep),
    }


def unread(user: Any) -> Any:
    """What ``mark`` is to read."""
    return UserNotification.objects.for_user(user).unread()


def mark(user: Any) -> None:
    """Read all, as its view does."""
    unread(user).mark_read()


def marking(user: Any) -> tuple[Any, ...]:
    """The same in plain SQL."""
    sql = (
        "UPDATE themis_usernotification SET read_at = %s, dedup_key = NULL"
        " WHERE user_id = %s AND read_at IS NULL"
    )
    return sql, _now(), user.pk


def clean() -> None:
    """Delete what is read and over 90 days old."""
    call_command("cleanup_notifications", stdout=StringIO())


def cleaning(select: str) -> tuple[Any, ...]:
    """The same in plain SQL, or other SQL about those rows."""
    sql = f"{select} FROM themis_usernotification WHERE read_at IS NOT NULL AND created_at < %s"
    return sql, _now(timedelta(days=90))


PUTTING_BACK = "INSERT INTO themis_usernotification SELECT * FROM kept_aside ORDER BY id"


def _now(before: timedelta = timedelta()) -> Any:
    """An instant, as the database takes it."""
    return connection.ops.adapt_datetimefield_value(timezone.now() - before)
