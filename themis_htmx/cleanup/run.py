"""Deleting what nobody needs any more, in short transactions, by key range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from time import perf_counter

from django.db import router, transaction
from django.db.models import Count, Max, Min, Q
from django.db.models.deletion import Collector
from django.utils import timezone

from themis_htmx.cleanup.pace import Pace, roomy
from themis_htmx.conf import setting
from themis_htmx.models import FanOutChunk, UserNotification, UserProfile
from themis_htmx.models.notification import NotificationQuerySet


def cleanup(
    max_age_days: int | None = None,
    *,
    batch_size: int | None = None,
    dry_run: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Counter[str]:
    """Delete expired, old dismissed and old read notifications; return how many by reason.

    ``max_age_days`` replaces ``THEMIS_NOTIFICATION_MAX_AGE_DAYS``; a user's shorter retention
    still holds. Age counts from ``created_at``, so an old row read today may go tonight. An
    unread row goes only when it has expired. ``batch_size`` is the number of ids at most that are
    looked through in one transaction, by default 250,000 on PostgreSQL and 50,000 elsewhere; it
    looks through fewer where others would wait for it. A run that was killed is resumed by running
    again, and two at once are safe. ``progress`` is called with the share done, 0 to 1.
    """
    now, counts = timezone.now(), Counter[str](read=0, dismissed=0, expired=0)
    days = setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS") if max_age_days is None else max_age_days
    reasons, pace = _reasons(now, days), Pace(_database(), batch_size, reads=_reads())
    with nullcontext() if dry_run else roomy(_database()):
        for rows, share in _windows(pace):
            counts.update(_count(rows, reasons) if dry_run else _delete(rows, reasons, pace))
            progress(share)
    if not dry_run:
        FanOutChunk.objects.forget_old()
    return counts


def _count(rows: NotificationQuerySet, reasons: dict[str, Q]) -> Counter[str]:
    """How many of ``rows`` are to go for which reason."""
    counted = {name: Count("pk", filter=why) for name, why in reasons.items()}
    return Counter(rows.aggregate(**counted))


def _delete(rows: NotificationQuerySet, reasons: dict[str, Q], pace: Pace) -> Counter[str]:
    """Delete of ``rows`` what is to go. Reason by reason, so that the database counts it."""
    start = perf_counter()
    # SQLite lets no transaction write that has read what is no longer so: two runs at once would
    # break each other.
    with nullcontext() if _reads() else transaction.atomic(using=rows.db):
        counts = Counter({name: _deleted(rows.filter(why)) for name, why in reasons.items()})
    pace.learn(counts.total(), perf_counter() - start)
    return counts


def _reads() -> bool:
    """Whether Django reads what it deletes: where something cascades, or a signal is heard."""
    return not Collector(using=_database()).can_fast_delete(_rows())


def _deleted(rows: NotificationQuerySet) -> int:
    """Delete ``rows`` and count them alone: a project's own rows may go with them."""
    return rows.delete()[1].get(UserNotification._meta.label, 0)


def _reasons(now: datetime, days: int) -> dict[str, Q]:
    """What goes, by reason. No row has two."""
    oldest = _days_before(now, days)
    is_read, is_old = Q(read_at__isnull=False), Q(created_at__lt=oldest)
    is_expired, is_dismissed = Q(expires_at__lte=now), Q(dismissed_at__isnull=False)
    live = Q(expires_at=None) | Q(expires_at__gt=now)
    outlived = is_read & _past_retention(now, days)
    return {
        "expired": is_expired,
        "dismissed": live & is_dismissed & is_old,
        "read": live
        & (is_read & is_old & Q(dismissed_at=None) | outlived & Q(created_at__gte=oldest)),
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


def _windows(pace: Pace) -> Iterator[tuple[NotificationQuerySet, float]]:
    """Cut the table into ranges of ids as the pace has it, each with the share it completes."""
    last = _rows().aggregate(last=Max("pk"))["last"] or 0
    start = 0
    while start < last:
        rest = _rows().filter(pk__gt=start)
        # What was deleted long ago leaves gaps that would take as many empty ranges.
        first = rest.aggregate(first=Min("pk"))["first"] or last
        start = min(first + pace.ids - 1, last)
        yield rest.filter(pk__gte=first, pk__lte=start), start / last


def _rows() -> NotificationQuerySet:
    return UserNotification.objects.using(_database())


def _days_before(now: datetime, days: int) -> datetime:
    """``days`` before ``now``, or the earliest instant that every database can compare with."""
    earliest = datetime(1000, 1, 1, tzinfo=now.tzinfo)
    return now - timedelta(days=days) if days < (now - earliest).days else earliest


def _database() -> str:
    return router.db_for_write(UserNotification)
