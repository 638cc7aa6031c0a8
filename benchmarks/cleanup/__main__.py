"""``python -m benchmarks.cleanup --rows 1000000 --database postgres``."""

import argparse
import os
import tempfile

import django
from django.db import connection

from benchmarks.environments import FOLDER

DATABASES = ["sqlite", "postgres", "mariadb"]


def main() -> None:
    """Make a database, measure on it as often as told, and remove it."""
    options = arguments()
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        configure(options, folder)
        name = connection.settings_dict["NAME"]
        connection.creation.create_test_db(verbosity=0, autoclobber=True)
        try:
            measure(options)
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


def configure(options: argparse.Namespace, folder: str) -> None:
    """Tell Django, here and in the processes to come, which database it is."""
    os.environ |= {
        "BENCH_KIT": "themis",
        "BENCH_NAME": "cleanup",
        "BENCH_DATABASE": options.database,
        "BENCH_JOURNAL": options.journal,
        "BENCH_FOLDER": folder,
        "DJANGO_SETTINGS_MODULE": "benchmarks.cleanup.settings",
    }
    django.setup()


def measure(options: argparse.Namespace) -> None:
    """Print each round and the summary."""
    # It imports models, which want the settings first.
    from benchmarks.cleanup.rounds import Round, summary

    rounds = []
    for _number in range(options.rounds):
        rounds.append(Round.run(options.rows))
        print(rounds[-1], flush=True)
    print(*summary(rounds), sep="\n")


if __name__ == "__main__":
    main()
