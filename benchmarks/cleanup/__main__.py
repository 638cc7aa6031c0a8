"""``python -m benchmarks.cleanup --rows 1000000 --database postgres``."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep
from typing import Any

import django
from django.db import connection

from benchmarks.environments import FOLDER, ROOT

DATABASES = ["sqlite", "postgres", "mariadb"]
# Seconds that the writer is watched with nothing beside it.
ALONE = 5
ACT = "import django; django.setup(); from benchmarks.cleanup.acts import act; act()"


def main() -> None:
    """Let the ways take turns on a database of their own, and say what came out."""
    options = arguments()
    FOLDER.mkdir(exist_ok=True)
    os.environ |= {
        "BENCH_KIT": "themis",
        "BENCH_NAME": "cleanup",
        "BENCH_DATABASE": options.database,
        "BENCH_JOURNAL": options.journal,
        "BENCH_FOLDER": str(FOLDER),
        "DJANGO_SETTINGS_MODULE": "benchmarks.cleanup.settings",
    }
    django.setup()
    name = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        for _round in range(options.rounds):
            run(options.rows)
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cleanup")
    parser.add_argument("--rows", type=int, default=1_000_000, help="how many are to go")
    parser.add_argument("--database", choices=DATABASES, default="postgres")
    parser.add_argument("--journal", choices=["delete", "wal"], default="delete", help="SQLite's")
    parser.add_argument("--rounds", type=int, default=3)
    return parser.parse_args()


def run(rows: int) -> None:
    """One round: the plain statement, the cleanup, and the cleanup with a writer beside it."""
    plain, ours = (_fresh(rows, act) for act in ("plain", "cleanup"))
    times = plain["seconds"], ours["seconds"]
    print(
        f"cleanup {times[1] / times[0]:.2f} times one DELETE ({times[1]:.2f} of {times[0]:.2f} s)"
    )
    print(f"  memory's peak grew by {ours['kB']} kB, with one DELETE by {plain['kB']}")
    _fill(rows)
    with writing() as alone:
        sleep(ALONE)
    with writing() as beside:
        act_of("cleanup")
    print(
        f"  longest waits of a writer, ms: {beside}\n  and with nothing beside it: {alone}",
        flush=True,
    )


def _fresh(rows: int, act: str) -> Any:
    _fill(rows)
    return act_of(act)


def _fill(rows: int) -> None:
    # Its models can be imported once Django is set up.
    from benchmarks.cleanup.rows import fill

    fill(rows)
    connection.close()


def act_of(act: str) -> Any:
    """What an act says that begins with an empty memory."""
    command = [sys.executable, "-c", ACT, act]
    return json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)


@contextmanager
def writing() -> Iterator[dict[str, float]]:
    """Somebody writes meanwhile; afterwards there is how long they waited."""
    command = [sys.executable, "-c", ACT, "write"]
    waits: dict[str, float] = {}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, cwd=ROOT, **pipes) as writer:
        writer.stdout.readline()
        yield waits
        waits |= json.loads(writer.communicate()[0])


if __name__ == "__main__":
    main()
