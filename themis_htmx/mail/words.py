"""Hours and days of the week in words, for the preferences and the foot of an e-mail."""

from datetime import time

from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format


def hour_in_words(hour: int) -> str:
    """Return a full hour as the language writes it, such as "8:00" or "8 a.m."."""
    return time_format(time(hour))


def weekday_in_words(weekday: int) -> str:
    """Return the name of a day of the week, 0 for Monday to 6 for Sunday."""
    return str(WEEKDAYS[weekday])
