"""Those of the other benchmarks, on a database of its own with the options of a real project."""

import os

from benchmarks.settings import *  # noqa: F403
from benchmarks.settings import DATABASES

# Django's own choice, and what docs/troubleshooting.md recommends.
JOURNALS = {
    "delete": "PRAGMA journal_mode=DELETE; PRAGMA synchronous=FULL;",
    "wal": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}

if os.environ["BENCH_DATABASE"] == "sqlite":
    journal = JOURNALS[os.environ["BENCH_JOURNAL"]]
    DATABASES["default"]["OPTIONS"] = {"timeout": 30, "init_command": journal}
