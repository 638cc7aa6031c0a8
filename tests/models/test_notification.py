"""The queryset of notifications: its filters, and the verbs that change rows."""

from datetime import UTC, datetime, timedelta

import pytest

from themis_htmx.models import UserNotification
from themis_htmx.polling.digest import unread_of

NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Noon, and a way to move on."""
    time_machine.move_to(NOON, tick=False)
    return lambda instant: time_machine.move_to(instant, tick=False)


@pytest.fixture
def mine(user):
    return UserNotification.objects.for_user(user)


@pytest.fixture
def state(mine):
    """Return read_at and dismissed_at of the user's notifications, oldest first."""
    return lambda: list(mine.order_by("pk").values_list("read_at", "dismissed_at"))


def names(rows):
    return [row.title for row in rows]


def test_for_user_finds_only_the_users_own_notifications(user, other, notify):
    notify("Mine")
    notify("Theirs", to=other)

    assert names(UserNotification.objects.for_user(user)) == ["Mine"]


def test_queryset_filters_find_the_rows_of_each_state(notify, mine):
    notify("unread", expires_at=NOON + SECOND)
    notify("read", read_at=NOON)
    notify("dismissed", read_at=NOON, dismissed_at=NOON)
    notify("expired", expires_at=NOON)
    notify("expired and dismissed", expires_at=NOON, read_at=NOON, dismissed_at=NOON)

    assert names(mine.unexpired().order_by("pk")) == ["unread", "read", "dismissed"]
    assert names(mine.visible().order_by("pk")) == ["unread", "read"]
    assert names(mine.unread()) == ["unread"]
    assert names(mine.expired().order_by("pk")) == ["expired", "expired and dismissed"]
    assert names(mine.settled().order_by("pk")) == [
        "read",
        "dismissed",
        "expired",
        "expired and dismissed",
    ]


def test_notification_is_invisible_from_the_instant_it_expires(user, notify, mine, clock):
    notify(expires_at=LATER)
    clock(LATER - timedelta(microseconds=1))
    assert (mine.visible().count(), unread_of(user).digest.unread) == (1, 1)

    clock(LATER)
    assert (mine.visible().count(), mine.unread().count(), unread_of(user).digest.unread) == (
        0,
        0,
        0,
    )
    assert mine.page(size=9).notifications == [*mine]
    assert mine.visible().page(size=9).notifications == []


def test_mark_read_keeps_the_instant_of_the_first_read(notify, mine, state, clock):
    notify()
    assert mine.mark_read() == 1
    clock(LATER)
    assert mine.mark_read() == 0

    assert state() == [(NOON, None)]


def test_mark_read_stores_the_instant_it_is_given(notify, mine, state):
    notify()
    mine.mark_read(LATER)

    assert state() == [(LATER, None)]


def test_mark_unread_changes_only_read_rows_that_are_not_dismissed(notify, mine, state):
    notify("unread")
    notify("read", read_at=NOON)
    notify("dismissed", read_at=NOON, dismissed_at=NOON)

    assert mine.mark_unread() == 1
    assert state() == [(None, None), (None, None), (NOON, NOON)]


def test_dismiss_marks_read_at_the_same_instant(notify, mine, state):
    notify()

    assert mine.dismiss() == 1
    assert state() == [(NOON, NOON)]


def test_dismiss_keeps_an_earlier_read_or_dismissed_instant(notify, mine, state, clock):
    notify("read", read_at=NOON)
    notify("dismissed", read_at=NOON, dismissed_at=NOON + SECOND)
    clock(LATER)

    assert mine.dismiss() == 1
    assert state() == [(NOON, LATER), (NOON, NOON + SECOND)]


def test_restore_makes_unread_only_rows_that_the_dismissal_had_read(notify, mine, state):
    notify("read by the dismissal", read_at=NOON, dismissed_at=NOON)
    notify("read before", read_at=NOON, dismissed_at=LATER)
    notify("never dismissed", read_at=NOON)
    notify("unread")

    assert mine.restore() == 2
    assert state() == [(None, None), (NOON, None), (NOON, None), (None, None)]


def test_undo_mark_read_takes_back_only_reads_of_its_instant(notify, mine, state, clock):
    notify("read before", read_at=NOON - SECOND)
    notify("unread")
    notify("unread, then dismissed")
    mine.mark_read(NOON)
    clock(LATER)
    mine.filter(title__endswith="dismissed").dismiss()
    notify("read after", read_at=LATER)

    assert mine.undo_mark_read(NOON) == 1
    assert state() == [(NOON - SECOND, None), (None, None), (NOON, LATER), (LATER, None)]


@pytest.mark.parametrize("verb", ["mark_read", "mark_unread", "dismiss", "restore"])
def test_queryset_verbs_leave_notifications_of_other_users_alone(other, notify, mine, verb):
    for state in ({}, {"read_at": NOON}, {"read_at": NOON, "dismissed_at": NOON}):
        notify(to=other, **state)
    theirs = UserNotification.objects.for_user(other).order_by("pk").values_list
    before = list(theirs("read_at", "dismissed_at"))

    getattr(mine, verb)()

    assert list(theirs("read_at", "dismissed_at")) == before
