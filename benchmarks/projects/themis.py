"""themis-htmx: the poll of its bell, with the token that the bell holds."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.test import Client
from django.urls import include, path, reverse
from django.utils import timezone

from benchmarks.projects import empty
from themis_htmx.models import UserNotification

STATUS = 204
urlpatterns = [*empty.urlpatterns, path("notifications/", include("themis_htmx.urls"))]


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
    token = re.search(r'name="token" value="([^"]+)"', badge)
    if token is None:
        raise ValueError(f"The badge holds no token: {badge}")
    return reverse("themis:bell") + "?" + urlencode({"token": token[1]})
