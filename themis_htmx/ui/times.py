"""Instants in words: how long ago, the name of the day, the time of day.

Functions that take ``here`` want an instant as :func:`local` returns it. To look up the active time
zone takes longer than most of them, and a list says several things about each of its instants.
"""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

from django.utils import dateformat, timezone
from django.utils.formats import get_format
from django.utils.translation import get_language, gettext, ngettext, pgettext, pgettext_lazy

DAY = timedelta(days=1)
# Up to this age an instant is "3 hours ago" even across midnight, and the script keeps such words
# current in an open page.
COUNTED_MINUTES = 6 * 60
# Django's names have a capital in languages that write none within a sentence.
WEEKDAYS = (
    pgettext_lazy("within a sentence", "Monday"),
    pgettext_lazy("within a sentence", "Tuesday"),
    pgettext_lazy("within a sentence", "Wednesday"),
    pgettext_lazy("within a sentence", "Thursday"),
    pgettext_lazy("within a sentence", "Friday"),
    pgettext_lazy("within a sentence", "Saturday"),
    pgettext_lazy("within a sentence", "Sunday"),
)


def local(instant: datetime) -> datetime:
    """Return the instant in the active time zone; unchanged if the project uses none.

    Unchanged, too, is one of the year 1 or 9999 that would leave the calendar. An import may have
    written such a date, and one row must not cost the whole list.
    """
    try:
        return timezone.localtime(instant) if timezone.is_aware(instant) else instant
    except OverflowError:
        return instant


def today() -> date:
    """Return the current local day."""
    return local(timezone.now()).date()


def machine_readable(here: datetime) -> str:
    """Return the instant with its offset from UTC: without, a browser assumes its own zone."""
    # Without USE_TZ, Django's instants are in the zone of the process, like ``datetime.now()``.
    aware = here if timezone.is_aware(here) else here.astimezone()
    return aware.isoformat(timespec="seconds")


def day_name(day: date) -> str:
    """Return "Today", "Yesterday", or the date."""
    current = today()
    if day == current:
        return gettext("Today")
    if day == current - DAY:
        return gettext("Yesterday")
    return _date(day, current)


def how_long_ago(here: datetime) -> str:
    """Return "just now", "4 minutes ago", "3 hours ago", "yesterday", or the date."""
    now = timezone.now()
    minutes = int((now - here).total_seconds() // 60)
    if minutes < 1:
        return gettext("just now")
    if minutes < 60:
        return ngettext("%(n)d minute ago", "%(n)d minutes ago", minutes) % {"n": minutes}
    day, current = here.date(), local(now).date()
    if day == current or minutes < COUNTED_MINUTES:
        return ngettext("%(n)d hour ago", "%(n)d hours ago", minutes // 60) % {"n": minutes // 60}
    return gettext("yesterday") if day == current - DAY else _date(day, current)


def ahead(instant: datetime) -> str:
    """Return a time to come in few words, such as "tomorrow, 9:00"."""
    here = local(instant)
    parts = {"date": _day_ahead(here.date()), "time": time_of_day(here)}
    return pgettext("date and time", "%(date)s, %(time)s") % parts


def ahead_in_sentence(instant: datetime) -> str:
    """Return a time to come as it stands within a sentence, such as "tomorrow at 9:00"."""
    here = local(instant)
    parts = {"day": _day_ahead(here.date()), "time": time_of_day(here)}
    return pgettext("within a sentence", "%(day)s at %(time)s") % parts


def time_of_day(here: datetime) -> str:
    """Return the time, as the language writes it."""
    form = get_format("TIME_FORMAT")
    return _time_in_words(_time_shown(here, form), form, get_language())


def date_and_time(here: datetime) -> str:
    """Return the date and the time, as the language writes them.

    DATETIME_FORMAT is not used: Django has none for Arabic.
    """
    date_form, time_form = get_format("DATE_FORMAT"), get_format("TIME_FORMAT")
    at = _time_shown(here, time_form)
    return _both_in_words(here.date(), at, date_form, time_form, get_language())


def language() -> str:
    """Return the language that the words of this module are in, as HTML names it.

    It differs from the active language if the kit has no translation into that.
    """
    return _language_of_words(get_language())


def _day_ahead(day: date) -> str:
    """Return "today", "tomorrow", the day of the week within a week, or the date."""
    current = today()
    ahead = (day - current).days
    if ahead == 0:
        return pgettext("within a sentence", "today")
    if ahead == 1:
        return pgettext("within a sentence", "tomorrow")
    return str(WEEKDAYS[day.weekday()]) if 1 < ahead < 7 else _date(day, current)


def _date(day: date, current: date) -> str:
    return _written(day, "MONTH_DAY_FORMAT" if day.year == current.year else "DATE_FORMAT")


def _written(day: date, form: str) -> str:
    return _in_words(day, get_format(form), get_language())


def _time_shown(here: datetime, form: str) -> time:
    """Return the part of the time that the format shows, so that the caches have few entries."""
    at = here.time()
    return at if set(form) & {"s", "u"} else at.replace(second=0, microsecond=0)


# A list repeats a few days and minutes many times, and Django parses the format each time. The
# language is a key of these caches because Django takes the words from the active one.
@lru_cache(maxsize=512)
def _in_words(day: date, form: str, language: str | None) -> str:
    return dateformat.format(day, form)


@lru_cache(maxsize=2048)
def _time_in_words(at: time, form: str, language: str | None) -> str:
    return dateformat.time_format(at, form)


@lru_cache(maxsize=2048)
def _both_in_words(
    day: date, at: time, date_form: str, time_form: str, language: str | None
) -> str:
    parts = {
        "date": dateformat.format(day, date_form),
        "time": dateformat.time_format(at, time_form),
    }
    return pgettext("date and time", "%(date)s, %(time)s") % parts


@lru_cache(maxsize=512)
def _language_of_words(language: str | None) -> str:
    return pgettext("the code of this translation's language, such as de", "en")
