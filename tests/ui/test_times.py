"""Instants in words, in the reader's time zone and language."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.translation import override

from themis_htmx.ui import times
from themis_htmx.ui.times import how_long_ago, local, machine_readable, time_of_day

NOW = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)


def name_of_day(instant):
    """The name of the local day of an instant."""
    return times.day_name(local(instant).date())


@pytest.fixture(autouse=True)
def clock(site_in_utc, time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(hours=-1), "just now"),
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(minutes=60), "1 hour ago"),
        (timedelta(hours=11, minutes=59), "11 hours ago"),
        (timedelta(hours=12, minutes=1), "yesterday"),
        (timedelta(hours=36), "yesterday"),
        (timedelta(hours=36, minutes=1), "March 13"),
        (timedelta(days=365), "March 15, 2025"),
    ],
)
def test_age_of_an_instant_is_told_in_minutes_hours_or_as_a_date(ago, words):
    assert how_long_ago(NOW - ago) == words


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "instant", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
)
@pytest.mark.parametrize(
    "words",
    [
        how_long_ago,
        name_of_day,
        machine_readable,
        time_of_day,
        times.date_and_time,
        times.ahead,
        times.ahead_in_sentence,
    ],
)
def test_an_instant_at_the_end_of_the_calendar_is_said_in_every_time_zone(zone, instant, words):
    with timezone.override(zone):
        words(local(instant))


@pytest.mark.parametrize(("hours", "words"), [(5, "5 hours ago"), (6, "yesterday")])
def test_age_of_up_to_five_hours_is_told_in_hours_across_midnight(time_machine, hours, words):
    time_machine.move_to(NOW.replace(hour=2), tick=False)

    assert how_long_ago(NOW.replace(hour=2) - timedelta(hours=hours)) == words


@pytest.mark.parametrize(
    ("ago", "name"),
    [
        (timedelta(0), "Today"),
        (timedelta(hours=12), "Today"),
        (timedelta(hours=12, seconds=1), "Yesterday"),
        (timedelta(hours=36, seconds=1), "March 13"),
        (timedelta(days=80), "Dec. 25, 2025"),
    ],
)
def test_day_name_is_today_yesterday_or_the_date(ago, name):
    assert name_of_day(NOW - ago) == name


def test_days_and_times_follow_the_readers_time_zone():
    late = NOW.replace(hour=23, minute=30) - timedelta(days=1)
    assert (name_of_day(late), time_of_day(local(late))) == ("Yesterday", "11:30 p.m.")

    with timezone.override(timezone.get_fixed_timezone(60)):
        assert (name_of_day(late), time_of_day(local(late))) == ("Today", "12:30 a.m.")
        assert how_long_ago(local(late)) == "12 hours ago"


def test_dates_and_times_follow_the_format_of_the_language():
    with override("de"):
        assert time_of_day(NOW) == "12:00"
        assert name_of_day(NOW - timedelta(days=400)).endswith("2025")


def test_dates_in_two_languages_of_one_format_have_their_own_words():
    last_year = NOW - timedelta(days=400)
    with override("fr"):
        assert name_of_day(last_year) == "8 février 2025"
    with override("nl"):
        assert name_of_day(last_year) == "8 februari 2025"


def test_time_format_with_seconds_shows_the_seconds(monkeypatch):
    assert time_of_day(NOW.replace(second=7)) == "noon"

    monkeypatch.setattr(times, "get_format", lambda name: "H:i:s")
    assert time_of_day(NOW.replace(second=7)) == "12:00:07"
    assert time_of_day(NOW.replace(second=8)) == "12:00:08"


def test_a_project_without_time_zones_has_local_times(settings):
    settings.USE_TZ = False
    now = datetime.now()  # noqa: DTZ005

    assert (name_of_day(now), time_of_day(now)) == ("Today", "noon")
    assert how_long_ago(now - timedelta(minutes=5)) == "5 minutes ago"


def test_machine_readable_times_have_an_offset_without_use_tz(settings):
    settings.USE_TZ = False
    settings.TIME_ZONE = "Europe/Berlin"

    for noon in datetime(2026, 7, 1, 12), datetime(2026, 7, 1, 10, tzinfo=UTC):  # noqa: DTZ001
        assert machine_readable(local(noon)) == "2026-07-01T12:00:00+02:00"
