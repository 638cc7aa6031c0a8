"""The pace of cleanup: ranges of ids so short that other writers wait only briefly."""

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
    """Record the pauses instead of sleeping."""
    pauses = []
    monkeypatch.setattr(module, "sleep", pauses.append)
    return pauses


@pytest.fixture
def careful():
    """Make a pace that begins with few ids on every database, as it reads rows into memory."""

    def careful(most=None):
        return Pace("default", most, reads=True)

    return careful


def next_ids(pace, rows, seconds):
    pace.learn(rows, seconds)
    return pace.ids


def test_pace_begins_with_few_ids_unless_the_database_is_postgresql():
    assert Pace("default").ids == (250_000 if IS_POSTGRESQL else FIRST)


def test_pace_begins_with_few_ids_when_rows_are_read_into_memory(careful):
    assert careful().ids == FIRST


@pytest.mark.parametrize("reads", [True, False])
def test_pace_never_exceeds_the_batch_size(reads):
    pace = Pace("default", 10, reads=reads)

    assert pace.ids == 10
    assert next_ids(pace, 10, MOMENT / 1000) == 10
    assert next_ids(pace, 0, MOMENT / 1000) == 10


@pytest.mark.parametrize("rows", [0, FIRST])
def test_pace_shortens_the_next_range_after_a_slow_one(careful, rows):
    pace = careful()

    assert next_ids(pace, rows, MOMENT * 4) == FIRST // 4
    assert next_ids(pace, rows, MOMENT * FIRST) == 1


def test_pace_lengthens_the_next_range_after_a_quick_one_up_to_a_limit(careful):
    pace = careful(3 * FIRST)

    assert next_ids(pace, FIRST, MOMENT / 2) == 2 * FIRST
    assert next_ids(pace, 2 * FIRST, MOMENT / 1000) == 3 * FIRST
    assert next_ids(careful(), FIRST, MOMENT / 1000) == min(GROWTH * FIRST, 50_000)


def test_pace_grows_to_a_lower_limit_after_quick_ranges_with_few_rows(careful):
    pace = careful()

    assert next_ids(pace, FIRST // 2 - 1, MOMENT / 1000) == MAX_WHEN_SPARSE
    assert next_ids(pace, 0, MOMENT / 1000) == MAX_WHEN_SPARSE
    assert next_ids(pace, MAX_WHEN_SPARSE // 2, MOMENT / 2) == 2 * MAX_WHEN_SPARSE
    assert next_ids(pace, 0, MOMENT / 1000) == 2 * MAX_WHEN_SPARSE


def test_pace_recovers_after_a_range_that_took_too_long(careful):
    pace = careful()

    assert next_ids(pace, 0, MOMENT * 10) == FIRST // 10
    assert next_ids(pace, 0, MOMENT / 1000) == MAX_WHEN_SPARSE


@pytest.mark.skipif(not IS_POSTGRESQL, reason="Elsewhere looking locks others out.")
def test_pace_grows_after_a_quick_range_without_rows_on_postgresql():
    pace = Pace("default")

    assert next_ids(pace, 0, MOMENT * 10) == 25_000
    assert next_ids(pace, 0, MOMENT / 2) == 50_000


def test_cleanup_pauses_between_batches_on_sqlite_only(pauses):
    Pace("default").learn(FIRST, 5)

    assert any(pauses) == (connection.vendor == "sqlite")


@pytest.mark.django_db
@pytest.mark.skipif(connection.vendor != "sqlite", reason="the memory is SQLite's")
def test_large_sqlite_cache_restores_the_cache_size():
    with connection.cursor() as cursor:
        before = cursor.execute("PRAGMA cache_size").fetchone()
        with large_sqlite_cache("default"):
            assert cursor.execute("PRAGMA cache_size").fetchone() != before
        assert cursor.execute("PRAGMA cache_size").fetchone() == before


@pytest.mark.parametrize("reads", [False, True])
def test_pace_goes_on_when_a_frozen_clock_measures_zero_seconds(reads):
    assert next_ids(Pace("default", 10, reads=reads), 10, 0.0) == 10
