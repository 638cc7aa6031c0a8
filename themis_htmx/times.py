"""Instants in words: how long ago, what day, what time of day."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import dateformat, timezone
from django.utils.formats import get_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

DAY = timedelta(days=1)
# For so long hours are counted across midnight, and the script counts on in an open page.
COUNTED_MINUTES = 6 * 60


def local(instant: datetime) -> datetime:
    """The instant in the active time zone; unchanged where the project has none."""
    return timezone.localtime(instant) if timezone.is_aware(instant) else instant


def machine_readable(instant: datetime) -> str:
    """The instant with its offset from UTC, without which a browser takes it for its own time."""
    # Without time zones Django's instants are those of the process, as ``datetime.now()`` is.
    aware = local(instant) if timezone.is_aware(instant) else instant.astimezone()
    return aware.isoformat(timespec="seconds")


def is_today(instant: datetime) -> bool:
    """Whether it is of the local day that it is now."""
    return local(instant).date() == local(timezone.now()).date()


def day_name(instant: datetime) -> str:
    """ "Today", "Yesterday", or the date."""
    day, today = local(instant).date(), local(timezone.now()).date()
    if day == today:
        return gettext("Today")
    if day == today - DAY:
        return gettext("Yesterday")
    return _date(day, today)


def how_long_ago(instant: datetime) -> str:
    """ "just now", "4 minutes ago", "3 hours ago", "yesterday", or the date."""
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
    """The local time, as the language writes it."""
    return _clock(local(instant).time())


def date_and_time(instant: datetime) -> str:
    """The local date and time, as the language writes them.

    Not by DATETIME_FORMAT, which Django lacks for Arabic.
    """
    here = local(instant)
    parts = {"date": _written(here.date(), "DATE_FORMAT"), "time": _clock(here.time())}
    return pgettext("date and time", "%(date)s, %(time)s") % parts


def language() -> str:
    """The language that the words of this module are in, as HTML names it.

    Not the active one: where the kit has no words for that, they are in another.
    """
    return pgettext("the code of this translation's language, such as de", "en")


def _date(day: date, today: date) -> str:
    return _written(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def _written(day: date, form: str) -> str:
    return _in_words(day, get_format(form), get_language())


def _clock(at: time) -> str:
    form = get_format("TIME_FORMAT")
    # A second more or less is not seen, unless the format tells it.
    shown = at if set(form) & {"s", "u"} else at.replace(second=0, microsecond=0)
    return _time_in_words(shown, form, get_language())


# A list has many of few days and minutes, and Django takes a format apart each time.
@lru_cache(maxsize=512)
def _in_words(day: date, form: str, language: str | None) -> str:
    return dateformat.format(day, form)


@lru_cache(maxsize=2048)
def _time_in_words(at: time, form: str, language: str | None) -> str:
    return dateformat.time_format(at, form)
