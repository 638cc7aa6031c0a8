"""Quiet hours: they go by the clock on the user's wall, on the days of a clock change, too."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from themis_htmx.models import UserProfile
from themis_htmx.models.zones import instant_at

pytestmark = pytest.mark.usefixtures("site_in_utc")


def profile(hours, zone="Europe/Berlin"):
    """A profile with quiet hours, written as ``"22:00-07:00"``."""
    begin, end = (time.fromisoformat(each) for each in hours.split("-"))
    return UserProfile(quiet_from=begin, quiet_to=end, time_zone=zone)


def at(text):
    """An instant, written with its offset."""
    return datetime.fromisoformat(text)


def test_a_new_user_has_no_quiet_hours(user):
    assert (user.profile.quiet_from, user.profile.quiet_to) == (None, None)
    assert user.profile.quiet_lets_urgent_through
    assert not user.profile.is_quiet()
    assert user.profile.quiet_until() is None


@pytest.mark.parametrize(
    ("begin", "end"), [(None, time(7)), (time(22), None), (time(7), time(7)), (time(0), time(0))]
)
def test_quiet_hours_are_off_without_both_ends_and_with_the_same_twice(begin, end):
    off = UserProfile(quiet_from=begin, quiet_to=end)

    assert not any(off.is_quiet(at(f"2026-06-10T{hour:02}:00Z")) for hour in range(24))


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        ("13:00-15:00", "12:59:59", None),
        ("13:00-15:00", "13:00:00", "2026-06-10T15:00"),
        ("13:00-15:00", "14:59:59", "2026-06-10T15:00"),
        ("13:00-15:00", "15:00:00", None),
        ("22:00-07:00", "21:59:59", None),
        ("22:00-07:00", "22:00:00", "2026-06-11T07:00"),
        ("22:00-07:00", "23:59:59", "2026-06-11T07:00"),
        ("22:00-07:00", "00:00:00", "2026-06-10T07:00"),
        ("22:00-07:00", "06:59:59", "2026-06-10T07:00"),
        ("22:00-07:00", "07:00:00", None),
        ("22:00-00:00", "23:59:59", "2026-06-11T00:00"),
        ("22:00-00:00", "00:00:00", None),
        ("00:00-06:00", "00:00:00", "2026-06-10T06:00"),
        ("07:00-06:59", "06:59:30", None),
        ("07:00-06:59", "06:58:00", "2026-06-10T06:59"),
    ],
)
def test_quiet_hours_hold_from_the_first_minute_and_end_at_the_last(hours, now, until):
    berlin = ZoneInfo("Europe/Berlin")
    now = at(f"2026-06-10T{now}").replace(tzinfo=berlin)

    found = profile(hours).quiet_until(now)

    assert found == (until and at(until).replace(tzinfo=berlin))
    assert profile(hours).is_quiet(now) == (until is not None)


@pytest.mark.parametrize(
    ("hours", "now", "until"),
    [
        # In spring the clocks of Berlin go from 02:00 to 03:00, at 01:00 UTC.
        ("22:00-07:00", "2026-03-29T00:30+01:00", "2026-03-29T07:00+02:00"),
        ("02:15-06:00", "2026-03-29T01:59+01:00", None),
        ("02:15-06:00", "2026-03-29T03:00+02:00", "2026-03-29T06:00+02:00"),
        ("22:00-02:30", "2026-03-29T01:59+01:00", "2026-03-29T03:00+02:00"),
        ("22:00-02:30", "2026-03-29T03:00+02:00", None),
        ("02:10-02:50", "2026-03-29T03:00+02:00", None),
        # The hour that is skipped is the only one in which nothing is quiet.
        ("02:30-02:10", "2026-03-29T01:30+01:00", "2026-03-30T02:10+02:00"),
        # In autumn they go from 03:00 back to 02:00, at 01:00 UTC.
        ("22:00-07:00", "2026-10-25T00:30+02:00", "2026-10-25T07:00+01:00"),
        ("22:00-02:30", "2026-10-25T02:29+02:00", "2026-10-25T02:30+02:00"),
        ("22:00-02:30", "2026-10-25T02:10+01:00", None),
        ("02:30-06:00", "2026-10-25T02:10+02:00", None),
        ("02:30-06:00", "2026-10-25T02:30+02:00", "2026-10-25T06:00+01:00"),
        ("02:30-06:00", "2026-10-25T02:10+01:00", "2026-10-25T06:00+01:00"),
    ],
)
def test_a_clock_change_neither_shortens_nor_repeats_quiet_hours(hours, now, until):
    found = profile(hours).quiet_until(at(now))

    assert found == (until and at(until))


@pytest.mark.parametrize(
    ("zone", "day", "clock", "instant"),
    [
        # The change is at midnight: the day begins at one.
        ("Asia/Beirut", "2026-03-29", "00:00", "2026-03-29T01:00+03:00"),
        ("Asia/Beirut", "2026-03-29", "00:59", "2026-03-29T01:00+03:00"),
        # Half an hour is skipped.
        ("Australia/Lord_Howe", "2026-10-04", "02:10", "2026-10-04T02:30+11:00"),
        # A day is skipped.
        ("Pacific/Apia", "2011-12-30", "12:00", "2011-12-31T00:00+14:00"),
        ("Asia/Kathmandu", "2026-01-01", "00:00", "2026-01-01T00:00+05:45"),
    ],
)
def test_time_of_day_that_is_skipped_is_the_instant_of_the_change(zone, day, clock, instant):
    found = instant_at(date.fromisoformat(day), time.fromisoformat(clock), ZoneInfo(zone))

    assert found == at(instant)


ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
minutes = st.integers(0, 1439).map(lambda number: time(*divmod(number, 60)))
CHANGES = [at("2026-03-29T01:00Z"), at("2026-10-25T01:00Z"), at("2026-03-08T07:00Z")]
instants = st.builds(
    lambda change, minute: change + timedelta(minutes=minute),
    st.sampled_from(CHANGES),
    st.integers(-3000, 3000),
)


@given(begin=minutes, end=minutes, zone=st.sampled_from(ZONES), now=instants)
def test_quiet_hours_end_within_a_day_and_are_over_then(begin, end, zone, now):
    quiet = UserProfile(quiet_from=begin, quiet_to=end, time_zone=zone)

    until = quiet.quiet_until(now)

    if until is not None:
        assert now < until <= now + timedelta(hours=49)
        assert not quiet.is_quiet(until)
        assert quiet.quiet_until(until - timedelta(seconds=1)) == until
    elif begin != end:
        # Where the clock was not changed, its hands alone say so.
        shown = now.astimezone(ZoneInfo(zone))
        day = timedelta(days=1)
        offsets = {(shown + each * day).utcoffset() for each in (-1, 0, 1)}
        within = begin <= shown.time() < end
        across = begin > end and (shown.time() >= begin or shown.time() < end)
        assert len(offsets) > 1 or not (within or across)


def test_quiet_hours_are_judged_in_the_zone_of_each_user():
    now = at("2026-06-10T21:00Z")

    quiet = {zone: profile("22:00-07:00", zone).is_quiet(now) for zone in ZONES}

    assert quiet == {
        "Europe/Berlin": True,
        "America/New_York": False,
        "Australia/Lord_Howe": False,
        "Asia/Kathmandu": True,
        "UTC": False,
    }


def test_user_without_a_zone_has_the_zone_of_the_site(settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    quiet = profile("22:00-07:00", "")

    assert quiet.zone == ZoneInfo("Asia/Tokyo")
    assert quiet.is_quiet(at("2026-06-10T14:00Z"))


BAD_ZONES = ["Europe/Atlantis", "../etc/passwd", "/etc/localtime", "Europe", "x\x00y", "é", " UTC"]


@pytest.mark.parametrize("zone", BAD_ZONES)
def test_unknown_zone_in_the_table_counts_as_the_zone_of_the_site(user, settings, zone):
    settings.TIME_ZONE = "Asia/Tokyo"
    stored = profile("22:00-07:00", zone)

    assert stored.zone == ZoneInfo("Asia/Tokyo")
    assert stored.quiet_until(at("2026-06-10T14:00Z")) == at("2026-06-11T07:00+09:00")


@pytest.mark.parametrize("zone", BAD_ZONES)
def test_unknown_zone_is_refused_by_validation(user, zone):
    with pytest.raises(ValidationError) as refused:
        UserProfile(user=user, time_zone=zone).full_clean()
    [message, *_] = refused.value.message_dict["time_zone"]
    assert message.startswith(f"“{zone}” is no time zone")


@pytest.mark.parametrize("zone", ["", "UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"])
def test_known_zone_is_accepted_by_validation(user, zone):
    UserProfile(user=user, time_zone=zone).full_clean()


def test_quiet_hours_are_read_from_the_table_as_they_were_saved(user, time_machine):
    user.profile.quiet_from, user.profile.quiet_to = time(22), time(7)
    user.profile.time_zone = "Europe/Berlin"
    user.profile.save()
    stored = UserProfile.objects.get()

    time_machine.move_to(at("2026-06-10T20:00Z"), tick=False)
    assert stored.is_quiet()
    assert stored.quiet_until() == at("2026-06-11T05:00Z")
    time_machine.move_to(at("2026-06-11T05:00Z"), tick=False)
    assert not stored.is_quiet()


def test_without_time_zone_support_instants_are_naive_and_in_the_zone_of_the_site(
    settings, time_machine
):
    settings.USE_TZ, settings.TIME_ZONE = False, "Europe/Berlin"
    ten = datetime(2026, 6, 10, 22, tzinfo=ZoneInfo("Europe/Berlin"))
    time_machine.move_to(ten, tick=False)
    assert timezone.is_naive(timezone.now())

    assert profile("22:00-07:00", "").quiet_until() == datetime(2026, 6, 11, 7)  # noqa: DTZ001
    assert profile("22:00-07:00", "UTC").quiet_until() is None
    assert profile("20:00-21:00", "UTC").quiet_until() == datetime(2026, 6, 10, 23)  # noqa: DTZ001


def test_end_of_quiet_hours_is_an_aware_instant():
    until = profile("22:00-07:00").quiet_until(at("2026-06-10T23:00+02:00"))

    assert until.utcoffset() == timedelta(0)
    assert until == datetime(2026, 6, 11, 5, tzinfo=UTC)
