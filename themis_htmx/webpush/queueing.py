"""The outbox: each notification that has just come is queued once for each browser of its user."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple

from django.db import IntegrityError
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone

from themis_htmx.channels import Channel, wanted
from themis_htmx.databases import write_alias
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.models.silent import IdRanges, silent_ids
from themis_htmx.webpush.models import HORIZON, KEPT, PushMessage, PushSubscription

# Ids near the beginning of the horizon are found this exactly.
ROUGHLY = 1000
# A transaction that was open for long has given a row an older date than its neighbours have.
SLACK = timedelta(hours=1)
# Seconds for which the id found is taken again: it is older than it has to be.
FLOOR_KEPT = 300.0
# Rows in one statement.
BATCH = 500

_floors: dict[tuple[str, timedelta], tuple[float, int]] = {}


class Recent(NamedTuple):
    """An unread notification that has come within the horizon."""

    pk: int
    user_id: Any
    created_at: datetime
    visible_from: datetime | None

    @property
    def shown_at(self) -> datetime:
        """The instant from which its user could see it."""
        return self.visible_from or self.created_at


class Missing(NamedTuple):
    """A notification that a browser has not been queued for, or not since it has woken up."""

    subscription: PushSubscription
    pk: int
    queued_at: datetime | None


def users_to_tell() -> list[Any]:
    """Return the keys of the users with a browser who may have to be told of something.

    They have something unread that came within two days: what is tried for a day may have been
    queued a day after it came. All others take no further query.
    """
    alias = write_alias()
    unread = UserNotification.objects.using(alias).filter(user_id=OuterRef("user_id"), read_at=None)
    new = Exists(unread.filter(pk__gte=_floor(KEPT + SLACK)))
    woken = Exists(unread.filter(visible_from__gt=timezone.now() - KEPT))
    found = PushSubscription.objects.using(alias).filter(new | woken).order_by("user_id")
    return list(found.values_list("user_id", flat=True).distinct())


def queue_recent(
    subscriptions: Sequence[PushSubscription], profiles: dict[Any, UserProfile]
) -> None:
    """Queue what has come for these subscriptions, each once, however often this is called.

    A row is made for what is not wanted, too: nobody is told of it when they change their mind.
    What comes during quiet hours is due when they end.
    """
    now = timezone.now()
    missing = _missing(subscriptions, now)
    if not missing:
        return
    due = _due(missing, profiles, now)
    messages = PushMessage.objects.using(write_alias())
    new = [
        PushMessage(
            subscription=each.subscription,
            notification=each.pk,
            queued_at=now,
            due_at=due.get(each.pk),
        )
        for each in missing
        if each.queued_at is None
    ]
    try:
        _insert(new)
    except IntegrityError:
        # A browser has ended its subscription meanwhile. It keeps no other one from its message.
        there = _still_there(subscriptions)
        _insert([each for each in new if each.subscription_id in there])
    for each in missing:
        if each.queued_at is not None:
            row = messages.filter(subscription=each.subscription, notification=each.pk)
            again = {"queued_at": now, "due_at": due.get(each.pk), "sent_at": None, "attempts": 0}
            row.filter(queued_at=each.queued_at).update(**again)


def _insert(rows: Sequence[PushMessage]) -> None:
    # Another process may be at it. There is no text in these rows that MariaDB could shorten.
    messages = PushMessage.objects.using(write_alias())
    messages.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def _still_there(subscriptions: Sequence[PushSubscription]) -> set[int]:
    rows = PushSubscription.objects.using(write_alias())
    keys = rows.filter(pk__in=[each.pk for each in subscriptions]).values_list("pk", flat=True)
    return set(keys)


def _missing(subscriptions: Sequence[PushSubscription], now: datetime) -> list[Missing]:
    by_user = defaultdict(list)
    for row in _recent({each.user_id for each in subscriptions}, now):
        by_user[row.user_id].append(row)
    pairs = [
        (each, row)
        for each in subscriptions
        for row in by_user[each.user_id]
        # Nothing old is pushed to a browser that has only now subscribed.
        if row.shown_at >= each.created_at
    ]
    queued = _queued([each for each, _row in pairs], {row.pk for _each, row in pairs})
    missing = []
    for each, row in pairs:
        queued_at = queued.get((each.pk, row.pk))
        has_woken = row.visible_from and queued_at and queued_at < row.visible_from
        if queued_at is None or has_woken:
            missing.append(Missing(each, row.pk, queued_at))
    return missing


def _recent(user_keys: Iterable[Any], now: datetime) -> list[Recent]:
    keys = list(user_keys)
    since = now - HORIZON
    unread = UserNotification.objects.using(write_alias()).filter(user_id__in=keys)
    new = unread.unread().announced()
    new = new.filter(pk__gte=_floor(HORIZON + SLACK), created_at__gt=since)
    woken = unread.back().filter(visible_from__gt=since)
    columns = ("pk", "user_id", "created_at", "visible_from")
    rows = [*new.values_list(*columns), *woken.values_list(*columns)]
    return [Recent(*row) for row in {row[0]: row for row in rows}.values()]


def _queued(
    subscriptions: Sequence[PushSubscription], numbers: set[int]
) -> dict[tuple[int, int], datetime]:
    if not numbers:
        return {}
    rows = PushMessage.objects.using(write_alias()).filter(
        subscription__in={each.pk for each in subscriptions},
        notification__gte=min(numbers),
        notification__lte=max(numbers),
    )
    found = rows.values_list("subscription_id", "notification", "queued_at")
    return {(subscription, number): queued_at for subscription, number, queued_at in found}


def _due(
    missing: Sequence[Missing], profiles: dict[Any, UserProfile], now: datetime
) -> dict[int, datetime]:
    """Return when each notification is due; those that are not wanted are left out."""
    rows = UserNotification.objects.using(write_alias()).filter(pk__in={row.pk for row in missing})
    turned_on = [
        row for row in rows if _has_alerts(profiles.get(row.user_id)) and row.read_at is None
    ]
    allowed = wanted(turned_on, Channel.DESKTOP, now=now, quiet_hours=False)
    at_once = {row.pk for row in wanted(allowed, Channel.DESKTOP, now=now)}
    due = {}
    for row in allowed:
        end = None if row.pk in at_once else profiles[row.user_id].quiet_until(now)
        due[row.pk] = end or now
    return due


def _has_alerts(profile: UserProfile | None) -> bool:
    return profile is not None and profile.browser_notifications_enabled


def _floor(age: timedelta) -> int:
    """Return an id below which nothing is younger than ``age``.

    No index finds rows by their date, and ids follow it nearly. So they are searched like the pages
    of a dictionary. What was imported is passed over: it is older than its neighbours.
    """
    alias, instant = write_alias(), timezone.now() - age
    found_at, floor = _floors.get((alias, age), (float("-inf"), 0))
    if monotonic() - found_at < FLOOR_KEPT:
        return floor
    newest = UserNotification.objects.using(alias).aggregate(most=Max("pk"))["most"] or 0
    low, high = 0, newest + 1
    ranges = silent_ids()
    while high - low > ROUGHLY:
        begin, found = _first_told((low + high) // 2, high, ranges)
        if found is None or found[1] >= instant:
            high = begin
        else:
            low = found[0]
    _floors[alias, age] = (monotonic(), low)
    return low


def _first_told(begin: int, end: int, ranges: IdRanges) -> tuple[int, tuple[int, datetime] | None]:
    """Return id and date of the first row from ``begin`` that is not silent, ``None`` for none.

    The number before them is an id from which on there is no such row before that one.
    """
    rows = UserNotification.objects.using(write_alias()).filter(visible_from=None, pk__lt=end)
    dates = rows.order_by("pk").values_list("pk", "created_at")
    start = begin
    while found := dates.filter(pk__gte=start).first():
        passed = next((each for each in ranges if each[0] <= found[0] <= each[1]), None)
        if passed is None:
            break
        # The search takes the whole range as one step.
        begin, start = min(begin, passed[0]), passed[1] + 1
    return begin, found
