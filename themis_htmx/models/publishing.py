"""A queryset whose changes are published, so that open pages learn of them at once."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.db.models import Model, Q, QuerySet

from themis_htmx.live.config import is_on
from themis_htmx.live.publish import publish

Row = TypeVar("Row", bound=Model)


class PublishingQuerySet(QuerySet[Row]):
    """A queryset of rows of users, that knows the user where one was named.

    Otherwise a change asks first whose rows it will change, if anybody is to be told at all.
    """

    _owner: Any = None

    def _owned_by(self, key: Any) -> Self:
        """Return the rows, of which the caller knows that they are those of the user ``key``."""
        rows = self.all()
        rows._owner = key
        return rows

    def _change(self, **values: Any) -> int:
        """Update the rows, publish it, and return their number."""
        owners = self._owners()
        changed = self.update(**values)
        if changed:
            publish(owners)
        return changed

    def _owners(self, condition: Q | None = None) -> list[Any]:
        """Return the keys of the users whose rows these are, or of more; empty if nobody cares."""
        if not is_on():
            return []
        if self._owner is not None:
            return [self._owner]
        rows = self if condition is None else self.filter(condition)
        return list(rows.order_by().values_list("user_id", flat=True).distinct())

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]
        clone._owner = self._owner
        return clone

    # Rows of one user, put together with others, may be those of several.

    def __or__(self, other: QuerySet[Row]) -> Self:
        return super().__or__(other)._owned_by(None)

    def __xor__(self, other: QuerySet[Row]) -> Self:
        return super().__xor__(other)._owned_by(None)
