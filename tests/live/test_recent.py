"""The changes of the last moment, of which a page that opens its stream may not know."""

import pytest

from themis_htmx.live import recent
from themis_htmx.live.recent import RecentChanges


class Clock:
    def __init__(self):
        self.now = 1_000_000.5

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_change_after_the_page_was_rendered_may_have_been_missed(clock):
    changes = RecentChanges(clock)
    changes.note(["1"])

    assert changes.may_have_missed("1", clock.now - 10)
    assert changes.may_have_missed("1", int(clock.now)), "a token tells whole seconds only"
    assert not changes.may_have_missed("1", clock.now + 5)
    assert not changes.may_have_missed("2", clock.now - 10)


def test_change_is_remembered_for_half_a_minute_and_forgotten_after_a_while(clock):
    changes = RecentChanges(clock)
    changes.note(["1"])
    rendered = clock.now - 1
    clock.now += 29
    changes.note(["2"])
    assert changes.may_have_missed("1", rendered)
    for _half_minute in range(3):
        clock.now += 31
        changes.note(["2"])
    assert not changes.may_have_missed("1", rendered)


def test_no_more_users_are_remembered_than_fit(clock, monkeypatch):
    monkeypatch.setattr(recent, "MOST", 10)
    changes = RecentChanges(clock)
    for number in range(100):
        changes.note([str(number)])

    assert len(changes._newer) + len(changes._older) <= 22
    assert changes.may_have_missed("99", clock.now)


def test_page_rendered_before_the_broker_was_heard_may_have_missed_anything(clock):
    changes = RecentChanges(clock)
    changes.note_connected()

    assert changes.may_have_missed("1", clock.now - 10)
    assert not changes.may_have_missed("1", clock.now + 5)
    clock.now += 31
    assert not changes.may_have_missed("1", clock.now - 100)
