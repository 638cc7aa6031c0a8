"""What runs in a process of its own: a way to delete, or somebody who writes meanwhile."""

import json
import re
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import randrange
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any

from django.contrib.auth.models import User
from django.db import OperationalError
from django.db.models import Max, Q
from django.utils import timezone

from themis_htmx.cleanup import cleanup
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user

# Seconds between one write and the next.
PAUSE = 0.02


def act() -> None:
    """Do what the command line names, and say what came of it in a line of JSON."""
    acts = {"plain": plain, "cleanup": in_batches, "write": write}
    print(json.dumps(acts[sys.argv[-1]]()), flush=True)


def plain() -> dict[str, float]:
    """One statement for all of it."""
    now = timezone.now()
    read = Q(read_at__isnull=False, created_at__lt=now - timedelta(days=90))
    doomed = UserNotification.objects.filter(read | Q(expires_at__lte=now))
    return measured(lambda: doomed.delete()[0])


def in_batches() -> dict[str, float]:
    """What the command does."""
    return measured(lambda: cleanup().total())


def measured(delete: Callable[[], int]) -> dict[str, float]:
    """How many rows went, in how many seconds, and by how many kB the memory's peak has grown."""
    before, start = _peak(), perf_counter()
    rows = delete()
    return {"rows": rows, "seconds": perf_counter() - start, "kB": _peak() - before}


def write() -> dict[str, float]:
    """Write now and then until the input ends; how often, and how long the longest waits were."""
    ended, actions = Event(), _actions()
    Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    print(flush=True)
    waits: dict[str, list[float]] = {name: [] for name in actions}
    failed = 0
    while not ended.is_set():
        for name, action in actions.items():
            took, worked = _timed(action)
            waits[name].append(took)
            failed += not worked
            sleep(PAUSE)
    longest = {name: round(max(found)) for name, found in waits.items()}
    said = {"writes": sum(map(len, waits.values())), "failed": failed}
    return said | {"longest": max(longest.values())} | longest


def _timed(action: Callable[[], Any]) -> tuple[float, bool]:
    """How many milliseconds it took, and whether it worked."""
    start = perf_counter()
    try:
        action()
    except OperationalError:
        return 1000 * (perf_counter() - start), False
    return 1000 * (perf_counter() - start), True


def _actions() -> dict[str, Callable[[], Any]]:
    busy, idle = User.objects.order_by("pk").first(), User.objects.order_by("pk").last()
    newest = UserNotification.objects.aggregate(newest=Max("pk"))["newest"]

    def mark_read() -> None:
        UserNotification.objects.for_user(idle).unread().mark_read()

    def mark_old() -> None:
        any_of_them = randrange(newest)  # noqa: S311
        UserNotification.objects.filter(pk=any_of_them).mark_read()

    return {
        "to who has many": lambda: notify_user(busy, "News", source_app="tasks"),
        "to who has none": lambda: notify_user(idle, "News", source_app="tasks"),
        "mark read": mark_read,
        "mark an old one read": mark_old,
    }


def _peak() -> int:
    # Not getrusage(), which begins with the peak of the process that started this one.
    return int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
