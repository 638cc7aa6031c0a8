"""The channels in which a user wants a notification, for channels of a project's own, too."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from themis_htmx.databases import write_alias
from themis_htmx.levels import URGENT
from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.policies import Channel, Policy, channel_name, policy_of

__all__ = ["Channel", "wanted"]

# Users who are named in one query. SQLite takes 32,766 parameters.
CHUNK = 10_000


def wanted(
    notifications: Iterable[UserNotification],
    channel: str,
    *,
    now: datetime | None = None,
    quiet_hours: bool = True,
) -> list[UserNotification]:
    """Return the notifications whose users want them in ``channel``, in the order given.

    ``notifications``
        Any number, of any users. Nothing of them is changed.
    ``channel``
        ``"bell"``, ``"desktop"`` or ``"email"``. A channel of your own obeys the column that is
        closest to it.
    ``now``
        The instant for which quiet hours are judged, by default the present.
    ``quiet_hours``
        ``False`` to pass over quiet hours, for what interrupts nobody. The bell has none.

    The preferences are those of this moment, so a source that was muted since is left out. Urgent
    ones pass what is turned off, unless the user said otherwise. A source that is required in the
    channel passes everything except quiet hours, and these if it is urgent.

    Two queries are made for up to 10,000 users, however many the notifications are. An unknown
    channel raises ``ValueError``.
    """
    channel = channel_name(channel)
    rows = list(notifications)
    wishes = _wishes_of(rows)
    # Once for each user, since clock changes make it slow to judge.
    quiet = {user: quiet_hours and each.profile.is_quiet(now) for user, each in wishes.items()}
    return [
        row
        for row in rows
        if wishes[row.user_id].include(
            row.source_app, row.level, channel, is_quiet=quiet[row.user_id]
        )
    ]


class Wishes(NamedTuple):
    """What a user wants by source and channel, as it was read from the tables."""

    profile: UserProfile
    # By source; a source of which the user has said nothing is not there.
    preferences: dict[str, SourcePreference]

    @classmethod
    def read(cls, profile: UserProfile, sources: set[str]) -> Wishes:
        """Read what the owner of ``profile`` has said of ``sources``, by at most one query."""
        named = sources - {""}
        if not named:
            return cls(profile, {})
        rows = SourcePreference.objects.using(write_alias()).filter(source_app__in=named)
        mine = rows.filter(user_id=profile.user_id)
        return cls(profile, {row.source_app: row for row in mine})

    def include(self, source_app: str, level: str, channel: str, *, is_quiet: bool) -> bool:
        """Return whether such a notification is wanted in ``channel``.

        ``is_quiet`` says that the user has quiet hours, which the bell passes over.
        """
        is_required = policy_of(source_app, channel) is Policy.REQUIRED
        if not is_required and not self._include_by_choice(source_app, level, channel):
            return False
        if not is_quiet or channel == Channel.BELL:
            return True
        return level in URGENT and (is_required or self.profile.quiet_lets_urgent_through)

    def _include_by_choice(self, source_app: str, level: str, channel: str) -> bool:
        if not self.profile.allows(level):
            return False
        said = self.preferences.get(source_app) or SourcePreference(source_app=source_app)
        # What is not in the bell any more reaches no other channel.
        return said.wants(Channel.BELL, level) and said.wants(channel, level)


def _wishes_of(rows: list[UserNotification]) -> dict[Any, Wishes]:
    """Read the wishes of all users of ``rows``, by two queries for each chunk of users."""
    sources = {row.source_app for row in rows}
    wishes = {row.user_id: Wishes(UserProfile(), {}) for row in rows}
    users = list(wishes)
    for start in range(0, len(users), CHUNK):
        of_users = {"user_id__in": users[start : start + CHUNK]}
        for profile in UserProfile.objects.using(write_alias()).filter(**of_users):
            wishes[profile.user_id] = Wishes(profile, {})
        said = SourcePreference.objects.using(write_alias())
        for row in said.filter(source_app__in=sources, **of_users):
            wishes[row.user_id].preferences[row.source_app] = row
    return wishes
