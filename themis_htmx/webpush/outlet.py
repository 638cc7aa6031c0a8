"""The outlet: what was written is handed to the executor, and what is left is sent each minute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.db import connections
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from themis_htmx.outlets import Outlet, Progress, Section
from themis_htmx.webpush import config, executors
from themis_htmx.webpush.jobs import PUSH, run

# Users whose messages the periodic command looks at together.
BATCH = 100
STATIC = Path(__file__).parent / "static" / "themis_htmx"


class WebPushOutlet(Outlet):
    """The outlet of Web Push. Without a key it does nothing."""

    name = "webpush"
    worker = STATIC / "push_worker.js"

    def on_written(self, user_keys: Sequence[Any], level: str, source_app: str) -> None:
        """Have the executor tell the browsers of these users."""
        if config.config().get("PRIVATE_KEY"):
            executors.submit(PUSH, user_keys)

    def deliver_due(self, progress: Progress) -> dict[str, int]:
        """Send what a killed process has left, what has woken up, and what is to be tried again."""
        if config.key() is None:
            return {}
        from themis_htmx.webpush.delivery import forget_old
        from themis_htmx.webpush.queueing import users_to_tell

        outcomes: Counter[str] = Counter()
        keys = users_to_tell()
        batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
        # One batch alone is sent here: a thread would need a connection to the database.
        with ThreadPoolExecutor(executors.THREADS) as pool:
            each = pool.map(_push_in_thread, batches) if len(batches) > 1 else map(_push, batches)
            for number, sent in enumerate(each, start=1):
                outcomes.update(sent)
                progress(number / len(batches))
        outcomes["forgotten"] = forget_old()
        return dict(+outcomes)

    def head(self) -> Section | None:
        """Return the script that keeps the subscription of a browser up to date, for each page."""
        key = config.key()
        try:
            address = reverse("themis:push_state")
        except NoReverseMatch:
            return None
        return key and Section("themis/webpush/head.html", {"key": key.public, "address": address})

    def preferences_section(self, request: HttpRequest) -> Section | None:
        """Return the part of the preferences that says whether this browser is reached."""
        return Section("themis/webpush/preferences.html", {}) if config.key() else None


def _push(user_keys: list[Any]) -> dict[str, int]:
    return run(PUSH, user_keys)


def _push_in_thread(user_keys: list[Any]) -> dict[str, int]:
    try:
        return _push(user_keys)
    finally:
        connections.close_all()
