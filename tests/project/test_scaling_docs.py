"""The page on scaling: its statements run, its router works, its tables match the measurements."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from benchmarks import sizing
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user
from themis_htmx.polling.digest import current_digest

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "scaling.md").read_text(encoding="utf-8")
VENDOR = {"postgresql": "PostgreSQL", "mysql": "MariaDB"}.get(connection.vendor, "neither")
SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
TABLE = UserNotification._meta.db_table

BLOCKS = re.findall(r"```sql\n-- ([^\n]+)\n(.+?)```", PAGE, re.S)
STATEMENTS = [sql for vendors, sql in BLOCKS if VENDOR in vendors.split(", ")]
# These cannot be undone, or need more than the table.
ALONE = ("CONCURRENTLY", "PARTITION BY", "pg_stat_statements", "performance_schema")
ORDINARY = [sql for sql in STATEMENTS if not any(word in sql for word in ALONE)]

needs = {
    vendor: pytest.mark.skipif(connection.vendor != vendor, reason=f"it is about {vendor}")
    for vendor in ("postgresql", "mysql")
}


def with_word(word):
    [found] = [sql for _vendors, sql in BLOCKS if word in sql]
    return found


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def answer(sql):
    return run(sql)[0][0]


def test_every_sql_statement_of_the_scaling_page_names_its_database():
    assert len(BLOCKS) == PAGE.count("```sql") > 10
    assert {name for vendors, _sql in BLOCKS for name in vendors.split(", ")} == {
        "PostgreSQL",
        "MariaDB",
    }


@pytest.mark.skipif(VENDOR == "neither", reason="the statements are for servers")
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("sql", ORDINARY, ids=lambda sql: " ".join(sql.split()[:4]))
def test_sql_statement_of_the_scaling_page_runs(user, sql):
    notify_user(user, "News")
    with transaction.atomic():
        run(sql)
        transaction.set_rollback(True)


@needs["postgresql"]
@pytest.mark.django_db(transaction=True)
def test_index_rebuild_of_the_scaling_page_runs():
    run(with_word("CONCURRENTLY"))


@needs["postgresql"]
def test_poll_statement_is_found_in_pg_stat_statements(user):
    if "pg_stat_statements" not in answer("SHOW shared_preload_libraries"):
        pytest.skip("the server does not load pg_stat_statements")
    run("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    current_digest(user.pk, "default")
    assert run(with_word("pg_stat_statements"))


@needs["mysql"]
def test_poll_statement_is_found_in_performance_schema(user):
    if not answer("SELECT @@performance_schema"):
        pytest.skip("the server has no performance_schema")
    current_digest(user.pk, "default")
    assert run(with_word("performance_schema"))


@needs["postgresql"]
@pytest.mark.django_db(transaction=True)
def test_partitioning_as_the_scaling_page_says_loses_nothing(user, other):
    kept = notify_user(user, "First", deduplicate=True, **SOURCE)
    before = columns_of_indexes()
    with transaction.atomic():
        run(with_word("PARTITION BY"))

        assert notify_user(user, "Second", deduplicate=True, **SOURCE) is None
        assert notify_user(other, "Third", deduplicate=True, **SOURCE).pk > kept.pk
        assert current_digest(user.pk, "default").newest == kept.pk
        # The old primary key was not the only index of the id alone.
        assert columns_of_indexes() == before | {("id", "user_id")}
        transaction.set_rollback(True)


def columns_of_indexes():
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, TABLE)
    return {
        tuple(index["columns"]) for index in found.values() if index["index"] or index["unique"]
    }


def test_router_of_the_scaling_page_sends_only_polls_to_the_replica():
    [source] = re.findall(r"```python\n(class PollsFromReplica:.+?)```", PAGE, re.S)
    defined = {}
    exec(source, defined)  # noqa: S102
    router = defined["PollsFromReplica"]()

    assert router.db_for_read(UserNotification) == "replica"
    assert router.db_for_read(User) is None
    assert router.db_for_write(UserNotification) == "default"
    assert router.allow_migrate("replica", "themis") is False


def test_scaling_tables_match_the_sizing_benchmark():
    missing = [
        line
        for table in (sizing.measured, sizing.polls, sizing.rows)
        for line in table()
        if f"\n{line}\n" not in PAGE
    ]
    assert not missing, "python -m benchmarks.sizing prints them anew"


def test_sizing_benchmark_uses_the_poll_figures_of_the_performance_page():
    performance = (DOCS / "performance.md").read_text(encoding="utf-8")
    assert f"({sizing.RATE} of" in performance
    assert f"({sizing.POLL} of" in performance
