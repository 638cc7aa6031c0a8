"""A round: the plain DELETE, the cleanup alone, and the cleanup beside somebody who writes."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median
from time import sleep
from typing import Any, NamedTuple, Self

from django.db import connection

from benchmarks.cleanup.rows import fill
from benchmarks.environments import ROOT

# A process of its own, so that nothing is in its memory yet.
ACT = "import django; django.setup(); from benchmarks.cleanup.acts import act; act()"
# Seconds that the writer is watched with nothing beside it.
ALONE = 5


class Round(NamedTuple):
    """What each of them says, on a table that was filled anew."""

    plain: dict[str, float]
    cleanup: dict[str, float]
    beside: dict[str, float]
    quiet: dict[str, float]
    waits: dict[str, float]

    @classmethod
    def run(cls, rows: int) -> Self:
        """In turns, so that a slow minute of the machine meets all."""
        plain, cleanup = (_on_a_full_table(rows, act) for act in ("plain", "cleanup"))
        _fill(rows)
        with _writing() as quiet:
            sleep(ALONE)
        with _writing() as waits:
            beside = _act("cleanup")
        return cls(plain, cleanup, beside, quiet, waits)

    @property
    def ratio(self) -> float:
        """The time of the cleanup, the plain DELETE's being 1."""
        return self.cleanup["seconds"] / self.plain["seconds"]


def summary(rounds: list[Round]) -> Iterator[str]:
    """What the limits are about."""
    ratios = [found.ratio for found in rounds]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    yield f"time, plain DELETE = 1: {median(ratios):.2f} ({spread})"
    yield f"longest wait of a writer, ms: {max(found.waits['longest'] for found in rounds):.0f}"
    yield f"with nothing beside it, ms: {max(found.quiet['longest'] for found in rounds):.0f}"
    yield f"writes that failed: {sum(found.waits['failed'] for found in rounds)}"
    for name in ("cleanup", "plain"):
        yield f"growth of memory, {name}, kB: {max(getattr(found, name)['kB'] for found in rounds)}"


def _on_a_full_table(rows: int, act: str) -> dict[str, float]:
    _fill(rows)
    return _act(act)


def _fill(rows: int) -> None:
    fill(rows)
    connection.close()


def _act(name: str) -> Any:
    run = subprocess.run(_command(name), cwd=ROOT, check=True, stdout=subprocess.PIPE)
    return json.loads(run.stdout)


@contextmanager
def _writing() -> Iterator[dict[str, float]]:
    """Somebody writes meanwhile; afterwards there is how long they waited."""
    waits: dict[str, float] = {}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(_command("write"), cwd=ROOT, **pipes) as writer:
        # An empty line, as soon as it has begun.
        writer.stdout.readline()
        yield waits
        waits |= json.loads(writer.communicate()[0])


def _command(act: str) -> list[str]:
    return [sys.executable, "-c", ACT, act]
