"""Time zones by name, and the instants of times of day in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# The longest name in the database of time zones has 32 characters.
ZONE_LENGTH = 64


def find_zone(name: str) -> ZoneInfo | None:
    """Return the time zone of a name such as ``"Europe/Berlin"``, ``None`` if there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ValueError, OSError, KeyError):
        # A path outside of the database, a folder in it, or no zone at all.
        return None


def validate_zone(value: str) -> None:
    """Raise ``ValidationError`` unless ``value`` is the name of a time zone."""
    if find_zone(value) is None:
        raise ValidationError(
            _("“%(value)s” is no time zone; one is “Europe/Berlin”."),
            code="invalid_zone",
            params={"value": value},
        )


def instant_at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return the first instant, in UTC, at which clocks in ``zone`` show ``clock`` or later.

    A time that the clock change in autumn repeats is its first occurrence. One that the change in
    spring skips is the instant of the change.
    """
    named = datetime.combine(day, clock.replace(tzinfo=None), zone)
    instant = named.astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == named.replace(tzinfo=None):
        return instant
    # The clocks skip it. They change on a whole second, between the readings by the two offsets.
    before, after = (int(each.timestamp()) for each in (named.replace(fold=1), named))
    while after - before > 1:
        middle = (before + after) // 2
        shown = datetime.fromtimestamp(middle, zone).replace(tzinfo=None)
        before, after = (middle, after) if shown < named.replace(tzinfo=None) else (before, middle)
    return datetime.fromtimestamp(after, UTC)
