"""The filters of a list: all or unread, a level, a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.utils.translation import pgettext

from themis_htmx.levels import Level
from themis_htmx.models.notification import NotificationQuerySet, Page
from themis_htmx.models.source import SOURCE_LENGTHS


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
            state=state if state == "unread" else "",
            level=level if level in Level.values else "",
            source=query.get("source", "").replace("\x00", "")[: SOURCE_LENGTHS["source_app"]],
        )

    def apply(self, notifications: NotificationQuerySet) -> NotificationQuerySet:
        """Narrow ``notifications`` down to the ones that the list shows."""
        return self._indexed(notifications).unexpired().filter(**self._column_filters())

    def page(self, notifications: NotificationQuerySet, **where: Any) -> Page:
        """Return a page of the list. A level or a source has no index and is searched for."""
        indexed, columns = self._indexed(notifications), self._column_filters()
        if columns:
            return indexed.search(columns, **where)
        return indexed.unexpired().page(**where)

    def query(self, **changes: Any) -> str:
        """Return the query string of these filters with ``changes``, beginning with ``?``."""
        return "?" + urlencode(self.pairs(**changes))

    def pairs(self, **changes: Any) -> list[tuple[str, Any]]:
        """Return name and value of each filter that is set, for a form's hidden fields."""
        filters = {name: changes.pop(name) for name in asdict(self) if name in changes}
        every = asdict(replace(self, **filters)) | changes
        return [(name, value) for name, value in every.items() if value]

    def chips(self, sources: list[tuple[str, str]]) -> list[Chip]:
        """Return the chips of all, of unread, and of ``sources``, pairs of name and source app."""
        unread = pgettext("filter", "Unread")
        return [
            Chip("all", pgettext("filter", "All"), "?", not self),
            self._chip("unread", unread, "state", "unread"),
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

    def _indexed(self, notifications: NotificationQuerySet) -> NotificationQuerySet:
        """Apply the filter that has an index: unread, or otherwise not dismissed."""
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
