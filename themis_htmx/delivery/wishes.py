"""Checks against preferences, of the profile and of the source, in SQL and in Python.

In SQL they narrow a query of users, which on PostgreSQL may be a query of a single user. In Python
they judge the wishes of one user that a query has read already.
"""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Exists, OuterRef, Q

from themis_htmx.levels import Level
from themis_htmx.models import SourcePreference
from themis_htmx.models.source_preference import least_weight_without_row
from themis_htmx.policies import Policy


def wants_q(level: str, source_app: str = "", policy: Policy = Policy.ON) -> Q:
    """Return the condition that a user wants a notification of ``level`` from ``source_app``.

    ``policy`` is that of the source in the bell. A user without a profile has the defaults of the
    profile and wants everything. Everybody wants what is required.
    """
    if policy is Policy.REQUIRED:
        return Q()
    wanted = Q(themis_profile=None) | Q(
        themis_profile__notifications_enabled=True,
        themis_profile__notifications_min_level__in=Level.minimums_reached_by(level),
    )
    return wanted & _wants_source_q(level, source_app, policy) if source_app else wanted


def _wants_source_q(level: str, source_app: str, policy: Policy) -> Q:
    rows = SourcePreference.objects.filter(source_app=source_app, user_id=OuterRef("pk"))
    if Level(level).is_urgent:
        unwanted = Q(bell=False) if policy.is_on else ~Q(bell=True)
        return ~Q(Exists(rows.filter(unwanted, including_urgent=True)))
    return (
        ~Q(Exists(rows.filter(bell=False))) if policy.is_on else Q(Exists(rows.filter(bell=True)))
    )


class StoredWishes(NamedTuple):
    """The wishes that one user has stored; ``None`` stands for a row that is not there."""

    # Of the profile.
    enabled: bool | None
    minimum: str | None
    # Of the source preference: the least weight of a level that comes into the bell.
    least_weight: int | None

    def allow(self, level: str, policy: Policy) -> bool:
        """Return what :func:`wants_q` says of this user in SQL."""
        if policy is Policy.REQUIRED:
            return True
        has_profile = self.enabled is not None
        if has_profile and not (self.enabled and self.minimum in Level.minimums_reached_by(level)):
            return False
        least = self.least_weight
        return Level(level).weight >= (least_weight_without_row(policy) if least is None else least)
