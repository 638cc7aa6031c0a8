"""The filters of a list: all, unread or snoozed, a level, a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.utils.translation import pgettext

from themis_htmx.levels import Level
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import NotificationQuerySet, Page
from themis_htmx.models.source import SOURCE_LENGTHS

STATES = ("unread", "snoozed")


class Chip(NamedTuple):
    """A filter to click: its element's id, its words, its query string, and its state."""

    id: str
    label: str
    query: str
    active: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list; a value that does not exist is ignored."""

    state: str = ""
    level: str = ""
    source: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Self:
        """Read the filters from the parameters of a request."""
        state, level = query.get("state", ""), query.get("level", "")
        return cls(
            state=state if state in STATES else "",
            level=level if level in Level.values else "",
            source=query.get("source", "").replace("\x00", "")[: SOURCE_LENGTHS["source_app"]],
        )

    def apply(self, notifications: NotificationQuerySet) -> NotificationQuerySet:
        """Narrow ``notifications`` down to the ones that the list shows."""
        return self._indexed(notifications).filter(**self._column_filters())

    def back(self, notifications: NotificationQuerySet, size: int) -> list[UserNotification]:
        """Return at most ``size`` that are back, latest first, as they stand on top of a list."""
        if self.is_snoozed:
            return []
        found = notifications.back().filter(**self._column_filters())
        return list(found.order_by("-visible_from", "-pk")[:size])

    def page(
        self,
        notifications: NotificationQuerySet,
        *,
        before: int | None = None,
        through: int = 0,
        size: int,
    ) -> Page:
        """Return a page of the list. A level or a source has no index and is searched for."""
        columns, listed = self._column_filters(), self._unread_or_listed(notifications)
        if self.is_snoozed:
            snoozed = self.apply(notifications)
            return snoozed.page_of_few(before=before, through=through, size=size)
        if columns:
            return listed.search(columns, before=before, through=through, size=size)
        return listed.current().page(before=before, through=through, size=size)

    def query(self, **changes: Any) -> str:
        """Return the query string of these filters with ``changes``, beginning with ``?``."""
        return "?" + urlencode(self.pairs(**changes))

    def pairs(self, **changes: Any) -> list[tuple[str, Any]]:
        """Return name and value of each filter that is set, for a form's hidden fields."""
        mine = {"state": self.state, "level": self.level, "source": self.source}
        return [(name, value) for name, value in (mine | changes).items() if value]

    def chips(self, sources: list[tuple[str, str]], *, has_snoozed: bool = False) -> list[Chip]:
        """Return the chips of all, of unread, and of ``sources``, pairs of name and source app.

        The chip of the snoozed is among them if the user has any, or looks for them.
        """
        states = [("unread", pgettext("filter", "Unread"))]
        if has_snoozed or self.is_snoozed:
            states.append(("snoozed", pgettext("filter", "Snoozed")))
        return [
            Chip("all", pgettext("filter", "All"), "?", not self),
            *(self._chip(state, name, "state", state) for state, name in states),
            *(
                self._chip(f"source-{number}", name, "source", source)
                for number, (name, source) in enumerate(sources)
            ),
        ]

    def level_chips(self) -> list[Chip]:
        """Return the chips of the levels."""
        return [
            self._chip(f"level-{value}", str(name), "level", value) for value, name in Level.choices
        ]

    @property
    def is_snoozed(self) -> bool:
        """True if the list shows what its user has put off until later."""
        return self.state == "snoozed"

    def _indexed(self, notifications: NotificationQuerySet) -> NotificationQuerySet:
        """Apply the filter that has an index: snoozed, unread, or otherwise not dismissed."""
        if self.is_snoozed:
            return notifications.snoozed()
        return self._unread_or_listed(notifications).current()

    def _unread_or_listed(self, notifications: NotificationQuerySet) -> NotificationQuerySet:
        # One condition at a time: with both, a planner may choose the wrong index. The unread are
        # never dismissed, since dismissing also marks read.
        return notifications.filter(**{"read_at" if self.state else "dismissed_at": None})

    def _column_filters(self) -> dict[str, str]:
        """Return the filters that have no index, by column."""
        columns = {"level": self.level, "source_app": self.source}
        return {name: value for name, value in columns.items() if value}

    def _chip(self, name: str, label: str, field: str, value: str) -> Chip:
        active = getattr(self, field) == value
        query = self.query(**{field: "" if active else value})
        return Chip(name, label, query, active)

    def __bool__(self) -> bool:
        return bool(self.state or self.level or self.source)
