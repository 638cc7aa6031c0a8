"""A list under the names of its days."""

from datetime import timedelta

from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.ui.list import by_day, heading_dates


def test_by_day_groups_notifications_and_names_no_day_twice():
    now = timezone.localtime().replace(hour=12)
    days = [UserNotification(created_at=now - timedelta(days=days)) for days in (0, 0, 1, 300)]

    dates = heading_dates(days)

    grouped = by_day(days, dates)
    assert [name for name, _rows in grouped[:2]] == ["Today", "Yesterday"]
    assert [len(rows) for _name, rows in grouped] == [2, 1, 1]
    assert [name for name, _rows in by_day(days, dates, now.date())[:2]] == ["", "Yesterday"]
    assert by_day([], []) == []
