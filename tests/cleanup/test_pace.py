"""How many ids cleanup looks through at a time: as many as others can wait for."""

import pytest
from django.db import connection

from themis_htmx.cleanup import pace as module
from themis_htmx.cleanup.pace import (
    FIRST,
    GROWTH,
    MAX_WHEN_SPARSE,
    MOMENT,
    Pace,
    large_sqlite_cache,
)

IS_POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture(autouse=True)
def pauses(monkeypatch):
    """Sleeping takes no time."""
    pauses = []
    monkeypatch.setattr(module, "sleep", pauses.append)
    return pauses


@pytest.fixture
def careful():
    """One that begins with few, on every database: what it deletes is read."""

    def careful(most=None):
        return Pace("default", most, reads=True)

    return careful


def next_ids(pace, rows, seconds):
    pace.learn(rows, seconds)
    return pace.ids


def test_it_begins_with_few_where_looking_locks_others_out():
    assert Pace("default").ids == (250_000 if IS_POSTGRESQL else FIRST)


def test_it_begins_with_few_where_what_goes_is_read_into_memory(careful):
    assert careful().ids == FIRST


@pytest.mark.parametrize("reads", [True, False])
def test_it_never_exceeds_the_batch(reads):
    pace = Pace("default", 10, reads=reads)

    assert pace.ids == 10
    assert next_ids(pace, 10, MOMENT / 1000) == 10
    assert next_ids(pace, 0, MOMENT / 1000) == 10


@pytest.mark.parametrize("rows", [0, FIRST])
def test_what_took_too_long_is_cut_to_what_fits(careful, rows):
    pace = careful()

    assert next_ids(pace, rows, MOMENT * 4) == FIRST // 4
    assert next_ids(pace, rows, MOMENT * FIRST) == 1


def test_what_was_quick_grows_by_steps_up_to_the_most(careful):
    pace = careful(3 * FIRST)

    assert next_ids(pace, FIRST, MOMENT / 2) == 2 * FIRST
    assert next_ids(pace, 2 * FIRST, MOMENT / 1000) == 3 * FIRST
    assert next_ids(careful(), FIRST, MOMENT / 1000) == min(GROWTH * FIRST, 50_000)


def test_a_quick_range_in_which_few_rows_went_says_little_of_a_full_one(careful):
    pace = careful()

    assert next_ids(pace, FIRST // 2 - 1, MOMENT / 1000) == MAX_WHEN_SPARSE
    assert next_ids(pace, 0, MOMENT / 1000) == MAX_WHEN_SPARSE
    assert next_ids(pace, MAX_WHEN_SPARSE // 2, MOMENT / 2) == 2 * MAX_WHEN_SPARSE
    assert next_ids(pace, 0, MOMENT / 1000) == 2 * MAX_WHEN_SPARSE


def test_after_one_that_took_too_long_it_recovers(careful):
    pace = careful()

    assert next_ids(pace, 0, MOMENT * 10) == FIRST // 10
    assert next_ids(pace, 0, MOMENT / 1000) == MAX_WHEN_SPARSE


@pytest.mark.skipif(not IS_POSTGRESQL, reason="Elsewhere looking locks others out.")
def test_a_quick_range_makes_the_next_one_larger_where_looking_locks_nothing():
    pace = Pace("default")

    assert next_ids(pace, 0, MOMENT * 10) == 25_000
    assert next_ids(pace, 0, MOMENT / 2) == 50_000


def test_cleanup_pauses_between_batches_on_sqlite_only(pauses):
    Pace("default").learn(FIRST, 5)

    assert any(pauses) == (connection.vendor == "sqlite")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the memory is SQLite's")
def test_the_memory_that_it_takes_is_given_back():
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()
        with large_sqlite_cache("default"):
            assert cursor.execute("PRAGMA cache_size").fetchone() != before
        assert cursor.execute("PRAGMA cache_size").fetchone() == before


@pytest.mark.parametrize("reads", [False, True])
def test_where_a_test_has_frozen_the_time_it_goes_on(reads):
    assert next_ids(Pace("default", 10, reads=reads), 10, 0.0) == 10
