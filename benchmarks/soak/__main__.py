"""``python -m benchmarks.soak``: twenty minutes of a site on which one thing after the other fails.

gunicorn, a stream server and a worker of Celery run on a PostgreSQL and a Redis of their own. A few
hundred pages are open, one of them in a real browser. Calls of every kind are made meanwhile. In
the end each is compared with what is in the database and in the pages, and with what the mail
server and the push service have taken. Then the memory of each process and of the page is looked
at. The exit code says whether all is right.
"""

import argparse
import shutil
import sys
from pathlib import Path
from tempfile import mkdtemp

import django

from benchmarks.soak.services import services
from tests.helpers.clusters import program


def main() -> None:
    """Run what the command line asks for."""
    options = arguments()
    if not shutil.which("redis-server") or not program("initdb"):
        raise SystemExit(
            "This needs redis-server and PostgreSQL: apt-get install redis-server postgresql."
        )
    folder = Path(mkdtemp(prefix="themis-soak-"))
    print(f"The logs are in {folder}.", flush=True)
    with services(folder) as started:
        started.configure()
        django.setup()
        from benchmarks.soak.run import run

        is_right = run(started, options)
    sys.exit(not is_right)


def arguments() -> argparse.Namespace:
    """What the command line says."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20, help="how long calls are made")
    parser.add_argument("--clients", type=int, default=300, help="how many pages are open")
    parser.add_argument("--mailed", type=int, default=2000, help="how many users get e-mails")
    parser.add_argument("--pushed", type=int, default=200, help="how many get messages by push")
    return parser.parse_args()


if __name__ == "__main__":
    main()
