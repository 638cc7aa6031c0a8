"""Deleting what nobody needs any more, in short transactions, by key range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from django.db import router
from django.db.models import Max, Q
from django.utils import timezone

from themis_htmx.conf import setting
from themis_htmx.inbox import NotificationQuerySet
from themis_htmx.models import FanOutChunk, UserNotification, UserProfile


def cleanup(
    max_age_days: int | None = None,
    *,
    batch_size: int = 1000,
    dry_run: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Counter[str]:
    """Delete expired, old dismissed and old read notifications; return how many by reason.

    ``max_age_days`` replaces ``THEMIS_NOTIFICATION_MAX_AGE_DAYS``; a user's shorter retention
    still holds. Age counts from ``created_at``, so an old row read today may go tonight. An
    unread row goes only when it has expired. ``batch_size`` is the number of rows looked at at a
    time, each deletion a transaction of its own; a run that was killed is resumed by running
    again, and two at once are safe. ``progress`` is called with the share done, 0 to 1.
    """
    now, counts = timezone.now(), Counter[str](read=0, dismissed=0, expired=0)
    days = setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS") if max_age_days is None else max_age_days
    conditions = _conditions(now, days)
    for window, share in _windows(batch_size):
        for reason, condition in conditions.items():
            doomed = window.filter(condition)
            counts[reason] += doomed.count() if dry_run else _delete(doomed)
        progress(share)
    if not dry_run:
        FanOutChunk.objects.forget_old()
    return counts


def _delete(rows: NotificationQuerySet) -> int:
    """Delete ``rows`` and count them alone: a project's own rows may go with them."""
    # Not within a transaction: where something cascades Django reads first, and SQLite lets none
    # write that has read what is no longer so. Two runs at once would break each other.
    return rows.delete()[1].get(UserNotification._meta.label, 0)


def _conditions(now: datetime, days: int) -> dict[str, Q]:
    """What goes, by reason; no row has two reasons."""
    oldest = _days_before(now, days)
    live = Q(expires_at=None) | Q(expires_at__gt=now)
    dismissed = Q(dismissed_at__isnull=False, created_at__lt=oldest)
    read = Q(read_at__isnull=False) & (Q(created_at__lt=oldest) | _past_retention(now, days))
    return {
        "expired": Q(expires_at__lte=now),
        "dismissed": live & dismissed,
        "read": live & read & (Q(dismissed_at=None) | Q(created_at__gte=oldest)),
    }


def _past_retention(now: datetime, days: int) -> Q:
    """Older than what the row's user keeps, where that is shorter than the site's maximum.

    The lengths that users chose are few, so one condition each needs no date arithmetic in SQL.
    """
    shorter = UserProfile.objects.using(_database()).filter(notification_retention_days__lt=days)
    chosen = shorter.values_list("notification_retention_days", flat=True).distinct()
    condition = Q(pk__in=[])
    for length in filter(None, chosen):
        keepers = shorter.filter(notification_retention_days=length).values("pk")
        condition |= Q(created_at__lt=_days_before(now, length), user_id__in=keepers)
    return condition


def _windows(size: int) -> Iterator[tuple[NotificationQuerySet, float]]:
    """Cut the table into ranges of ``size`` rows, each with the share that it completes."""
    rows = UserNotification.objects.using(_database())
    last = rows.aggregate(last=Max("pk"))["last"] or 0
    start = 0
    while start < last:
        bounds = rows.filter(pk__gt=start).order_by("pk").values_list("pk", flat=True)
        end = min(next(iter(bounds[size - 1 : size]), last), last)
        yield rows.filter(pk__gt=start, pk__lte=end), end / last
        start = end


def _days_before(now: datetime, days: int) -> datetime:
    """``days`` before ``now``, or the earliest instant that every database can compare with."""
    earliest = datetime(1000, 1, 1, tzinfo=now.tzinfo)
    return now - timedelta(days=days) if days < (now - earliest).days else earliest


def _database() -> str:
    return router.db_for_write(UserNotification)
