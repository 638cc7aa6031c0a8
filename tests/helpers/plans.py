"""Query plans: the part of the table that a statement reads, as each database reports it."""

import json
import re
from contextlib import contextmanager
from typing import NamedTuple

from django.db import connection, transaction

from tests.helpers.rows import TABLE

# Within a subquery Django calls it U0, U1 and so on.
NAMED = re.compile(rf"{TABLE}|U\d+")
# A row costs SQLite's virtual machine about as many steps.
STEPS_PER_ROW = 16


class Plan(NamedTuple):
    """The rows or pages that a statement touched, whichever are more, and the indexes it used."""

    sql: str
    touched: int
    indexes: set
    is_scan: bool
    # The rows themselves were left alone.
    is_index_only: bool = False


@contextmanager
def plans():
    """Explain every statement about the table just before it runs; give the list of plans."""
    found, looking = [], False
    explain = {"postgresql": _postgres, "mysql": _mariadb, "sqlite": _sqlite}[connection.vendor]

    def look(execute, sql, params, many, context):
        nonlocal looking
        if TABLE in sql and not looking:
            looking = True
            found.append(Plan(sql, *explain(sql, params)))
            looking = False
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def plans_of(action):
    """The plans of what the action asks about the table, which must be something."""
    with plans() as found:
        action()
    assert found, "no statement was about the table, so nothing was looked at"
    return found


def _postgres(sql, params):
    [[[plan]]] = _undone(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", params)
    nodes = [node for node in _nodes(plan) if node.get("Relation Name") == TABLE]
    scans = [node for node in nodes if "Scan" in node["Node Type"]]
    rows = sum(node["Actual Loops"] * _postgres_rows(node) for node in scans)
    top = plan["Plan"]
    # A condition that an index checks entry by entry removes no rows, but it reads pages.
    pages = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    indexes = {node["Index Name"] for node in _nodes(plan) if "Index Name" in node}
    kinds = [node["Node Type"] for node in scans]
    is_index_only = set(kinds) == {"Index Only Scan"}
    return max(rows, pages), indexes, "Seq Scan" in kinds, is_index_only


def _postgres_rows(node):
    removed = ("Rows Removed by Filter", "Rows Removed by Index Recheck")
    return node["Actual Rows"] + sum(node.get(name, 0) for name in removed)


def _mariadb(sql, params):
    before = _handler_reads()
    [[text]] = _undone(f"ANALYZE FORMAT=JSON {sql}", params)
    rows = _handler_reads() - before
    tables = [node for node in _nodes(json.loads(text)) if "access_type" in node]
    ours = [node for node in tables if NAMED.fullmatch(node["table_name"])]
    indexes = {node["key"] for node in ours if "key" in node}
    is_index_only = all(node.get("using_index") for node in ours)
    # Other tables are called U0 as well; one that is empty is read whole at no cost.
    is_scan = any(node["access_type"] == "ALL" and node.get("r_rows") for node in ours)
    return rows, indexes, is_scan, is_index_only


def _handler_reads():
    """Every row or index entry that this connection has read so far."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW SESSION STATUS WHERE Variable_name LIKE 'Handler_read%'")
        return sum(int(value) for _name, value in cursor.fetchall())


def _sqlite(sql, params):
    steps = 0

    def count():
        nonlocal steps
        steps += 1

    details = [row[3] for row in _undone(f"EXPLAIN QUERY PLAN {sql}", params)]
    connection.connection.set_progress_handler(count, STEPS_PER_ROW)
    _undone(sql, params)
    connection.connection.set_progress_handler(None, 0)
    indexes = {text.split("INDEX ")[1].split(" ")[0] for text in details if "INDEX " in text}
    scanned = [text.split(" ")[1] for text in details if text.startswith("SCAN ")]
    is_index_only = any("COVERING INDEX" in text for text in details)
    return steps, indexes, any(NAMED.fullmatch(name) for name in scanned), is_index_only


def _undone(sql, params):
    """Run a statement and take back what it changed."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            rows = cursor.fetchall() if cursor.description else []
        transaction.set_rollback(True)
    return rows


def _nodes(tree):
    """Every dictionary in a tree of lists and dictionaries."""
    if isinstance(tree, dict):
        yield tree
    if isinstance(tree, dict | list):
        for child in tree.values() if isinstance(tree, dict) else tree:
            yield from _nodes(child)
