"""What part of the inbox is looked at: all or unread, a level, a source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, NamedTuple, Self
from urllib.parse import urlencode

from django.utils.translation import pgettext

from themis_htmx.levels import Level
from themis_htmx.models.notification import NotificationQuerySet, Page


class Chip(NamedTuple):
    """A filter to click: its element's id, its words, where it leads, whether it is on."""

    id: str
    label: str
    query: str
    active: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of a list. What a request asks for and does not exist is left out."""

    state: str = ""
    level: str = ""
    source: str = ""

    @classmethod
    def from_query(cls, query: Mapping[str, Any]) -> Self:
        """Read them from the parameters of a request."""
        state, level = query.get("state", ""), query.get("level", "")
        return cls(
            state=state if state == "unread" else "",
            level=level if level in Level.values else "",
            source=query.get("source", "").replace("\x00", "")[:100],
        )

    def apply(self, notifications: NotificationQuerySet) -> NotificationQuerySet:
        """Narrow ``notifications`` down to what the list shows of them."""
        return self._walked(notifications).unexpired().filter(**self._exact())

    def page(self, notifications: NotificationQuerySet, **where: Any) -> Page:
        """A page of what the list shows of ``notifications``; a search for a level or a source."""
        walked, exact = self._walked(notifications), self._exact()
        return walked.search(exact, **where) if exact else walked.unexpired().page(**where)

    def query(self, **changes: Any) -> str:
        """Return the query string of these filters with ``changes``, beginning with ``?``."""
        return "?" + urlencode(self.pairs(**changes))

    def pairs(self, **changes: Any) -> list[tuple[str, Any]]:
        """Name and value of each filter that is set, for a form's hidden fields."""
        filters = {name: changes.pop(name) for name in asdict(self) if name in changes}
        every = asdict(replace(self, **filters)) | changes
        return [(name, value) for name, value in every.items() if value]

    def chips(self, sources: list[tuple[str, str]]) -> list[Chip]:
        """All, unread, and each of ``sources``, pairs of name and source app."""
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
        """The four levels."""
        return [
            self._chip(f"level-{value}", str(name), "level", value) for value, name in Level.choices
        ]

    def _walked(self, notifications: NotificationQuerySet) -> NotificationQuerySet:
        # One condition each, since with both the wrong index may be taken. Dismissing reads.
        return notifications.filter(**{"read_at" if self.state else "dismissed_at": None})

    def _exact(self) -> dict[str, str]:
        columns = {"level": self.level, "source_app": self.source}
        return {name: value for name, value in columns.items() if value}

    def _chip(self, name: str, label: str, field: str, value: str) -> Chip:
        active = getattr(self, field) == value
        query = self.query(**{field: "" if active else value})
        return Chip(name, label, query, active)

    def __bool__(self) -> bool:
        return bool(self.state or self.level or self.source)
