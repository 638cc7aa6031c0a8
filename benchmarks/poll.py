"""The whole run: every kit on every database, in turns, and a table at the end."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import report, serving
from benchmarks.children import Child, DatabaseMissingError, children_on
from benchmarks.environments import FOLDER

DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
BLOCKS, HTTP_ROUNDS = 20, 4


def main() -> None:
    """Measure, then print the table, the limits and the versions."""
    FOLDER.mkdir(exist_ok=True)
    columns: list[report.Column] = []
    versions: dict[str, str] = {"wrk": serving.wrk_version() or "not on PATH: HTTP is skipped"}
    queries: dict[tuple[str, str], int] = {}
    for vendor, title in DATABASES.items():
        try:
            with (
                tempfile.TemporaryDirectory(dir=FOLDER) as folder,
                children_on(vendor, Path(folder)) as (children, said),
            ):
                versions |= said
                queries |= queries_of(children)
                columns += measured(title, children)
        except DatabaseMissingError as error:
            tell(f"{title} is skipped, it does not answer: {error}")
    columns.sort(key=lambda column: column.what == report.RATE)
    show(columns, queries, versions)


def measured(title: str, children: list[Child]) -> Iterator[report.Column]:
    """The columns of one database."""
    tell(f"{title}: {BLOCKS} blocks at the WSGI level")
    blocks = in_turns(children, BLOCKS, lambda child: child.ask("block"))
    yield report.Column(title, report.TIME, blocks)
    if not serving.wrk_version():
        return
    tell(f"{title}: {HTTP_ROUNDS} rounds over HTTP")
    with ExitStack() as stack:
        ports = {child: stack.enter_context(serving.served(child)) for child in children}
        rates = in_turns(
            children, HTTP_ROUNDS, lambda child: serving.requests_per_second(child, ports[child])
        )
    yield report.Column(title, report.RATE, rates)


def in_turns(
    children: list[Child], rounds: int, ask: Callable[[Child], Any]
) -> dict[str, list[Any]]:
    """Ask each child once a round, so that a slow minute of the machine meets all."""
    answers: dict[str, list[Any]] = {child.kit.name: [] for child in children}
    for _round in range(rounds):
        for child in children:
            answers[child.kit.name].append(ask(child))
    return answers


def queries_of(children: list[Child]) -> dict[tuple[str, str], int]:
    """How many queries each request runs."""
    asked = {child.kit.name: child.ask("requests") for child in children}
    return {(kit, request[0]): request[-1] for kit, said in asked.items() for request in said}


def show(
    columns: list[report.Column], queries: dict[tuple[str, str], int], versions: dict[str, str]
) -> None:
    """Print what was found."""
    print(*report.table(columns, queries), "", *report.limits(columns), sep="\n")
    now = datetime.now(UTC).date()
    print(f"\n{now}, {os.cpu_count()} cores;", ", ".join(map(" ".join, versions.items())))


def tell(progress: str) -> None:
    """What is going on, beside the table."""
    print(progress, file=sys.stderr, flush=True)
