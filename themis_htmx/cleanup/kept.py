"""Old notifications that stay, because rows of the project refer to them and do not let them go."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError
from django.db.models import PROTECT, Exists, OuterRef, ProtectedError, Q, RestrictedError

from themis_htmx.databases import write_alias
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import NotificationQuerySet

logger = logging.getLogger("themis")

# The database's own foreign keys answer with an IntegrityError.
REFUSALS = (ProtectedError, RestrictedError, IntegrityError)
# The most notifications that the log names for each holder.
EXAMPLES = 10


class Kept:
    """The notifications that one run leaves out, by what refers to them."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._examples: dict[str, list[int]] = {}

    @property
    def number(self) -> int:
        """The number of notifications left out."""
        return sum(self._numbers.values())

    def add(self, holder: str, number: int, examples: Iterable[int]) -> None:
        """Remember ``number`` more that ``holder`` refers to, some of them as ``examples``."""
        named = self._examples.setdefault(holder, [])
        named.extend(list(examples)[: EXAMPLES - len(named)])
        self._numbers[holder] = self._numbers.get(holder, 0) + number

    def report(self) -> None:
        """Log a warning for each holder."""
        for holder, number in self._numbers.items():
            logger.warning(
                "cleanup: %d old notification(s) stay, since %s refers to them, such as %s.",
                number,
                holder,
                ", ".join(map(str, self._examples[holder])),
            )


class Protected:
    """The notifications to which a row refers by a foreign key with ``PROTECT``.

    Django never deletes these, so cleanup does not try. A project may protect every notification,
    and each attempt would cost a transaction. Every other refusal shows only in an attempt.
    """

    def __init__(self) -> None:
        fields: Any = UserNotification._meta.get_fields(include_hidden=True)
        self._relations = [each for each in fields if getattr(each, "on_delete", None) is PROTECT]

    @property
    def holder(self) -> str:
        """The models that have such a foreign key, or ``""``."""
        labels = {relation.related_model._meta.label for relation in self._relations}
        return ", ".join(sorted(labels))

    def among(self, rows: NotificationQuerySet) -> NotificationQuerySet:
        """Filter the protected ones of ``rows``."""
        return rows.filter(self._condition())

    def left_out_of(self, rows: NotificationQuerySet) -> NotificationQuerySet:
        """Leave the protected ones out of ``rows``."""
        return rows.filter(~self._condition()) if self._relations else rows

    def _condition(self) -> Q:
        condition = Q(pk__in=[])
        for relation in self._relations:
            holders = relation.related_model._base_manager.using(write_alias())
            condition |= Q(Exists(holders.filter(**{relation.field.name: OuterRef("pk")})))
        return condition


def holder_of(refusal: Exception) -> str:
    """Return the models whose rows are the reason for ``refusal``, or ``"the database"``."""
    objects: Any = getattr(refusal, "protected_objects", None)
    objects = objects or getattr(refusal, "restricted_objects", None) or ()
    labels = {each._meta.label for each in objects}
    return ", ".join(sorted(labels)) or "a foreign key of the database"
