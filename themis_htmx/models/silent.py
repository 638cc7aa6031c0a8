"""Notifications that nobody is told of, such as those that come from another kit.

They are in lists and on the badge like any other. No toast, alert, e-mail or push speaks of them.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Q

# The first and the last id of rows whose dates do not follow their ids, oldest first.
IdRanges = list[tuple[int, int]]

_conditions: dict[Callable[[], Q], Callable[[], IdRanges]] = {}


def register(condition: Callable[[], Q], id_ranges: Callable[[], IdRanges]) -> None:
    """Add a condition that a row is silent, from the ``ready()`` of an app.

    ``id_ranges`` returns the ranges in which all rows meet the condition, and others have no id.
    """
    _conditions[condition] = id_ranges


def silent_ids() -> IdRanges:
    """Return the ranges of ids in which rows are silent."""
    return sorted(each for id_ranges in _conditions.values() for each in id_ranges())


def announced_q() -> Q:
    """Return the condition that people may be told of a row, empty where nothing is silent."""
    announced = Q()
    for condition in _conditions:
        announced &= ~condition()
    return announced
