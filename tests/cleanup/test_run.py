"""The rows that cleanup deletes, the reason for each, and the rows that it never touches."""

from datetime import UTC, datetime, timedelta

import pytest

from themis_htmx.cleanup import cleanup
from themis_htmx.models import UserNotification, UserProfile

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)

pytestmark = pytest.mark.usefixtures("either_way")


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)
    return lambda instant: time_machine.move_to(instant, tick=False)


@pytest.fixture
def keep(user):
    """Let the user keep read notifications for so many days."""
    return lambda days: UserProfile.objects.create(user=user, notification_retention_days=days)


@pytest.fixture
def row(notify):
    """A notification of some age in days, in a state."""
    states = {
        "unread": {},
        "read": {"read_at": NOON},
        "dismissed": {"read_at": NOON, "dismissed_at": NOON},
        "expired": {"expires_at": NOON},
        "expired and read": {"expires_at": NOON, "read_at": NOON},
        "expired and dismissed": {"expires_at": NOON, "read_at": NOON, "dismissed_at": NOON},
        "dismissed by hand": {"dismissed_at": NOON},
    }

    def row(state, days, **fields):
        return notify(state, created_at=NOON - timedelta(days=days), **states[state], **fields)

    return row


def reason(**options):
    """Return the reason for which the only notification was deleted, or None if it was kept."""
    foretold = cleanup(dry_run=True, **options)
    counts = cleanup(**options)
    assert foretold == counts
    went = [name for name, count in counts.items() if count]
    assert counts.total() == 1 - UserNotification.objects.count() == len(went)
    return went[0] if went else None


@pytest.mark.parametrize(
    ("state", "days", "why"),
    [
        ("unread", 5000, None),
        ("read", 90, None),
        ("read", 91, "read"),
        ("dismissed", 90, None),
        ("dismissed", 91, "dismissed"),
        ("dismissed by hand", 90, None),
        ("dismissed by hand", 91, "dismissed"),
        ("expired", 0, "expired"),
        ("expired", 91, "expired"),
        ("expired and read", 91, "expired"),
        ("expired and dismissed", 91, "expired"),
    ],
)
def test_cleanup_deletes_a_row_for_exactly_one_reason_or_keeps_it(row, state, days, why):
    row(state, days)

    assert reason() == why


@pytest.mark.parametrize(
    ("state", "days", "retention", "why"),
    [
        ("read", 30, 30, None),
        ("read", 31, 30, "read"),
        ("read", 91, 365, "read"),
        ("read", 90, 365, None),
        ("read", 91, 90, "read"),
        ("unread", 5000, 30, None),
        ("dismissed", 30, 30, None),
        ("dismissed", 31, 30, "read"),
        ("dismissed", 91, 30, "dismissed"),
        ("dismissed by hand", 31, 30, None),
        ("expired and read", 31, 30, "expired"),
        ("read", 1, None, None),
    ],
)
def test_shorter_retention_of_a_user_applies_to_read_notifications(
    row, keep, state, days, retention, why
):
    keep(retention)
    row(state, days)

    assert reason() == why


@pytest.mark.parametrize(
    ("days", "maximum", "retention", "why"),
    [
        (61, 60, None, "read"),
        (60, 60, None, None),
        (31, 60, 30, "read"),
        (120, 365, None, None),
        (120, 365, 100, "read"),
        (120, 365, 365, None),
        (366, 365, 400, "read"),
        (1, 0, None, "read"),
        (1, 10**12, None, None),
        (31, 10**30, 30, "read"),
    ],
)
def test_max_age_of_a_cleanup_overrides_the_setting_but_no_shorter_retention(
    row, keep, days, maximum, retention, why
):
    keep(retention)
    row("read", days)

    assert reason(max_age_days=maximum) == why


def test_cleanup_takes_the_maximum_age_from_the_setting(row, settings):
    settings.THEMIS_NOTIFICATION_MAX_AGE_DAYS = 7
    row("read", 8)

    assert reason() == "read"


def test_cleanup_accepts_a_retention_longer_than_the_calendar(row, keep):
    keep(2**31 - 1)
    row("read", 300)

    assert reason(max_age_days=2**40) is None


def test_cleanup_applies_the_retention_of_each_user(users, titles, notify):
    for member, days in zip(users, [7, 7, 14, 30, None], strict=False):
        UserProfile.objects.create(user=member, notification_retention_days=days)
    for member in users:
        aged = {"created_at": NOON - timedelta(days=10), "read_at": NOON}
        notify(member.username, to=member, **aged)

    assert cleanup() == {"read": 2, "dismissed": 0, "expired": 0}
    assert titles() == [member.username for member in users[2:]]


def test_cleanup_deletes_an_old_notification_as_soon_as_it_is_read(row):
    row("unread", 91)
    assert reason() is None

    UserNotification.objects.mark_read()
    assert reason() == "read"


def test_cleanup_deletes_a_notification_from_its_expiry_and_not_before(row, clock):
    row("expired", 0)
    clock(NOON - SECOND)
    assert reason() is None

    clock(NOON)
    assert reason() == "expired"


@pytest.mark.parametrize(
    "today", [datetime(2028, 2, 29, tzinfo=UTC), datetime(2026, 12, 31, tzinfo=UTC)]
)
def test_cleanup_runs_on_29_february_and_on_31_december(row, clock, today):
    row("read", 0)
    clock(today)

    assert reason() == "read"
