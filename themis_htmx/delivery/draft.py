"""Drafts: the arguments of a ``notify_…`` call, checked and in the form that is stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypedDict
from uuid import UUID, uuid5

from django.conf import settings
from django.utils import timezone

from themis_htmx.levels import Level
from themis_htmx.models.address import clean_address
from themis_htmx.models.notification import TITLE_LENGTH
from themis_htmx.models.source import SOURCE_LENGTHS, clean_text, source_part

DEDUP_NAMESPACE = UUID("6f3c1f4e-8a57-4bd0-9d8e-0a4f2f7c5b11")


class Options(TypedDict, total=False):
    """The arguments that every ``notify_…`` function takes by name."""

    level: str
    url: Any
    source_app: Any
    source_model: Any
    source_id: Any
    deduplicate: bool
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class Draft:
    """The columns of a notification, except its user and when it is made, read and dismissed."""

    title: str
    message: str
    level: str
    url: str
    source_app: str
    source_model: str
    source_id: str
    expires_at: datetime | None
    dedup_key: UUID | None

    @property
    def is_expired(self) -> bool:
        """True if the notification would be invisible as soon as it is written."""
        return self.expires_at is not None and self.expires_at <= timezone.now()

    @property
    def source(self) -> dict[str, str]:
        """The three source fields as lookups."""
        return {name: getattr(self, name) for name in SOURCE_LENGTHS}

    def columns(self) -> dict[str, Any]:
        """Return the value of each column by its name."""
        return {name: getattr(self, name) for name in self.__slots__}


def draft(title: Any, message: Any = "", **options: Any) -> Draft:
    """Check the arguments of a ``notify_…`` call and return the columns to store.

    A mistake of the calling code raises ``ValueError`` or ``TypeError`` that names the argument and
    its value. Text that is merely awkward is repaired. The rules are the same for every database,
    so that the same call gives the same row.
    """
    _refuse_unknown(options)
    source = {name: source_part(name, options.get(name)) for name in SOURCE_LENGTHS}
    title, message = _fit(_title(title), clean_text(message))
    return Draft(
        title=title,
        message=message,
        level=_level(options.get("level", Level.INFO)),
        url=clean_address(options.get("url")),
        expires_at=_expiry(options.get("expires_at")),
        dedup_key=_dedup_key(source) if options.get("deduplicate") else None,
        **source,
    )


def _refuse_unknown(options: dict[str, Any]) -> None:
    known = Options.__annotations__
    for name in options.keys() - known.keys():
        raise TypeError(f"{name}: {options[name]!r}: no such argument; use {', '.join(known)}.")


def _title(value: Any) -> str:
    title = clean_text(value).replace("\n", " ").replace("\t", " ")
    if not title.strip():
        raise ValueError(f"title: {value!r} is empty; say in a few words what happened.")
    return title


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


def _expiry(value: Any) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise TypeError(f"expires_at: {value!r} is not a datetime.")
    if settings.USE_TZ and timezone.is_naive(value):
        raise ValueError(
            f"expires_at: {value!r} is naive while USE_TZ is on; "
            "django.utils.timezone.make_aware() gives it a time zone."
        )
    if not _has_a_year_in_utc(value):
        # PostgreSQL would store it, and every later query that finds the row would fail.
        raise ValueError(f"expires_at: {value!r} is outside of the years 1 to 9999 in UTC.")
    if not settings.USE_TZ and timezone.is_aware(value):
        return timezone.make_naive(value)
    return value


def _has_a_year_in_utc(value: datetime) -> bool:
    try:
        return timezone.is_naive(value) or bool(value.astimezone(UTC))
    except OverflowError:
        return False


def _dedup_key(source: dict[str, str]) -> UUID:
    missing = [name for name, part in source.items() if not part]
    if missing:
        raise ValueError(
            f"deduplicate: True needs source_app, source_model and source_id to tell what is a "
            f"duplicate; empty: {', '.join(missing)}."
        )
    # The length before each part tells ("ab", "c") from ("a", "bc").
    parts = "".join(f"{len(part)}:{part}" for part in source.values())
    # A valid UUID rather than any hash, since MariaDB's UUID column refuses all else.
    return uuid5(DEDUP_NAMESPACE, parts)
