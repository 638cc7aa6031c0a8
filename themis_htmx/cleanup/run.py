"""The deletion of old notifications in short transactions, by key range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from time import perf_counter

from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.db.models.deletion import Collector
from django.utils import timezone

from themis_htmx.cleanup.pace import Pace, large_sqlite_cache
from themis_htmx.conf import setting
from themis_htmx.databases import write_alias
from themis_htmx.models import FanOutChunk, UserNotification, UserProfile
from themis_htmx.models.notification import NotificationQuerySet, expired_q, live_q


def cleanup(
    max_age_days: int | None = None,
    *,
    batch_size: int | None = None,
    dry_run: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Counter[str]:
    """Delete expired, old dismissed and old read notifications; return their numbers by reason.

    ``max_age_days`` replaces ``THEMIS_NOTIFICATION_MAX_AGE_DAYS``; a user's shorter retention
    still holds. Age counts from ``created_at``, so an old row that is read today may go tonight.
    An unread row goes only when it has expired. ``batch_size`` limits the ids that one transaction
    looks through, by default to 250,000 on PostgreSQL and 50,000 elsewhere. Where others would
    wait, transactions look through fewer. A run that was killed is resumed by running again, and
    two runs at once are safe. ``progress`` is called with the share done, from 0 to 1.
    """
    now, counts = timezone.now(), Counter[str](read=0, dismissed=0, expired=0)
    days = setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS") if max_age_days is None else max_age_days
    reasons, pace = _reasons(now, days), Pace(write_alias(), batch_size, reads=_reads())
    with nullcontext() if dry_run else large_sqlite_cache(write_alias()):
        for rows, share in _windows(pace):
            counts.update(_count(rows, reasons) if dry_run else _delete(rows, reasons, pace))
            progress(share)
    if not dry_run:
        FanOutChunk.objects.forget_old()
    return counts


def _count(rows: NotificationQuerySet, reasons: dict[str, Q]) -> Counter[str]:
    """Count by reason the notifications of ``rows`` that are to be deleted."""
    counted = {name: Count("pk", filter=why) for name, why in reasons.items()}
    return Counter(rows.aggregate(**counted))


def _delete(rows: NotificationQuerySet, reasons: dict[str, Q], pace: Pace) -> Counter[str]:
    """Delete from ``rows`` for one reason after another, so that the database counts each."""
    start = perf_counter()
    # SQLite refuses to let a transaction write once something that it has read is changed by
    # another. So a transaction that reads would fail if two runs met.
    with nullcontext() if _reads() else transaction.atomic(using=rows.db):
        counts = Counter({name: _deleted(rows.filter(why)) for name, why in reasons.items()})
    pace.learn(counts.total(), perf_counter() - start)
    return counts


def _reads() -> bool:
    """Return whether Django reads the rows before it deletes them, for a cascade or a signal."""
    return not Collector(using=write_alias()).can_fast_delete(_rows())


def _deleted(rows: NotificationQuerySet) -> int:
    """Delete ``rows`` and count them, without the project's own rows that go with them."""
    return rows.delete()[1].get(UserNotification._meta.label, 0)


def _reasons(now: datetime, days: int) -> dict[str, Q]:
    """Return the condition for each reason to delete.

    They exclude one another, so the counts add up.
    """
    oldest = _days_before(now, days)
    is_read, is_old = Q(read_at__isnull=False), Q(created_at__lt=oldest)
    is_dismissed, live = Q(dismissed_at__isnull=False), live_q(now)
    outlived = is_read & _past_retention(now, days)
    return {
        "expired": expired_q(now),
        "dismissed": live & is_dismissed & is_old,
        "read": live
        & (is_read & is_old & Q(dismissed_at=None) | outlived & Q(created_at__gte=oldest)),
    }


def _past_retention(now: datetime, days: int) -> Q:
    """Return the condition that a row is older than the retention that its user has chosen.

    Only a retention below the site's maximum counts. Users choose among a few lengths, so one
    condition for each length avoids date arithmetic in SQL.
    """
    shorter = UserProfile.objects.using(write_alias()).filter(notification_retention_days__lt=days)
    chosen = shorter.values_list("notification_retention_days", flat=True).distinct()
    condition = Q(pk__in=[])
    for length in filter(None, chosen):
        keepers = shorter.filter(notification_retention_days=length).values("pk")
        condition |= Q(created_at__lt=_days_before(now, length), user_id__in=keepers)
    return condition


def _windows(pace: Pace) -> Iterator[tuple[NotificationQuerySet, float]]:
    """Cut the table into ranges of ids, each with the share of the table done once it is done."""
    last = _rows().aggregate(last=Max("pk"))["last"] or 0
    start = 0
    while start < last:
        rest = _rows().filter(pk__gt=start)
        # From the first id that exists: gaps of deleted rows would take many empty ranges.
        first = rest.aggregate(first=Min("pk"))["first"] or last
        start = min(first + pace.ids - 1, last)
        yield rest.filter(pk__gte=first, pk__lte=start), start / last


def _rows() -> NotificationQuerySet:
    return UserNotification.objects.using(write_alias())


def _days_before(now: datetime, days: int) -> datetime:
    """Return ``days`` before ``now``, but no instant that a database cannot compare with."""
    earliest = datetime(1000, 1, 1, tzinfo=now.tzinfo)
    return now - timedelta(days=days) if days < (now - earliest).days else earliest
