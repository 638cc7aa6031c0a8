"""The task of ``django.tasks`` that sends. Django has these since 6.0."""

from __future__ import annotations

from typing import Any

from django.tasks import task  # type: ignore[import-not-found, unused-ignore]

from themis_htmx.webpush.jobs import run


@task  # type: ignore[untyped-decorator, unused-ignore]
def deliver(job: str, keys: list[Any]) -> dict[str, int]:
    """Send what these users have not been told of, or a test; return numbers by outcome."""
    return run(job, keys)
