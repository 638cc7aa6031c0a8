"""Snoozed and scheduled notifications: unseen before their time, and then there by themselves."""

from datetime import UTC, datetime, timedelta

import pytest

from themis_htmx.cleanup import cleanup
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.polling.digest import unread_of

NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOON + timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def clock(time_machine):
    """Noon, and a way to move on."""
    time_machine.move_to(NOON, tick=False)
    return lambda instant: time_machine.move_to(instant, tick=False)


@pytest.fixture
def mine(user):
    return UserNotification.objects.for_user(user)


@pytest.fixture
def seen(user, mine):
    """The titles that the user sees, and the number on the badge."""
    return lambda: (
        [row.title for row in mine.visible().order_by("pk")],
        unread_of(user).digest.unread,
    )


def names(rows):
    return [row.title for row in rows.order_by("pk")]


@pytest.mark.parametrize("state", [{}, {"read_at": NOON}], ids=["unread", "read"])
def test_snoozed_notification_is_seen_again_and_unread_from_its_instant_on(
    notify, mine, seen, clock, state
):
    notify("News", **state)

    assert mine.snooze(LATER) == 1
    clock(LATER - MICROSECOND)
    assert seen() == ([], 0)
    clock(LATER)
    assert seen() == (["News"], 1)
    assert names(mine.back()) == ["News"]
    assert mine.get().is_back


def test_scheduled_notification_is_as_old_as_its_user_has_known_it(user, mine, seen, clock):
    notify_user(user, "Reminder", visible_from=LATER)
    assert seen() == ([], 0)

    clock(LATER)
    assert seen() == (["Reminder"], 1)
    assert mine.get().created_at == mine.get().shown_at == LATER
    assert names(mine.back()) == ["Reminder"]
    assert not mine.get().is_back


def test_questions_tell_snoozed_from_scheduled(user, notify, mine):
    notify("Snoozed")
    mine.snooze(LATER)
    notify_user(user, "Scheduled", visible_from=LATER)
    notify_user(user, "Dismissed", visible_from=LATER)
    notify("Plain")
    notify("Dismissed")
    mine.filter(title="Dismissed").snooze(LATER)
    mine.filter(title="Dismissed").dismiss()

    assert names(mine.snoozed()) == ["Snoozed"]
    assert names(mine.scheduled()) == ["Scheduled"]
    assert names(mine.visible()) == ["Plain"]
    assert names(mine.known()) == ["Snoozed", "Plain", "Dismissed"]
    assert unread_of(user)[1:] == (0, True)


def test_unread_tells_whether_any_is_back_or_asleep(user, notify, mine, clock):
    notify_user(user, "Scheduled", visible_from=LATER)
    notify("Snoozed")
    mine.filter(title="Snoozed").snooze(LATER)
    notify("Longer")
    mine.filter(title="Longer").snooze(LATER + DAY)
    clock(LATER)

    assert unread_of(user)[1:] == (round(LATER.timestamp() * 1_000_000), True)
    clock(LATER + DAY)
    assert unread_of(user)[1:] == (round((LATER + DAY).timestamp() * 1_000_000), False)


def test_snooze_leaves_what_its_user_never_saw_or_put_away_or_would_never_see(user, notify, mine):
    notify_user(user, "Scheduled", visible_from=NOON + DAY)
    notify("Dismissed", read_at=NOON, dismissed_at=NOON)
    notify("Expired", expires_at=NOON)
    notify("Expires before", expires_at=LATER)
    notify("Expires after", expires_at=LATER + MICROSECOND)

    assert mine.snooze(LATER) == 1
    assert names(mine.filter(visible_from=LATER)) == ["Expires after"]


def test_snoozed_notification_can_be_put_off_further_and_after_it_is_back(notify, mine, clock):
    notify()
    mine.snooze(LATER)
    assert mine.snooze(LATER + DAY) == 1

    clock(LATER + DAY)
    assert mine.get().is_back
    assert mine.snooze(LATER + 2 * DAY) == 1
    assert mine.get().is_snoozed


@pytest.mark.parametrize(
    ("until", "error"),
    [
        (NOON, ValueError),
        (NOON - DAY, ValueError),
        (LATER.replace(tzinfo=None), ValueError),
        (datetime.max.replace(tzinfo=UTC) - DAY, None),
        (None, TypeError),
        ("tomorrow", TypeError),
    ],
    ids=["now", "past", "naive", "far ahead", "nothing", "a text"],
)
def test_snooze_until_anything_but_a_time_to_come_raises_and_names_the_argument(
    notify, mine, until, error
):
    notify()
    if error is None:
        assert mine.snooze(until) == 1
        return
    with pytest.raises(error, match=r"^until: "):
        mine.snooze(until)
    assert mine.get().visible_from is None


def test_wake_shows_snoozed_and_scheduled_ones_now(user, notify, mine, seen, clock):
    notify("Snoozed")
    mine.snooze(LATER)
    notify_user(user, "Scheduled", visible_from=LATER)
    notify("Plain")
    clock(NOON + DAY / 48)

    assert mine.wake() == 2
    assert seen() == (["Snoozed", "Scheduled", "Plain"], 3)
    assert [row.is_back for row in mine.order_by("pk")] == [True, False, False]
    assert mine.get(title="Scheduled").created_at == NOON + DAY / 48


@pytest.mark.parametrize("read_at", [None, NOON - DAY], ids=["unread", "read"])
def test_undo_of_a_snooze_brings_back_the_state_before(notify, mine, read_at):
    notify("News", read_at=read_at)
    mine.snooze(LATER)

    assert mine.undo_snooze(LATER + DAY, visible_from=None, read_at=read_at) == 0
    assert mine.undo_snooze(LATER, visible_from=None, read_at=read_at) == 1
    assert mine.values_list("visible_from", "read_at").get() == (None, read_at)


def test_undo_of_a_wake_puts_off_again(notify, mine):
    notify("News")
    mine.snooze(LATER)
    mine.wake(NOON)

    assert mine.undo_snooze(NOON, visible_from=LATER, read_at=None) == 1
    assert mine.get().is_snoozed


def test_undo_of_a_snooze_leaves_what_was_dismissed_since(notify, mine):
    notify("News")
    mine.snooze(LATER)
    mine.dismiss()

    assert mine.undo_snooze(LATER, visible_from=None, read_at=None) == 0
    assert mine.get().is_dismissed


@pytest.mark.parametrize("act", [lambda rows: rows.snooze(LATER), lambda rows: rows.wake()])
def test_snooze_and_wake_leave_notifications_of_other_users_alone(other, notify, mine, act):
    notify(to=other)
    notify_user(other, "Scheduled", visible_from=LATER + DAY)
    theirs = UserNotification.objects.for_user(other).order_by("pk")
    before = list(theirs.values_list("visible_from", "created_at"))

    assert act(mine) == 0
    assert list(theirs.values_list("visible_from", "created_at")) == before


def test_marking_all_read_leaves_what_sleeps_to_be_told_of(notify, mine, seen, clock):
    notify("Sleeps")
    mine.snooze(LATER)

    assert mine.mark_read() == 0
    clock(LATER)
    assert seen() == (["Sleeps"], 1)


def test_dismissing_and_restoring_a_snoozed_one_leaves_it_snoozed(notify, mine, clock, seen):
    """What is settled is put away for good, whatever its time."""
    notify("News")
    mine.snooze(LATER)
    mine.dismiss()
    clock(LATER)
    assert seen() == ([], 0)

    clock(NOON)
    mine.restore()
    assert mine.get().is_snoozed
    clock(LATER)
    assert seen() == (["News"], 1)


def test_undo_of_mark_read_makes_what_was_back_unread_and_back_again(notify, mine, clock):
    notify()
    mine.snooze(LATER)
    clock(LATER)
    mine.mark_read(LATER)
    assert not mine.get().is_back

    mine.undo_mark_read(LATER)
    assert mine.get().is_back


def test_snoozed_one_prevents_a_duplicate_and_a_scheduled_one_another_reminder(user, mine):
    source = {"source_app": "a", "source_model": "b", "deduplicate": True}
    notify_user(user, "Snoozed", source_id="1", **source)
    mine.snooze(LATER)
    notify_user(user, "Scheduled", source_id="2", visible_from=LATER, **source)

    assert notify_user(user, "Again", source_id="1", **source) is None
    assert notify_user(user, "Again", source_id="2", visible_from=LATER, **source) is None
    assert notify_users([user], "Again", source_id="1", **source) == 0
    mine.wake()
    mine.mark_read()
    assert notify_user(user, "Again", source_id="1", **source) is not None


def test_cleanup_keeps_an_old_snoozed_one_until_it_was_seen(notify, mine, clock):
    notify("Old", created_at=NOON - 400 * DAY, read_at=NOON - 399 * DAY)
    notify("Older still", created_at=NOON - 400 * DAY, read_at=NOON - 399 * DAY)
    mine.filter(title="Old").snooze(LATER)

    cleanup()
    assert names(mine) == ["Old"]
    clock(LATER + DAY)
    cleanup()
    assert names(mine) == ["Old"]
    mine.mark_read()
    cleanup()
    assert names(mine) == []


def test_cleanup_goes_by_the_instant_from_which_a_scheduled_one_was_seen(user, mine, clock):
    notify_user(user, "Reminder", visible_from=NOON + 200 * DAY)
    clock(NOON + 201 * DAY)
    mine.mark_read()

    cleanup()
    assert names(mine) == ["Reminder"]
    clock(NOON + 291 * DAY)
    cleanup()
    assert names(mine) == []


def test_move_keeps_what_is_snoozed_or_scheduled_asleep(user, other, notify, mine):
    notify("Snoozed")
    mine.snooze(LATER)
    notify_user(user, "Scheduled", visible_from=LATER)

    assert UserNotification.objects.move(user, other) == 2
    theirs = UserNotification.objects.for_user(other)
    assert (names(theirs.snoozed()), names(theirs.scheduled())) == (["Snoozed"], ["Scheduled"])


def test_unread_tells_when_the_latest_woke_up(user, notify, mine, clock):
    notify("Plain")
    assert unread_of(user) == (unread_of(user).digest, 0, False)

    mine.snooze(LATER)
    clock(LATER + DAY)
    assert unread_of(user) == (unread_of(user).digest, round(LATER.timestamp() * 1_000_000), False)
    mine.mark_read()
    assert unread_of(user).woken == 0
