"""Slots: the instants at which summaries are due, by the clock on the user's wall."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from themis_htmx.models.instants import aware, clean_instant
from themis_htmx.models.zones import instant_at

DAY = timedelta(days=1)


def next_slot(after: datetime, zone: ZoneInfo, hour: int, weekday: int | None = None) -> datetime:
    """Return the first instant after ``after`` at which clocks in ``zone`` show a full hour.

    ``after``
        An instant as the site has it: aware if ``USE_TZ`` is on. So is the one that is returned.
    ``hour``
        The hour, 0 to 23. In spring one hour of a night is left out; a slot in it comes at its end.
        In autumn one comes twice, and the slot is the first of the two.
    ``weekday``
        The day of the week, 0 for Monday to 6 for Sunday; ``None`` for every day.
    """
    start = aware(after)
    day = start.astimezone(zone).date()
    while True:
        # The calendar counts the days. 24 hours on from a slot is another hour once the clocks have
        # changed.
        if weekday is None or day.weekday() == weekday:
            slot = instant_at(day, time(hour), zone)
            if slot > start:
                return clean_instant("slot", slot) or slot
        day += DAY
