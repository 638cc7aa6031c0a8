"""The choices of "Remind me later": when each is offered, its words, and the instant it means."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from django.utils.translation import override

from themis_htmx.ui.reminders import chosen_instant, reminders

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def in_berlin():
    with timezone.override(BERLIN):
        yield


@pytest.fixture
def at(time_machine):
    """Set the clock to a local time in Berlin."""
    return lambda *parts: time_machine.move_to(datetime(*parts, tzinfo=BERLIN), tick=False)


def offered():
    return [(each.label, each.words) for each in reminders()]


def local(instant):
    return instant.astimezone(BERLIN).isoformat(timespec="minutes")


def test_choices_are_an_hour_this_evening_tomorrow_and_monday_with_their_times(at):
    at(2026, 11, 25, 10, 12)

    assert offered() == [
        ("In one hour", "today, 11:12 a.m."),
        ("This evening", "today, 6 p.m."),
        ("Tomorrow morning", "tomorrow, 9 a.m."),
        ("Next Monday", "Monday, 9 a.m."),
    ]


@pytest.mark.parametrize(
    ("now", "labels"),
    [
        ((2026, 11, 25, 16, 0), ["In one hour", "This evening", "Tomorrow morning", "Next Monday"]),
        ((2026, 11, 25, 16, 1), ["In one hour", "Tomorrow morning", "Next Monday"]),
        ((2026, 11, 25, 23, 59), ["In one hour", "Tomorrow morning", "Next Monday"]),
        # On a Sunday, Monday is tomorrow.
        ((2026, 11, 29, 12, 0), ["In one hour", "This evening", "Tomorrow morning"]),
    ],
    ids=["two hours before the evening", "later", "night", "Sunday"],
)
def test_choice_is_offered_only_where_it_says_something_of_its_own(at, now, labels):
    at(*now)

    assert [each.label for each in reminders()] == labels
    instants = [each.until for each in reminders()]
    assert instants == sorted(set(instants))


def test_next_monday_on_a_monday_is_a_week_ahead_and_named_by_its_date(at):
    at(2026, 11, 30, 8, 0)

    assert offered()[-1] == ("Next Monday", "December 7, 9 a.m.")


@pytest.mark.parametrize(
    ("now", "tomorrow"),
    [
        ((2026, 3, 28, 20, 0), "2026-03-29T09:00+02:00"),
        ((2026, 10, 24, 20, 0), "2026-10-25T09:00+01:00"),
    ],
    ids=["spring", "autumn"],
)
def test_tomorrow_morning_is_nine_by_the_clock_also_when_the_clocks_change(at, now, tomorrow):
    at(*now)

    assert [local(each.until) for each in reminders() if each.value.startswith("tomorrow-")] == [
        tomorrow
    ]


def test_an_hour_is_sixty_minutes_also_when_the_clocks_change(at):
    at(2026, 3, 29, 1, 30)

    assert local(reminders()[0].until) == "2026-03-29T03:30+02:00"


def test_choices_are_in_the_time_zone_and_the_language_of_the_reader(at):
    at(2026, 11, 25, 23, 30)
    with timezone.override("Asia/Tokyo"), override("de"):
        assert [each.words for each in reminders()][-1] == "Montag, 09:00"
        # It is Thursday morning there.
        assert "Heute Abend" in [each.label for each in reminders()]


def test_pressed_choice_means_the_instant_that_was_read(at):
    at(2026, 11, 25, 10, 0)
    values = [(each.value, each.until) for each in reminders()]
    at(2026, 11, 25, 10, 9)

    for value, until in values:
        assert chosen_instant(value) == until


@pytest.mark.parametrize(
    ("name", "pressed", "means"),
    [
        ("hour", (2026, 11, 25, 10, 40), "2026-11-25T11:40+01:00"),
        ("evening", (2026, 11, 25, 17, 59), "2026-11-25T18:00+01:00"),
        ("evening", (2026, 11, 25, 18, 0), "2026-11-26T18:00+01:00"),
        # Who reads "tomorrow" after midnight has read the day before.
        ("tomorrow", (2026, 11, 26, 0, 10), "2026-11-26T09:00+01:00"),
        ("tomorrow", (2026, 11, 26, 9, 0), "2026-11-27T09:00+01:00"),
        ("monday", (2026, 11, 30, 9, 1), "2026-12-07T09:00+01:00"),
    ],
)
def test_choice_of_a_page_that_was_left_open_means_the_next_such_time(at, name, pressed, means):
    at(2026, 11, 25, 10, 0)
    [value] = [each.value for each in reminders() if each.value.startswith(name)]
    at(*pressed)

    assert local(chosen_instant(value)) == means


@pytest.mark.parametrize(
    "value", ["", "x", "never-1764262800", "hour 1764262800", "hour1764262800"]
)
def test_unknown_choice_means_nothing(value):
    assert chosen_instant(value) is None


@pytest.mark.parametrize("read", ["", "x", "-5", "1", "9" * 18, "99999999999", "٣"])
def test_choice_with_an_instant_that_no_page_offers_means_what_its_name_says(at, read):
    at(2026, 11, 25, 10, 0)

    assert local(chosen_instant(f"tomorrow-{read}")) == "2026-11-26T09:00+01:00"


def test_choices_of_a_project_without_time_zones_are_local_times(settings, time_machine):
    settings.USE_TZ = False
    time_machine.move_to(datetime(2026, 11, 25, 10, 0, tzinfo=UTC), tick=False)

    for each in reminders():
        assert timezone.is_naive(each.until)
        assert each.until > timezone.now()
        assert chosen_instant(each.value) == each.until
    assert reminders()[0].until - timezone.now() == timedelta(hours=1)
