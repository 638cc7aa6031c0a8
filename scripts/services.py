"""Runs the unit tests on the databases that there are, and says plainly what does not answer.

On SQLite these are the ones that `make unit` leaves out.

Arguments: ``sqlite``, ``postgres`` or ``mariadb``, or ``workers`` for real workers and servers on
PostgreSQL; without any, all four.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
# Where it matters how much a transaction sees of the others.
BETWEEN_TRANSACTIONS = [
    "tests/delivery/test_concurrency.py",
    "tests/delivery/test_transactions.py",
    "tests/polling/test_reading_at_once.py",
    "tests/delivery/test_duplicates.py",
    "tests/delivery/test_groups.py",
    "tests/delivery/test_many.py",
    "tests/cleanup/test_run.py",
    "tests/cleanup/test_batches.py",
    "tests/cleanup/test_at_once.py",
    "tests/cleanup/test_kept.py",
    "tests/models/test_moving.py",
    "tests/polling/test_token.py",
    "tests/polling/test_changes.py",
    "tests/http/test_undo.py",
    "tests/importing/test_resuming.py",
    "tests/mail/test_at_once.py",
    "tests/mail/test_round.py",
]


# Nothing in these goes by the database.
WITHOUT_DATABASE = [
    "tests/js",
    "tests/project/test_crontab.py",
    "tests/project/test_hosts.py",
    "tests/project/test_house_rules.py",
    "tests/project/test_other_blocks.py",
    "tests/project/test_reliability_docs.py",
    "tests/project/test_schedule_simulation.py",
    "tests/project/test_security_docs.py",
]

SPREAD = ["--numprocesses=auto", "-m", "not packaging and not services"]
ALL = [*SPREAD, *(f"--ignore={path}" for path in WITHOUT_DATABASE)]
# `make unit` has run the others.
SELDOM = ["--numprocesses=auto", "-m", "seldom"]
# In one process: the machine's cores are for the workers.
WORKERS = ["-m", "services", "-rs"]


class Run(NamedTuple):
    """Some tests, on a database, at an isolation level."""

    database: str
    isolation: str
    tests: list[str]
    options: list[str] = SPREAD

    @property
    def word(self) -> str:
        """The argument that asks for it."""
        return "workers" if self.options is WORKERS else self.database


RUNS = [
    Run("sqlite", "", ["tests"], SELDOM),
    Run("postgres", "read committed", ["tests"], ALL),
    Run("postgres", "repeatable read", BETWEEN_TRANSACTIONS),
    Run("mariadb", "read committed", ["tests"], ALL),
    Run("mariadb", "repeatable read", BETWEEN_TRANSACTIONS),
    Run("postgres", "", ["tests"], WORKERS),
]


def main(words: list[str]) -> int:
    """Go through the runs; in CI a database that does not answer is a failure."""
    os.chdir(ROOT)
    chosen = [run for run in RUNS if run.word in (words or [run.word])]
    absent = [name for name in dict.fromkeys(run.database for run in chosen) if not answers(name)]
    failed = [run for run in chosen if run.database not in absent and not succeeds(run)]
    for name in absent:
        print(f"NOT TESTED: {name}; it does not answer", file=sys.stderr)
    for run in failed:
        print(f"FAILED: {named(run)}", file=sys.stderr)
    return int(bool(failed or (absent and os.environ.get("CI"))))


def answers(database: str) -> bool:
    """Whether the database can be connected to; it says itself why not."""
    command = [sys.executable, "scripts/database_answers.py"]
    chosen = environment(Run(database, "", []))
    return not subprocess.run(command, env=chosen, check=False).returncode


def succeeds(run: Run) -> bool:
    """Whether all tests of the run pass."""
    print(f"Testing on {named(run)}", flush=True)
    command = [sys.executable, "-m", "pytest", *run.tests, *run.options]
    return not subprocess.run(command, env=environment(run), check=False).returncode


def environment(run: Run) -> dict[str, str]:
    """What chooses the database for one process."""
    chosen = {"THEMIS_TEST_DATABASE": run.database, "THEMIS_TEST_ISOLATION": run.isolation}
    return os.environ | {name: value for name, value in chosen.items() if value}


def named(run: Run) -> str:
    """The run in a few words."""
    if run.options is WORKERS:
        return f"{run.database} with workers"
    return f"{run.database} at {run.isolation}" if run.isolation else run.database


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
