"""The turns in which many users are told: one each slot, each once, and all within 30 seconds."""

import pytest

from themis_htmx.live.turns import Turns

CROWD = [str(number) for number in range(1000)]


class Clock:
    def __init__(self):
        self.now = 50.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def told_over_time(turns, clock):
    """Return each user with the seconds after which it was told, with a clock that wakes late."""
    begin, told = clock.now, []
    while True:
        told += [(user, clock.now - begin) for user in turns.take()]
        pause = turns.wait()
        if pause is None:
            return told
        clock.now += pause + 0.001


def test_lone_user_is_told_at_once_after_a_quiet_time(clock):
    turns = Turns(0.005, clock)
    for _time in range(3):
        turns.add(["1"])
        assert turns.take() == ["1"]
        assert turns.wait() is None
        clock.now += 0.005


def test_a_quiet_time_lets_no_crowd_through_at_once(clock):
    turns = Turns(0.005, clock)
    clock.now += 3600
    turns.add(CROWD)

    assert turns.take() == ["0"]
    assert turns.wait() == pytest.approx(0.005)


def test_crowd_is_told_one_each_slot_in_its_order(clock):
    turns = Turns(0.005, clock)
    turns.add(CROWD)

    told = told_over_time(turns, clock)

    assert [user for user, _at in told] == CROWD
    assert all(abs(at - number * 0.005) <= 0.007 for number, (_user, at) in enumerate(told))


def test_batches_of_one_fan_out_wait_behind_each_other(clock):
    turns = Turns(0.005, clock)
    turns.add(CROWD[:500])
    turns.add(CROWD[500:])

    assert told_over_time(turns, clock)[-1][1] == pytest.approx(999 * 0.005, abs=0.01)


def test_user_who_waits_already_is_told_once(clock):
    turns = Turns(0.005, clock)
    turns.add(CROWD[:10])
    turns.add(CROWD[5:12])

    assert [user for user, _at in told_over_time(turns, clock)] == CROWD[:12]


def test_everybody_is_told_within_30_seconds_however_many_they_are(clock):
    turns = Turns(0.1, clock)
    turns.add(CROWD)

    told = told_over_time(turns, clock)

    assert 29 < told[-1][1] <= 30.1
    # The next crowd has the usual pace again.
    turns.add(CROWD[:3])
    assert told_over_time(turns, clock)[-1][1] == pytest.approx(0.2 + 0.03, abs=0.05)
