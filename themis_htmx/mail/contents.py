"""The contents of a user's next e-mail: what is unread, and wanted by e-mail, now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q

from themis_htmx.channels import Channel, wanted
from themis_htmx.databases import write_alias
from themis_htmx.levels import URGENT, weight_of
from themis_htmx.mail.models import Mailed, MailPreference
from themis_htmx.mail.models.mailed import KEPT
from themis_htmx.mail.modes import Mode
from themis_htmx.mail.sources import is_required, required_sources
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import NotificationQuerySet

# Notifications that are read for one e-mail. One tells of 20.
MOST = 1000
# The least time between two e-mails about what is urgent.
BETWEEN = timedelta(minutes=15)


class Contents(NamedTuple):
    """What to tell a user now, the most urgent and newest first, and when to look again."""

    notifications: list[UserNotification] = []
    is_summary: bool = False
    # True if there are more than were read.
    is_cut: bool = False
    # When quiet hours end that hold something back, or the time between two e-mails does.
    later: datetime | None = None


def contents(preferences: list[MailPreference], now: datetime) -> dict[Any, Contents]:
    """Return what is to be mailed at ``now`` to some users, by their keys; it may be nothing.

    A summary tells what is unread. In between an e-mail tells what is urgent, and what comes from a
    source whose e-mails are required. Users and profiles have to be read along. Three queries are
    made, or six if some are due for a summary and others are not.
    """
    found: dict[Any, Contents] = {}
    summaries = [each for each in preferences if is_summary_due(each, now)]
    others = [each for each in preferences if not is_summary_due(each, now)]
    for each in others:
        if (last := each.last_sent_at) and last + BETWEEN > now:
            found[each.pk] = Contents(later=last + BETWEEN)
    others = [each for each in others if each.pk not in found]
    for rows, is_summary in ((summaries, True), (others, False)):
        if rows:
            found |= _told(rows, now, is_summary=is_summary)
    return found


def is_summary_due(preference: MailPreference, now: datetime) -> bool:
    """Return whether a summary, and not only what is urgent, is due."""
    is_due = preference.digest_at is not None and preference.digest_at <= now
    # The site's default may have had summaries when the time was set, and have none now.
    return is_due and preference.wanted_mode.has_summaries


def _told(rows: list[MailPreference], now: datetime, *, is_summary: bool) -> dict[Any, Contents]:
    unread = _unread(rows, now, is_summary=is_summary)
    everything = [each for mine in unread.values() for each in mine[:MOST]]
    told: dict[Any, list[UserNotification]] = {row.pk: [] for row in rows}
    for each in wanted(everything, Channel.EMAIL, now=now, quiet_hours=not is_summary):
        told[each.user_id].append(each)
    found = {}
    for row in rows:
        mine = sorted(told[row.pk], key=lambda each: (-weight_of(each.level), -each.pk))
        number = len(unread[row.pk])
        # Not all that is left may be wanted. Then the next look finds nothing.
        is_held = not is_summary and len(mine) < number
        later = row.user.themis_profile.quiet_until(now) if is_held else None
        found[row.pk] = Contents(mine, is_summary, number > MOST, later)
    return found


def _unread(
    rows: list[MailPreference], now: datetime, *, is_summary: bool
) -> dict[Any, list[UserNotification]]:
    """Return what is unread and was not mailed, of the kind that the e-mails are about, by user."""
    most = MOST * 2
    query = _query([row.pk for row in rows], min(row.since for row in rows), now)
    if not is_summary:
        query = query.filter(Q(source_app__in=required_sources()) | Q(level__in=URGENT))
    found = list(query[:most])
    if len(found) == most and len(rows) > 1:
        # Together they have too many. One of them may have all of these.
        each = [_unread([row], now, is_summary=is_summary) for row in rows]
        return {key: mine for one in each for key, mine in one.items()}
    by_user = {row.pk: row for row in rows}
    unread: dict[Any, list[UserNotification]] = {row.pk: [] for row in rows}
    for notification in found:
        row = by_user[notification.user_id]
        if _is_for(row, notification):
            unread[row.pk].append(notification)
    return {key: mine[: MOST + 1] for key, mine in unread.items()}


def _query(keys: list[Any], since: datetime, now: datetime) -> NotificationQuerySet:
    mailed = Mailed.objects.using(write_alias()).filter(notification=OuterRef("pk"))
    # What is older may have been mailed, and its mark been forgotten.
    oldest = max(since, now - KEPT)
    is_new = Q(created_at__gte=oldest) | Q(visible_from__gte=oldest)
    rows = UserNotification.objects.using(write_alias()).filter(user_id__in=keys).unread()
    rows = rows.announced()
    return rows.filter(is_new, ~Exists(mailed)).newest_first()


def _is_for(row: MailPreference, notification: UserNotification) -> bool:
    if notification.shown_at < row.since:
        return False
    takes_all = row.wanted_mode != Mode.OFF and row.user.themis_profile.notifications_enabled
    return takes_all or is_required(notification.source_app)
