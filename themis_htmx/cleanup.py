"""Deleting what nobody needs any more, in short transactions, by key range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import router, transaction
from django.db.models import Count, Max, Min, Q
from django.db.models.deletion import Collector
from django.utils import timezone

from themis_htmx.conf import setting
from themis_htmx.inbox import NotificationQuerySet
from themis_htmx.models import FanOutChunk, UserNotification, UserProfile
from themis_htmx.pace import Pace, roomy, usual_size

# What the conditions look at.
COLUMNS = ("id", "user_id", "created_at", "read_at", "dismissed_at", "expires_at")
# Counted one by one. The rest of what goes was read.
RARE = ("dismissed", "expired")


class Doomed(NamedTuple):
    """What goes: all of it in the fewest words, and by reason, of which no row has two."""

    whole: Q
    reasons: dict[str, Q]


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
    batch_size: int | None = None,
    dry_run: bool = False,
    progress: Callable[[float], None] = lambda share: None,
) -> Counter[str]:
    """Delete expired, old dismissed and old read notifications; return how many by reason.

    ``max_age_days`` replaces ``THEMIS_NOTIFICATION_MAX_AGE_DAYS``; a user's shorter retention
    still holds. Age counts from ``created_at``, so an old row read today may go tonight. An
    unread row goes only when it has expired. ``batch_size`` is the number of ids looked through at
    a time, by default 200,000 on PostgreSQL and 50,000 elsewhere; of these as many are deleted in
    one transaction as others can wait for. A run that was killed is resumed by running again, and
    two at once are safe. ``progress`` is called with the share done, 0 to 1.
    """
    now, counts = timezone.now(), Counter[str](read=0, dismissed=0, expired=0)
    days = setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS") if max_age_days is None else max_age_days
    size = batch_size or usual_size(_database())
    doomed, pace = _doomed(now, days), Pace(_database(), size)
    with nullcontext() if dry_run else roomy(_database()):
        for window, share in _windows(size):
            found = _find(window, doomed, size)[0] if dry_run else _clean(window, doomed, pace)
            counts.update(found)
            progress(share)
    if not dry_run:
        FanOutChunk.objects.forget_old()
    return counts


def _clean(window: Window, doomed: Doomed, pace: Pace) -> Counter[str]:
    """Delete what is to go from the window, in as many transactions as the pace makes of it."""
    counts = Counter[str]()
    while window.start < window.end:
        most = pace.rows
        found, last = _find(window, doomed, most)
        batch = window._replace(end=last) if found.total() == most else window
        if found.total():
            with pace.deleting(found.total()):
                counts.update(_delete(batch.rows, doomed, found))
        window = window._replace(start=batch.end)
    return counts


def _find(window: Window, doomed: Doomed, most: int) -> tuple[Counter[str], int]:
    """How many of the first ``most`` that are to go have which reason, and the last one's id."""
    rows: Any = window.rows.filter(doomed.whole)
    # Putting them in order costs as much as the look itself, and is for where there may be more.
    if most < window.end - window.start:
        rows = rows.order_by("pk").values(*COLUMNS)[:most]
    rare = {reason: Count("pk", filter=doomed.reasons[reason]) for reason in RARE}
    found = rows.aggregate(last=Max("pk"), read=Count("pk"), **rare)
    last = found.pop("last")
    found["read"] -= sum(found[reason] for reason in RARE)
    return Counter(found), last or 0


def _delete(rows: NotificationQuerySet, doomed: Doomed, found: Counter[str]) -> Counter[str]:
    """Delete from ``rows`` for the reasons that were found, and count by them."""
    whole = rows.filter(doomed.whole)
    # In one statement, since looking at a row takes PostgreSQL half as long as deleting it. Where
    # something cascades Django reads first, and SQLite lets no transaction write that has read
    # what is no longer so: two runs at once would break each other.
    if Collector(using=rows.db).can_fast_delete(whole):
        with transaction.atomic(using=rows.db):
            if _deleted(whole) == found.total():
                return found
            # Somebody else has been at them, so what went for which reason is not known.
            transaction.set_rollback(True, using=rows.db)
    return Counter({name: _deleted(rows.filter(why)) for name, why in doomed.reasons.items()})


def _deleted(rows: NotificationQuerySet) -> int:
    """Delete ``rows`` and count them alone: a project's own rows may go with them."""
    return rows.delete()[1].get(UserNotification._meta.label, 0)


def _doomed(now: datetime, days: int) -> Doomed:
    oldest = _days_before(now, days)
    is_read, is_old = Q(read_at__isnull=False), Q(created_at__lt=oldest)
    is_expired, is_dismissed = Q(expires_at__lte=now), Q(dismissed_at__isnull=False)
    live = Q(expires_at=None) | Q(expires_at__gt=now)
    outlived = is_read & _past_retention(now, days)
    reasons = {
        "expired": is_expired,
        "dismissed": live & is_dismissed & is_old,
        "read": live
        & (is_read & is_old & Q(dismissed_at=None) | outlived & Q(created_at__gte=oldest)),
    }
    return Doomed(is_expired | is_old & (is_read | is_dismissed) | outlived, reasons)


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
    """Cut the table into ranges of ``size`` ids, each with the share that it completes."""
    rows = UserNotification.objects.using(_database())
    last = rows.aggregate(last=Max("pk"))["last"] or 0
    start = 0
    while start < last:
        # What was deleted long ago leaves gaps that would take as many empty ranges.
        first = rows.filter(pk__gt=start).aggregate(first=Min("pk"))["first"] or last
        end = min(first + size - 1, last)
        yield Window(first - 1, end), end / last
        start = end


def _days_before(now: datetime, days: int) -> datetime:
    """``days`` before ``now``, or the earliest instant that every database can compare with."""
    earliest = datetime(1000, 1, 1, tzinfo=now.tzinfo)
    return now - timedelta(days=days) if days < (now - earliest).days else earliest


def _database() -> str:
    return router.db_for_write(UserNotification)
