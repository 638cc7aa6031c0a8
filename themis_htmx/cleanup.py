"""Deleting what nobody needs any more, in short transactions, by key range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import NamedTuple

from django.db import router, transaction
from django.db.models import Count, Max, Q
from django.db.models.deletion import Collector
from django.utils import timezone

from themis_htmx.conf import setting
from themis_htmx.inbox import NotificationQuerySet
from themis_htmx.models import FanOutChunk, UserNotification, UserProfile
from themis_htmx.pace import Pace, roomy

Conditions = dict[str, Q]
# What the conditions look at.
COLUMNS = ("id", "user_id", "created_at", "read_at", "dismissed_at", "expires_at")
BATCH_SIZE = 50_000


class Window(NamedTuple):
    """A range of ids: above ``start``, up to ``end``."""

    start: int
    end: int

    @property
    def rows(self) -> NotificationQuerySet:
        """The notifications in it."""
        rows = UserNotification.objects.using(_database())
        return rows.filter(pk__gt=self.start, pk__lte=self.end)


def cleanup(
    max_age_days: int | None = None,
    *,
    batch_size: int = BATCH_SIZE,
    dry_run: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Counter[str]:
    """Delete expired, old dismissed and old read notifications; return how many by reason.

    ``max_age_days`` replaces ``THEMIS_NOTIFICATION_MAX_AGE_DAYS``; a user's shorter retention
    still holds. Age counts from ``created_at``, so an old row read today may go tonight. An
    unread row goes only when it has expired. ``batch_size`` is the number of rows looked at at a
    time; of these as many are deleted in one transaction as others can wait for. A run that was
    killed is resumed by running again, and two at once are safe. ``progress`` is called with the
    share done, 0 to 1.
    """
    now, counts = timezone.now(), Counter[str](read=0, dismissed=0, expired=0)
    days = setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS") if max_age_days is None else max_age_days
    conditions, pace = _conditions(now, days), Pace(_database(), batch_size)
    with roomy(_database()):
        for window, share in _windows(batch_size):
            look = _find(window, conditions, batch_size)[0] if dry_run else None
            counts.update(_clean(window, conditions, pace) if look is None else look)
            progress(share)
    if not dry_run:
        FanOutChunk.objects.forget_old()
    return counts


def _clean(window: Window, conditions: Conditions, pace: Pace) -> Counter[str]:
    """Delete what is to go from the window, in as many transactions as the pace makes of it."""
    counts = Counter[str]()
    while window.start < window.end:
        most = pace.rows
        found, last = _find(window, conditions, most)
        batch = window._replace(end=last) if found.total() == most else window
        if found.total():
            with pace.deleting(found.total()):
                counts.update(_delete(batch.rows, conditions, found))
        window = window._replace(start=batch.end)
    return counts


def _find(window: Window, conditions: Conditions, most: int) -> tuple[Counter[str], int]:
    """How many of the first ``most`` that are to go have which reason, and the last one's id."""
    doomed = window.rows.filter(_any(conditions)).order_by("pk").values(*COLUMNS)[:most]
    counted = {reason: Count("pk", filter=condition) for reason, condition in conditions.items()}
    found = doomed.aggregate(last=Max("pk"), **counted)
    last = found.pop("last")
    return Counter(found), last or 0


def _delete(
    rows: NotificationQuerySet, conditions: Conditions, found: Counter[str]
) -> Counter[str]:
    """Delete ``rows`` for the reasons that were found, and count them."""
    reasons = {reason: condition for reason, condition in conditions.items() if found[reason]}
    doomed = rows.filter(_any(reasons))
    # One statement, since PostgreSQL takes half as long for looking at a row as for deleting it.
    # Where something cascades Django reads first, and SQLite lets no transaction write that has
    # read what is no longer so: two runs at once would break each other.
    if len(reasons) > 1 and Collector(using=rows.db).can_fast_delete(doomed):
        with transaction.atomic(using=rows.db):
            if _deleted(doomed) == found.total():
                return found
            # Somebody else has been at them, so what went for which reason is not known.
            transaction.set_rollback(True, using=rows.db)
    return Counter({name: _deleted(rows.filter(reason)) for name, reason in reasons.items()})


def _deleted(rows: NotificationQuerySet) -> int:
    """Delete ``rows`` and count them alone: a project's own rows may go with them."""
    return rows.delete()[1].get(UserNotification._meta.label, 0)


def _any(conditions: Conditions) -> Q:
    return reduce(or_, conditions.values())


def _conditions(now: datetime, days: int) -> Conditions:
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


def _windows(size: int) -> Iterator[tuple[Window, float]]:
    """Cut the table into ranges of ``size`` rows, each with the share that it completes."""
    rows = UserNotification.objects.using(_database())
    last = rows.aggregate(last=Max("pk"))["last"] or 0
    start = 0
    while start < last:
        bounds = rows.filter(pk__gt=start).order_by("pk").values_list("pk", flat=True)
        end = min(next(iter(bounds[size - 1 : size]), last), last)
        yield Window(start, end), end / last
        start = end


def _days_before(now: datetime, days: int) -> datetime:
    """``days`` before ``now``, or the earliest instant that every database can compare with."""
    earliest = datetime(1000, 1, 1, tzinfo=now.tzinfo)
    return now - timedelta(days=days) if days < (now - earliest).days else earliest


def _database() -> str:
    return router.db_for_write(UserNotification)
