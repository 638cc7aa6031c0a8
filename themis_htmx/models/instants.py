"""Instants that a call names: their checks, and the form in which they are stored."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone


def clean_instant(name: str, value: Any) -> datetime | None:
    """Return ``value`` as a column stores it, ``None`` for none.

    Raises ``TypeError`` or ``ValueError`` that names the argument ``name`` for anything else than a
    datetime of the years 1 to 9999 in UTC, which must be aware if ``USE_TZ`` is on.
    """
    if value is None:
        return None
    if not isinstance(value, datetime):
        raise TypeError(f"{name}: {value!r} is not a datetime.")
    if settings.USE_TZ and timezone.is_naive(value):
        raise ValueError(
            f"{name}: {value!r} is naive while USE_TZ is on; "
            "django.utils.timezone.make_aware() gives it a time zone."
        )
    if not _has_a_year_in_utc(value):
        # PostgreSQL would store it, and every later query that finds the row would fail.
        raise ValueError(f"{name}: {value!r} is outside of the years 1 to 9999 in UTC.")
    if not settings.USE_TZ and timezone.is_aware(value):
        # In the zone of the clock, whatever zone the code has activated meanwhile.
        return timezone.make_naive(value, timezone.get_default_timezone())
    return value


def future_instant(name: str, value: Any) -> datetime:
    """Return ``value`` as :func:`clean_instant` does; it must be in the future."""
    instant = clean_instant(name, value)
    if instant is None:
        raise TypeError(f"{name}: {value!r} is not a datetime.")
    if instant <= timezone.now():
        raise ValueError(f"{name}: {value!r} has passed; name a time in the future.")
    return instant


def aware(instant: datetime) -> datetime:
    """Return ``instant`` with a time zone: a naive one is in the zone of the clock."""
    zone = timezone.get_default_timezone()
    return timezone.make_aware(instant, zone) if timezone.is_naive(instant) else instant


def microseconds(instant: datetime) -> int:
    """Return the instant as a whole number that pages send back: microseconds since 1970."""
    return round(instant.timestamp() * 1_000_000)


def instant_of(number: int) -> datetime:
    """Return the instant of a number of microseconds; one that no calendar has is now."""
    try:
        return datetime.fromtimestamp(number / 1_000_000, tz=UTC if settings.USE_TZ else None)
    except (OverflowError, ValueError, OSError):
        return timezone.now()


def _has_a_year_in_utc(value: datetime) -> bool:
    try:
        return timezone.is_naive(value) or bool(value.astimezone(UTC))
    except OverflowError:
        return False
