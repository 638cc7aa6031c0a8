"""The instants at which summaries are due, also when the clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from themis_htmx.mail.slots import next_slot

BERLIN = ZoneInfo("Europe/Berlin")


def slots(after, number, zone=BERLIN, hour=8, weekday=None):
    """The next slots after an instant, as the clock on the wall shows them."""
    found = []
    for _number in range(number):
        after = next_slot(after, zone, hour, weekday)
        found.append(after.astimezone(zone).strftime("%a %d %b %H:%M"))
    return found


def test_daily_slots_come_at_the_same_hour_of_each_day():
    after = datetime(2026, 11, 24, 6, 59, tzinfo=UTC)

    assert slots(after, 3) == ["Tue 24 Nov 08:00", "Wed 25 Nov 08:00", "Thu 26 Nov 08:00"]


def test_slot_that_is_now_is_over():
    assert slots(datetime(2026, 11, 24, 7, tzinfo=UTC), 1) == ["Wed 25 Nov 08:00"]


def test_weekly_slots_come_on_the_same_day_of_each_week():
    after = datetime(2026, 11, 24, 8, tzinfo=UTC)

    assert slots(after, 3, weekday=1) == [
        "Tue 01 Dec 08:00",
        "Tue 08 Dec 08:00",
        "Tue 15 Dec 08:00",
    ]


def test_slot_keeps_its_hour_after_the_clocks_have_changed():
    spring, autumn = datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)

    assert slots(spring, 3) == ["Sat 28 Mar 08:00", "Sun 29 Mar 08:00", "Mon 30 Mar 08:00"]
    assert slots(autumn, 3) == ["Sat 24 Oct 08:00", "Sun 25 Oct 08:00", "Mon 26 Oct 08:00"]


def test_slot_in_the_hour_that_spring_leaves_out_comes_once_an_hour_later():
    after = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert slots(after, 2, hour=2) == ["Sun 29 Mar 03:00", "Mon 30 Mar 02:00"]


def test_slot_in_the_hour_that_autumn_repeats_comes_once():
    after = datetime(2026, 10, 24, 12, tzinfo=UTC)

    assert next_slot(after, BERLIN, 2) == datetime(2026, 10, 25, 0, tzinfo=UTC)
    assert slots(after, 2, hour=2) == ["Sun 25 Oct 02:00", "Mon 26 Oct 02:00"]


def test_slot_is_an_instant_of_the_user_and_not_of_the_site():
    after = datetime(2026, 11, 24, tzinfo=UTC)

    assert next_slot(after, ZoneInfo("Asia/Tokyo"), 8) == datetime(2026, 11, 24, 23, tzinfo=UTC)
    assert next_slot(after, ZoneInfo("America/Los_Angeles"), 8).hour == 16


def test_island_that_left_out_a_day_has_no_slot_twice():
    """Samoa went from Thursday to Saturday, in December 2011."""
    after = datetime(2011, 12, 29, 12, tzinfo=UTC)

    found = slots(after, 3, zone=ZoneInfo("Pacific/Apia"))

    assert len(set(found)) == 3


def test_slot_is_naive_where_the_project_uses_no_time_zones(settings):
    settings.USE_TZ, settings.TIME_ZONE = False, "Europe/Berlin"

    nine = datetime.fromisoformat("2026-11-24 09:00")

    found = next_slot(nine, ZoneInfo("Asia/Tokyo"), 8)

    assert found == datetime.fromisoformat("2026-11-25 00:00")


@given(
    seconds=st.integers(946_684_800, 2_051_222_400),
    zone=st.sampled_from(sorted(available_timezones())),
    hour=st.integers(0, 23),
    weekday=st.none() | st.integers(0, 6),
)
def test_slot_lies_ahead_and_shows_the_hour_in_any_time_zone(seconds, zone, hour, weekday):
    zone, after = ZoneInfo(zone), datetime.fromtimestamp(seconds, UTC)

    slot = next_slot(after, zone, hour, weekday)

    # An island may leave out a day.
    assert after < slot <= after + timedelta(days=2 if weekday is None else 8)
    shown = slot.astimezone(zone)
    before = (slot - timedelta(microseconds=1)).astimezone(zone)
    is_skipped = before.hour < hour < shown.hour or shown.utcoffset() != before.utcoffset()
    assert is_skipped or (shown.hour, shown.minute) == (hour, 0)
    assert is_skipped or weekday in (None, shown.weekday())


@pytest.mark.parametrize("weekday", range(7))
def test_week_has_one_slot_for_each_day_of_the_week(weekday):
    slot = next_slot(datetime(2026, 11, 24, tzinfo=UTC), BERLIN, 8, weekday)

    assert slot.astimezone(BERLIN).weekday() == weekday
    assert next_slot(slot, BERLIN, 8, weekday) - slot == timedelta(days=7)
