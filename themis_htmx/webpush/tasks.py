"""The Celery task that sends, found by ``autodiscover_tasks()``; Celery itself is optional."""

from __future__ import annotations

from typing import Any

from celery import shared_task

from themis_htmx.webpush.jobs import run


@shared_task(name="themis.webpush", ignore_result=True)  # type: ignore[untyped-decorator]
def deliver(job: str, keys: list[Any]) -> dict[str, int]:
    """Send what these users have not been told of, or a test; return numbers by outcome.

    A task that is lost, or runs twice, loses nothing and sends nothing twice: the messages are in
    the database, and the periodic command sends what is left.
    """
    return run(job, keys)
