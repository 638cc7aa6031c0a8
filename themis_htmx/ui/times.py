"""Instants in words: how long ago, the name of the day, the time of day."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import dateformat, timezone
from django.utils.formats import get_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

DAY = timedelta(days=1)
# Up to this age an instant is "3 hours ago" even across midnight, and the script keeps such words
# current in an open page.
COUNTED_MINUTES = 6 * 60


def local(instant: datetime) -> datetime:
    """Return the instant in the active time zone; unchanged if the project uses none.

    Unchanged, too, is one of the year 1 or 9999 that would leave the calendar. An import may have
    written such a date, and one row must not cost the whole list.
    """
    try:
        return timezone.localtime(instant) if timezone.is_aware(instant) else instant
    except OverflowError:
        return instant


def machine_readable(instant: datetime) -> str:
    """Return the instant with its offset from UTC: without, a browser assumes its own zone."""
    # Without USE_TZ, Django's instants are in the zone of the process, like ``datetime.now()``.
    aware = local(instant) if timezone.is_aware(instant) else instant.astimezone()
    return aware.isoformat(timespec="seconds")


def is_today(instant: datetime) -> bool:
    """Return whether the instant is on the current local day."""
    return local(instant).date() == local(timezone.now()).date()


def day_name(instant: datetime) -> str:
    """Return "Today", "Yesterday", or the date."""
    day, today = local(instant).date(), local(timezone.now()).date()
    if day == today:
        return gettext("Today")
    if day == today - DAY:
        return gettext("Yesterday")
    return _date(day, today)


def how_long_ago(instant: datetime) -> str:
    """Return "just now", "4 minutes ago", "3 hours ago", "yesterday", or the date."""
    now = timezone.now()
    minutes = int((now - instant).total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    day, today = local(instant).date(), local(now).date()
    if day == today or minutes < COUNTED_MINUTES:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", minutes // 60) % {"n": minutes // 60}
    return gettext("yesterday") if day == today - DAY else _date(day, today)


def time_of_day(instant: datetime) -> str:
    """Return the local time, as the language writes it."""
    return _clock(local(instant).time())


def date_and_time(instant: datetime) -> str:
    """Return the local date and time, as the language writes them.

    DATETIME_FORMAT is not used: Django has none for Arabic.
    """
    here = local(instant)
    parts = {"date": _written(here.date(), "DATE_FORMAT"), "time": _clock(here.time())}
    return pgettext("date and time", "%(date)s, %(time)s") % parts


def language() -> str:
    """Return the language that the words of this module are in, as HTML names it.

    It differs from the active language if the kit has no translation into that.
    """
    return pgettext("the code of this translation's language, such as de", "en")


def _date(day: date, today: date) -> str:
    return _written(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def _written(day: date, form: str) -> str:
    return _in_words(day, get_format(form), get_language())


def _clock(at: time) -> str:
    form = get_format("TIME_FORMAT")
    # Without seconds, which few formats show, a minute is one entry in the cache.
    shown = at if set(form) & {"s", "u"} else at.replace(second=0, microsecond=0)
    return _time_in_words(shown, form, get_language())


# A list repeats a few days and minutes many times, and Django parses the format each time.
@lru_cache(maxsize=512)
def _in_words(day: date, form: str, language: str | None) -> str:
    return dateformat.format(day, form)


@lru_cache(maxsize=2048)
def _time_in_words(at: time, form: str, language: str | None) -> str:
    return dateformat.time_format(at, form)
