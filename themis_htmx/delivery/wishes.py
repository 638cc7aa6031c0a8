"""Checks against preferences and muted sources, in SQL and in Python.

In SQL they narrow a query of users, which on PostgreSQL may be a query of a single user. In Python
they judge the wishes of one user that a query has read already.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from themis_htmx.levels import Level
from themis_htmx.models import MutedSource


def wants_q(level: str, source_app: str = "") -> Q:
    """Return the condition that a user wants a notification of ``level`` from ``source_app``.

    A user without a profile has the defaults and wants everything.
    """
    wanted = Q(themis_profile=None) | Q(
        themis_profile__notifications_enabled=True,
        themis_profile__notifications_min_level__in=Level.minimums_reached_by(level),
    )
    if not source_app:
        return wanted
    muted = MutedSource.objects.holding_back(source_app, level)
    return wanted & ~Q(Exists(muted.filter(user_id=OuterRef("pk"))))


class StoredWishes(NamedTuple):
    """The wishes that one user has stored; ``None`` stands for a row that is not there."""

    # Of the profile.
    enabled: bool | None
    minimum: str | None
    # Of the muted source: whether urgent notifications are held back too.
    including_urgent: bool | None

    def allow(self, level: str) -> bool:
        """Return what :func:`wants_q` says of this user in SQL."""
        has_profile = self.enabled is not None
        if has_profile and not (self.enabled and self.minimum in Level.minimums_reached_by(level)):
            return False
        is_muted = self.including_urgent is not None
        return not is_muted or (Level(level).is_urgent and not self.including_urgent)
