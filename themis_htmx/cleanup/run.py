"""The deletion of old notifications in short transactions, by key range."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from time import perf_counter

from django.db import connections, transaction
from django.db.models import Count, Max, Min, Q, QuerySet
from django.db.models.deletion import Collector
from django.utils import timezone

from themis_htmx.cleanup.kept import EXAMPLES, REFUSALS, Kept, Protected, holder_of
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

    A notification that cannot be deleted, because a row of the project refers to it, is left out
    and logged. If there are any, ``"kept"`` in the result is their number.
    """
    now = timezone.now()
    days = setting("THEMIS_NOTIFICATION_MAX_AGE_DAYS") if max_age_days is None else max_age_days
    pace = Pace(write_alias(), batch_size, reads=_reads_before_it_deletes())
    run, act = Run(_reasons(now, days), pace), Run.count if dry_run else Run.delete
    with nullcontext() if dry_run else large_sqlite_cache(write_alias()):
        for first, last, share in _windows(pace):
            act(run, first, last)
            progress(share)
    if not dry_run:
        FanOutChunk.objects.forget_old()
    return run.end()


class Run:
    """One run: the reasons to delete, and the numbers so far."""

    def __init__(self, reasons: dict[str, Q], pace: Pace) -> None:
        self._reasons, self._pace = reasons, pace
        self._counts = Counter(dict.fromkeys(reasons, 0))
        self._kept, self._protected = Kept(), Protected()

    def count(self, first: int, last: int) -> None:
        """Count by reason what is to be deleted of a range of ids."""
        self._leave_out_protected(first, last)
        counted = {name: Count("pk", filter=why) for name, why in self._reasons.items()}
        self._counts.update(self._deletable(first, last).aggregate(**counted))

    def delete(self, first: int, last: int) -> None:
        """Delete what is to be deleted of a range of ids, except for what cannot be."""
        self._leave_out_protected(first, last)
        start = perf_counter()
        counts, refusal = self._attempt(first, last)
        self._pace.learn(counts.total(), perf_counter() - start)
        if refusal:
            self._delete_by_halves(first, last, refusal)

    def end(self) -> Counter[str]:
        """Report what was left out, and return the numbers by reason."""
        self._kept.report()
        if self._kept.number:
            self._counts["kept"] = self._kept.number
        return self._counts

    def _deletable(self, first: int, last: int) -> NotificationQuerySet:
        return self._protected.left_out_of(_range(first, last))

    def _leave_out_protected(self, first: int, last: int) -> None:
        if holder := self._protected.holder:
            due = _range(first, last).filter(reduce(or_, self._reasons.values()))
            protected = self._protected.among(due)
            if number := protected.count():
                self._kept.add(holder, number, protected.values_list("pk", flat=True)[:EXAMPLES])

    def _attempt(self, first: int, last: int) -> tuple[Counter[str], Exception | None]:
        """Delete a range for one reason after another, so that the database counts each.

        Returns the numbers, and the error if a row of the range cannot be deleted.
        """
        rows, counts, refusal = self._deletable(first, last), Counter[str](), None
        # On SQLite a transaction that reads first fails to write if another committed in between,
        # as would happen if two runs met. So where Django reads, each reason is deleted by itself.
        in_one = not _reads_before_it_deletes() or connections[rows.db].in_atomic_block
        try:
            with transaction.atomic(using=rows.db) if in_one else nullcontext():
                for name, why in self._reasons.items():
                    counts[name] = _delete_and_count(rows.filter(why))
        except REFUSALS as error:
            refusal = error
            if in_one:
                counts.clear()
        self._counts.update(counts)
        return counts, refusal

    def _delete_by_halves(self, first: int, last: int, refusal: Exception) -> None:
        """Delete a refused range by halves, and leave out each id that is refused alone."""
        if first == last:
            self._kept.add(holder_of(refusal), 1, [first])
            return
        middle = (first + last) // 2
        for half in ((first, middle), (middle + 1, last)):
            start = perf_counter()
            _counts, error = self._attempt(*half)
            self._pace.rest(perf_counter() - start)
            if error:
                self._delete_by_halves(*half, error)


def _reads_before_it_deletes() -> bool:
    """Return whether Django reads the rows before it deletes them, for a cascade or a signal."""
    return not Collector(using=write_alias()).can_fast_delete(_rows())


def _delete_and_count(rows: NotificationQuerySet) -> int:
    """Delete ``rows`` and return their number, without rows of the project that go with them."""
    # Django's own delete(): nobody sees the rows, so there is nobody to tell.
    return QuerySet.delete(rows)[1].get(UserNotification._meta.label, 0)


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


def _windows(pace: Pace) -> Iterator[tuple[int, int, float]]:
    """Cut the table into ranges of ids, each with the share of the table done once it is done."""
    last = _rows().aggregate(last=Max("pk"))["last"] or 0
    start = 0
    while start < last:
        rest = _rows().filter(pk__gt=start)
        # From the first id that exists: gaps of deleted rows would take many empty ranges.
        first = rest.aggregate(first=Min("pk"))["first"] or last
        start = min(first + pace.ids - 1, last)
        yield first, start, start / last


def _range(first: int, last: int) -> NotificationQuerySet:
    return _rows().filter(pk__gte=first, pk__lte=last)


def _rows() -> NotificationQuerySet:
    return UserNotification.objects.using(write_alias())


def _days_before(now: datetime, days: int) -> datetime:
    """Return ``days`` before ``now``, but no instant that a database cannot compare with."""
    earliest = datetime(1000, 1, 1, tzinfo=now.tzinfo)
    return now - timedelta(days=days) if days < (now - earliest).days else earliest
