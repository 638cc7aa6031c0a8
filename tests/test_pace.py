"""How many rows cleanup deletes at a time: as many as others can wait for."""

import pytest
from django.db import connection

from themis_htmx import pace as module
from themis_htmx.pace import FIRST, GROWTH, MOMENT, Pace, roomy, usual_size


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes when it is told to; sleeping takes no time."""
    clock = Clock()
    monkeypatch.setattr(module, "perf_counter", lambda: clock.now)
    monkeypatch.setattr(module, "sleep", clock.pauses.append)
    return clock


class Clock:
    def __init__(self):
        self.now, self.pauses = 0.0, []


def delete(pace, clock, rows, seconds):
    with pace.deleting(rows):
        clock.now += seconds
    return pace.rows


def test_more_is_looked_through_where_looking_locks_nothing():
    assert usual_size("default") == (200_000 if connection.vendor == "postgresql" else 50_000)


def test_it_begins_with_few_and_never_exceeds_the_batch():
    assert Pace("default", 50_000).rows == FIRST
    assert Pace("default", 10).rows == 10


def test_what_took_too_long_is_cut_to_what_fits(clock):
    pace = Pace("default", 50_000)

    assert delete(pace, clock, FIRST, MOMENT * 4) == FIRST // 4
    assert delete(pace, clock, FIRST // 4, MOMENT * FIRST) == 1


def test_what_was_quick_grows_by_steps_up_to_the_batch(clock):
    pace = Pace("default", 3 * FIRST)

    assert delete(pace, clock, FIRST, MOMENT / 2) == 2 * FIRST
    assert delete(pace, clock, 2 * FIRST, MOMENT / 1000) == 3 * FIRST
    assert delete(Pace("default", 50_000), clock, FIRST, MOMENT / 1000) == GROWTH * FIRST


def test_few_rows_that_were_quick_tell_nothing(clock):
    pace = Pace("default", 50_000)

    assert delete(pace, clock, 3, MOMENT / 2) == FIRST
    assert delete(pace, clock, 3, MOMENT * 3) == 1


def test_others_get_their_turn_where_the_lock_is_handed_to_nobody(clock):
    delete(Pace("default", 50_000), clock, FIRST, 5)

    assert any(clock.pauses) == (connection.vendor == "sqlite")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the memory is SQLite's")
def test_the_memory_that_it_takes_is_given_back():
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()
        with roomy("default"):
            assert cursor.execute("PRAGMA cache_size").fetchone() != before
        assert cursor.execute("PRAGMA cache_size").fetchone() == before
