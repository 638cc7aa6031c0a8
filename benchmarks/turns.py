"""The parent's part that is the same for all suites: which databases, whose turn, and the foot."""

import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from time import monotonic
from typing import Any

from benchmarks.children import Child, DatabaseMissingError, children_on
from benchmarks.environments import FOLDER

DATABASES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def databases(suite: str) -> Iterator[tuple[str, list[Child], dict[str, str]]]:
    """Each database that answers, with a child for each kit on it and the versions they name."""
    FOLDER.mkdir(exist_ok=True)
    for vendor, title in DATABASES.items():
        tell(f"{title}: filling the tables")
        try:
            with (
                tempfile.TemporaryDirectory(dir=FOLDER) as folder,
                children_on(suite, vendor, Path(folder)) as (children, versions),
            ):
                yield title, children, versions
        except DatabaseMissingError as error:
            tell(f"{title} is skipped, it does not answer: {error}")


def in_turns(
    children: list[Child], rounds: int, ask: Callable[[Child], Any], patience: float = inf
) -> dict[str, list[Any]]:
    """Ask each child once a round, so that a slow minute of the machine meets all.

    One that takes more seconds than ``patience`` is not asked again.
    """
    answers: dict[str, list[Any]] = {child.kit.name: [] for child in children}
    willing = list(children)
    for _round in range(rounds):
        for child in list(willing):
            start = monotonic()
            answers[child.kit.name].append(ask(child))
            if monotonic() - start > patience:
                willing.remove(child)
    return answers


def foot(versions: dict[str, str]) -> str:
    """When, on how many cores, and with what."""
    now = datetime.now(UTC).date()
    return f"\n{now}, {os.cpu_count()} cores; " + ", ".join(map(" ".join, versions.items()))


def tell(progress: str) -> None:
    """What is going on, beside the table."""
    print(progress, file=sys.stderr, flush=True)
