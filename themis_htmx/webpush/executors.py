"""Where messages are sent from: threads of this process, Celery, django.tasks, or a project's own.

Never from the request, which would wait for a push service.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from threading import Condition, Thread
from typing import Any

from django.db import close_old_connections, connections
from django.utils.module_loading import import_string

from themis_htmx.webpush import config
from themis_htmx.webpush.jobs import run

logger = logging.getLogger("themis")

THREADS = 8
# The most users, or tests, that wait for a thread. The periodic command finds all others.
MOST_WAITING = 100_000
# Users whose messages a thread sends before it looks for others, and a task sends.
BATCH, TASK_BATCH = 20, 100
# Seconds for which a thread keeps its connection to the database for what comes next.
LINGER = 1.0


def submit(job: str, keys: Sequence[Any]) -> None:
    """Have ``run(job, keys)`` called outside of the request.

    ``job``
        ``"push"`` or ``"test"``.
    ``keys``
        For ``"push"`` keys of users, for ``"test"`` of subscriptions.

    Raises what a broker raises that does not answer. What was written is not lost then: the
    periodic command sends it.
    """
    name = config.executor()
    enqueue = _EXECUTORS.get(name) or import_string(name)
    enqueue(job, keys)


class Pool:
    """Threads that do jobs one after the other, started when there is something to do.

    ``do`` does a job with keys. A user who is waiting already is not added again.
    """

    def __init__(self, do: Callable[[str, Sequence[Any]], Any] = run) -> None:
        self._do = do
        self._changed = Condition()
        self._waiting: dict[tuple[str, Any], None] = {}
        self._running = self._idle = 0
        self._is_full = False

    def add(self, job: str, keys: Sequence[Any]) -> None:
        """Let the job wait for a thread with each of ``keys``, as far as there is room."""
        with self._changed:
            room = MOST_WAITING - len(self._waiting)
            self._waiting.update(dict.fromkeys([(job, key) for key in keys[: max(room, 0)]]))
            if len(keys) > room and not self._is_full:
                logger.warning("Web Push: too many wait. The periodic command sends the rest.")
            self._is_full = len(keys) > room
            wanted = -(-len(self._waiting) // BATCH) - self._idle
            self._changed.notify(self._idle)
            for _each in range(min(wanted, THREADS - self._running)):
                self._start()

    def _start(self) -> None:
        self._running += 1
        try:
            Thread(target=self._work, name="themis-webpush", daemon=True).start()
        except RuntimeError:
            # There are too many, or the process ends. The periodic command sends it.
            self._running -= 1

    def _work(self) -> None:
        try:
            while batch := self._take():
                job = batch[0][0]
                close_old_connections()
                try:
                    self._do(job, [key for _job, key in batch])
                except Exception:
                    logger.exception("Web Push: messages to %d user(s) failed.", len(batch))
        finally:
            connections.close_all()

    def _take(self) -> list[tuple[str, Any]]:
        """Return the next of one job; after a time in which there was none, end this thread."""
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: self._waiting, LINGER)
            self._idle -= 1
            batch: list[tuple[str, Any]] = []
            for entry in self._waiting:
                if len(batch) == BATCH or (batch and entry[0] != batch[0][0]):
                    break
                batch.append(entry)
            for entry in batch:
                del self._waiting[entry]
            if not batch:
                self._running -= 1
            return batch


# The process for which the pool was made. A forked one needs its own, since no thread comes along.
_made: tuple[int, Pool | None] = (0, None)


def _by_threads(job: str, keys: Sequence[Any]) -> None:
    global _made
    process, pool = _made
    if pool is None or process != os.getpid():
        pool = Pool()
        _made = (os.getpid(), pool)
    pool.add(job, keys)


def _by_celery(job: str, keys: Sequence[Any]) -> None:
    from themis_htmx.webpush.tasks import deliver

    for batch in _batches(keys):
        # Whoever has just saved something does not wait for a broker that is away.
        deliver.apply_async([job, batch], retry=False)


def _by_django_tasks(job: str, keys: Sequence[Any]) -> None:
    from themis_htmx.webpush.django_tasks import deliver

    for batch in _batches(keys):
        deliver.enqueue(job, batch)


def _batches(keys: Sequence[Any]) -> list[list[Any]]:
    plain = [key if isinstance(key, int) else str(key) for key in keys]
    return [plain[start : start + TASK_BATCH] for start in range(0, len(plain), TASK_BATCH)]


_EXECUTORS: dict[str, Callable[[str, Sequence[Any]], None]] = {
    "threads": _by_threads,
    "celery": _by_celery,
    "tasks": _by_django_tasks,
}
NAMES = tuple(_EXECUTORS)
