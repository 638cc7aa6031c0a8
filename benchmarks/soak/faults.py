"""What goes wrong during the run, in this order.

First comes what ends a process, or has it take at once what it keeps: where there is no connection,
many tasks fail together. Then enough time is left to see whether it grows.
"""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

import psycopg

from benchmarks.soak.site import Site
from themis_htmx.models import UserNotification


class Fault(NamedTuple):
    """Something that goes wrong for so many seconds, and is mended then."""

    name: str
    seconds: float
    begin: Callable[[Site], Any]
    mend: Callable[[Site], Any]
    # Whether what is notified may be late on the simulated pages.
    delays: bool = True


def _nothing(site: Site) -> None:
    """What has ended is started again by those who supervise it."""


def _kill_one_worker_of_the_pages(site: Site) -> None:
    os.kill(site.pages.pids()[1], signal.SIGKILL)


def _deploy(site: Site) -> None:
    site.pages.process.send_signal(signal.SIGHUP)


def _crash_database(site: Site) -> None:
    site.database.stop(signal.SIGQUIT)


def _read_only(site: Site) -> None:
    site.database.configure("default_transaction_read_only", "on")
    # Whoever is connected keeps what it began with.
    _end_connections(site)


def _read_and_write(site: Site) -> None:
    site.database.configure("default_transaction_read_only", "off")
    _end_connections(site)


def _end_connections(site: Site) -> None:
    site.database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )


class _Held:
    """Connections that this process holds."""

    def __init__(self) -> None:
        self._connections: list[Any] = []

    def take_all(self, site: Site) -> None:
        """Take every connection of the database, in place of whoever had one."""
        _end_connections(site)
        with suppress(psycopg.OperationalError):
            while True:
                self._connections.append(site.database.connect())

    def lock_table(self, site: Site) -> None:
        """Lock the notifications, as a migration does."""
        connection = psycopg.connect(site.database.url)
        table = UserNotification._meta.db_table
        connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        self._connections.append(connection)

    def let_go(self, site: Site) -> None:
        """Give them back."""
        while self._connections:
            self._connections.pop().close()


_held = _Held()


def _answer_pushes_by(answer: Any) -> Callable[[Site], None]:
    def change(site: Site) -> None:
        site.push.answer = answer

    return change


FAULTS = [
    Fault("a worker of Celery is killed", 10, lambda it: it.worker.kill(), _nothing),
    Fault("PostgreSQL has no connection left", 10, _held.take_all, _held.let_go),
    Fault(
        "the push service is out of order",
        30,
        _answer_pushes_by(503),
        _answer_pushes_by(201),
        delays=False,
    ),
    Fault(
        "the push service hangs",
        20,
        _answer_pushes_by("hang"),
        _answer_pushes_by(201),
        delays=False,
    ),
    Fault("the stream server is killed", 10, lambda it: it.streams.kill(), _nothing),
    Fault("a worker of gunicorn is killed", 5, _kill_one_worker_of_the_pages, _nothing),
    Fault("gunicorn gets new workers, as at a deploy", 10, _deploy, _nothing),
    Fault("PostgreSQL restarts", 3, lambda it: it.database.stop(), lambda it: it.database.start()),
    Fault("PostgreSQL crashes", 8, _crash_database, lambda it: it.database.start()),
    Fault("PostgreSQL can only be read", 10, _read_only, _read_and_write),
    Fault("the table is locked", 8, _held.lock_table, _held.let_go),
    Fault("Redis crashes", 8, lambda it: it.redis.stop(), lambda it: it.redis.start()),
    Fault(
        "the mail server is away",
        40,
        lambda it: it.stop_mail(),
        lambda it: it.start_mail(),
        delays=False,
    ),
    Fault(
        "the browser has no network",
        15,
        lambda it: it.proxy.cut(),
        lambda it: it.proxy.mend(),
        delays=False,
    ),
]
