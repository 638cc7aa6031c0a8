"""The choices of "Remind me later": their names, their words, and the instants that they mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext

from themis_htmx.http.parameters import whole
from themis_htmx.ui.times import ahead, local

MORNING, EVENING = time(9), time(18)
HOUR = timedelta(hours=1)
# "This evening" is offered only so long before, since "in one hour" is nearly the same later.
EVENING_AHEAD = timedelta(hours=2)
# A page was rendered some time before its choice is pressed. So much of the hour may have passed.
HOUR_MAY_LACK = timedelta(minutes=10)
# No choice is further ahead.
FURTHEST = timedelta(days=8)


class Reminder(NamedTuple):
    """A choice: its label, its time in words, its value in a form, and the instant it means now.

    The value is the name with the instant that the person reads.
    """

    label: str
    words: str
    value: str
    until: datetime

    @classmethod
    def of(cls, name: str, label: str, until: datetime) -> Reminder:
        """Return the choice, with words such as "tomorrow, 9:00"."""
        return cls(label, ahead(until), f"{name}-{int(until.timestamp())}", until)


def reminders() -> list[Reminder]:
    """Return the choices as they are now, soonest first, in the active time zone and language."""
    now = timezone.now()
    evening, tomorrow, monday = _evening(now), _tomorrow(now), _monday(now)
    choices = [Reminder.of("hour", gettext("In one hour"), _hour(now))]
    # Tonight's, and no other evening's.
    if local(evening).date() == local(now).date() and evening - now >= EVENING_AHEAD:
        choices.append(Reminder.of("evening", gettext("This evening"), evening))
    choices.append(Reminder.of("tomorrow", gettext("Tomorrow morning"), tomorrow))
    if monday != tomorrow:
        choices.append(Reminder.of("monday", gettext("Next Monday"), monday))
    return choices


def chosen_instant(value: str) -> datetime | None:
    """Return the instant that a :attr:`Reminder.value` means, ``None`` for no choice.

    It is the one that the person has read. If that has passed, since the page was left open, it is
    the next one that the name means.
    """
    name, _dash, read = value.partition("-")
    if name not in _MEANINGS:
        return None
    now = timezone.now()
    instant, seconds = _MEANINGS[name](now), whole(read)
    least = now + HOUR - HOUR_MAY_LACK if name == "hour" else now
    if seconds is None or not least.timestamp() < seconds <= (now + FURTHEST).timestamp():
        return instant
    return datetime.fromtimestamp(seconds, tz=UTC if settings.USE_TZ else None)


def _hour(now: datetime) -> datetime:
    # A whole minute, as its words say, and not a second too early.
    return (now + HOUR + timedelta(seconds=59)).replace(second=0, microsecond=0)


def _evening(now: datetime) -> datetime:
    today = local(now).date()
    tonight = _at(today, EVENING)
    return tonight if tonight > now else _at(today + timedelta(days=1), EVENING)


def _tomorrow(now: datetime) -> datetime:
    return _at(local(now).date() + timedelta(days=1), MORNING)


def _monday(now: datetime) -> datetime:
    today = local(now).date()
    return _at(today + timedelta(days=7 - today.weekday()), MORNING)


def _at(day: date, hour: time) -> datetime:
    """Return the instant at which clocks show ``hour`` on that day, also where they are changed."""
    written = datetime.combine(day, hour)
    return timezone.make_aware(written).astimezone(UTC) if settings.USE_TZ else written


_MEANINGS: dict[str, Callable[[datetime], datetime]] = {
    "hour": _hour,
    "evening": _evening,
    "tomorrow": _tomorrow,
    "monday": _monday,
}
