"""Drafts: the arguments of a ``notify_…`` call, checked and in the form that is stored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID, uuid5

from django.utils import timezone

from themis_htmx.levels import Level
from themis_htmx.models.address import clean_address
from themis_htmx.models.extras import SAYS_OTHERS, make_extras
from themis_htmx.models.instants import clean_instant
from themis_htmx.models.notification import TITLE_LENGTH
from themis_htmx.models.source import SOURCE_LENGTHS, clean_text, source_part
from themis_htmx.policies import Policy, policy_of

# The place of the number in the text ``title_many``. It is replaced and not formatted, so that a
# percent sign in somebody's name does no harm.
OTHERS = "%(others)d"

DEDUP_NAMESPACE = UUID("6f3c1f4e-8a57-4bd0-9d8e-0a4f2f7c5b11")


class Options(TypedDict, total=False):
    """The arguments that every ``notify_…`` function takes by name."""

    level: str
    url: Any
    source_app: Any
    source_model: Any
    source_id: Any
    deduplicate: bool
    group: bool
    title_many: Any
    expires_at: datetime | None
    visible_from: datetime | None
    image: Any
    actions: Any


@dataclass(frozen=True, slots=True)
class Grouping:
    """The words of a notification that counts others of its group."""

    # A text with the place of their number, a function of it, or "" for the title as it is.
    title_many: str | Callable[[int], Any]
    # Title and message before a title that was too long has been put in front.
    title: str
    message: str

    @property
    def says_the_number(self) -> bool:
        """True if the title says how many others there are, so that the row need not."""
        return callable(self.title_many) or OTHERS in self.title_many

    def words(self, others: int) -> dict[str, str]:
        """Return title and message for so many others; nothing if the title stays as it is."""
        if not self.title_many:
            return {}
        many = self.title_many
        text = many(others) if callable(many) else many.replace(OTHERS, str(others))
        title, message = _fit(_title(text, "title_many"), self.message)
        return {"title": title, "message": message}


@dataclass(frozen=True, slots=True)
class Draft:
    """The columns of a notification, except its user and when it is read and dismissed."""

    title: str
    message: str
    level: str
    url: str
    source_app: str
    source_model: str
    source_id: str
    expires_at: datetime | None
    visible_from: datetime | None
    extras: dict[str, Any] | None
    dedup_key: UUID | None
    # Not a column: the words for the others of its group, None if it does not group.
    grouping: Grouping | None = None

    @property
    def is_expired(self) -> bool:
        """True if the notification expires before anybody could see it."""
        seen = self.visible_from or timezone.now()
        return self.expires_at is not None and self.expires_at <= seen

    @property
    def is_scheduled(self) -> bool:
        """True if nobody is to see the notification yet."""
        return self.visible_from is not None

    @property
    def policy(self) -> Policy:
        """What the project says of the source in the bell."""
        return policy_of(self.source_app)

    @property
    def source(self) -> dict[str, str]:
        """The three source fields as lookups."""
        return {name: getattr(self, name) for name in SOURCE_LENGTHS}

    def columns(self, others: int = 0) -> dict[str, Any]:
        """Return the value of each column by its name, with ``others`` of its group put away."""
        columns = {name: getattr(self, name) for name in self.__slots__ if name != "grouping"}
        if self.visible_from:
            # A scheduled one is as old as its user has known it: lists and cleanup go by that.
            columns["created_at"] = self.visible_from
        if self.grouping and others:
            columns |= {"others": others, **self.grouping.words(others)}
            if self.grouping.says_the_number:
                columns["extras"] = {**(self.extras or {}), SAYS_OTHERS: True}
        return columns

    def alone(self) -> Draft:
        """Return the draft of a notification that belongs to no group and prevents no duplicate."""
        return replace(self, dedup_key=None, grouping=None)


def draft(title: Any, message: Any = "", **options: Any) -> Draft:
    """Check the arguments of a ``notify_…`` call and return the columns to store.

    A mistake of the calling code raises ``ValueError`` or ``TypeError`` that names the argument and
    its value. Text that is merely awkward is repaired. The rules are the same for every database,
    so that the same call gives the same row.
    """
    _refuse_unknown(options)
    source = {name: source_part(name, options.get(name)) for name in SOURCE_LENGTHS}
    message = clean_text(message)
    grouping = _grouping(options, clean_text(title), message)
    title, message = _fit(_title(title), message)
    visible_from = _later("visible_from", options.get("visible_from"))
    return Draft(
        title=title,
        message=message,
        level=_level(options.get("level", Level.INFO)),
        url=clean_address(options.get("url")),
        expires_at=clean_instant("expires_at", options.get("expires_at")),
        visible_from=visible_from,
        extras=make_extras(options.get("image"), options.get("actions")),
        dedup_key=_dedup_key(source, options, is_scheduled=visible_from is not None),
        grouping=grouping,
        **source,
    )


def _refuse_unknown(options: dict[str, Any]) -> None:
    known = Options.__annotations__
    for name in options.keys() - known.keys():
        raise TypeError(f"{name}: {options[name]!r}: no such argument; use {', '.join(known)}.")


def _title(value: Any, argument: str = "title") -> str:
    title = clean_text(value).replace("\n", " ").replace("\t", " ")
    if not title.strip():
        raise ValueError(f"{argument}: {value!r} is empty; say in a few words what happened.")
    return title


def _grouping(options: dict[str, Any], title: str, message: str) -> Grouping | None:
    many = options.get("title_many") or ""
    if not options.get("group"):
        if many:
            raise ValueError(f"title_many: {many!r} is used with group=True only.")
        return None
    if options.get("deduplicate"):
        raise ValueError("group: True replaces the older one and deduplicate keeps it; use one.")
    if options.get("visible_from") is not None:
        raise ValueError(
            "group: True cannot be combined with visible_from, since the notification that is seen "
            "now would be replaced by one that is not."
        )
    grouping = Grouping(many if callable(many) else clean_text(many), title, message)
    # A mistake in the words must show now, and not when a second notification comes.
    grouping.words(1)
    return grouping


def _fit(title: str, message: str) -> tuple[str, str]:
    """Shorten a title that is too long, and put it in full before the message."""
    if len(title) <= TITLE_LENGTH:
        return title, message
    short = title[: TITLE_LENGTH - 1].rstrip() + "…"
    return short, f"{title}\n\n{message}".strip()


def _level(value: Any) -> str:
    if value not in Level.values:
        raise ValueError(f"level: {value!r} is unknown; use one of {', '.join(Level.values)}.")
    return str(Level(value).value)


def _later(name: str, value: Any) -> datetime | None:
    """Return the instant, ``None`` if it has come: then the notification is shown at once."""
    instant = clean_instant(name, value)
    return None if instant is None or instant <= timezone.now() else instant


def _dedup_key(
    source: dict[str, str], options: dict[str, Any], *, is_scheduled: bool
) -> UUID | None:
    asked = next((name for name in ("deduplicate", "group") if options.get(name)), None)
    if asked is None:
        return None
    missing = [name for name, part in source.items() if not part]
    if missing:
        raise ValueError(
            f"{asked}: True needs source_app, source_model and source_id to tell what is "
            f"{'a duplicate' if asked == 'deduplicate' else 'one group'}; "
            f"empty: {', '.join(missing)}."
        )
    # Scheduled ones have keys of their own: see delivery/duplicates.py.
    scheduled = "scheduled:" if is_scheduled else ""
    # The length before each part tells ("ab", "c") from ("a", "bc").
    parts = "".join(f"{len(part)}:{part}" for part in source.values())
    # A valid UUID rather than any hash, since MariaDB's UUID column refuses all else.
    return uuid5(DEDUP_NAMESPACE, scheduled + parts)
