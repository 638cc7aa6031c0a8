"""Notifications of which nobody told the outlet, found by the command itself.

Some were scheduled, and their time has come. Others were written by a process that died after its
commit, or in a project that ends its transactions by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from themis_htmx.databases import write_alias
from themis_htmx.levels import URGENT
from themis_htmx.mail.models import LastRun, Mailed
from themis_htmx.mail.sources import required_sources
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import NotificationQuerySet

# Rows that one query names.
AT_ONCE = 500


def untold_since(run: LastRun) -> Iterator[tuple[list[Any], str, str]]:
    """Return the users who have something urgent or required that may not have been told of.

    In groups: keys of users, level and source. What was mailed already is left out.
    """
    users = defaultdict(set)
    for rows in _found(run):
        for key, level, source_app in rows.values_list("user_id", "level", "source_app"):
            users[level, source_app].add(key)
    for (level, source_app), keys in users.items():
        named = sorted(keys)
        for start in range(0, len(named), AT_ONCE):
            yield named[start : start + AT_ONCE], level, source_app


def _found(run: LastRun) -> Iterator[NotificationQuerySet]:
    rows = UserNotification.objects.using(write_alias()).order_by()
    mailed = Mailed.objects.using(write_alias()).filter(notification=OuterRef("pk"))
    to_be_told = (
        rows.unread()
        .announced()
        .filter(Q(level__in=URGENT) | Q(source_app__in=required_sources()), ~Exists(mailed))
    )
    yield to_be_told.filter(pk__gt=run.newest_before)
    # In two steps: an index has the ids of what is unread and scheduled, and not its level.
    times = {"visible_from__gt": run.looks_from, "visible_from__lte": timezone.now()}
    woken = list(rows.filter(read_at=None, **times).values_list("pk", flat=True))
    for start in range(0, len(woken), AT_ONCE):
        yield to_be_told.filter(pk__in=woken[start : start + AT_ONCE])
