"""Wishes: whether a user wants a notification, in SQL for many and in Python for one."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from themis_htmx.levels import Level
from themis_htmx.models import MutedSource


def wanting(level: str, source_app: str = "") -> Q:
    """The condition on users that they want a notification of ``level`` from ``source_app``.

    A user without a row has the defaults: everything.
    """
    wanted = Q(themis_profile=None) | Q(
        themis_profile__notifications_enabled=True,
        themis_profile__notifications_min_level__in=Level.minimums_reached_by(level),
    )
    if not source_app:
        return wanted
    muted = MutedSource.objects.holding_back(source_app, level)
    return wanted & ~Q(Exists(muted.filter(user_id=OuterRef("pk"))))


class Choice(NamedTuple):
    """What one user has stored, each ``None`` where they have not."""

    enabled: bool | None
    minimum: str | None
    # Of the notification's source: whether what is urgent is kept away too.
    muted: bool | None

    def wants(self, level: str) -> bool:
        """What :func:`wanting` says in SQL of many."""
        if self.enabled is not None and not self._is_told(level):
            return False
        return self.muted is None or (not self.muted and Level(level).weight >= 2)

    def _is_told(self, level: str) -> bool:
        return bool(self.enabled) and self.minimum in Level.minimums_reached_by(level)
