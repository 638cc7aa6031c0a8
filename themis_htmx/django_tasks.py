"""Tasks of Django's own framework, which comes with Django 6.0. For Celery, see ``tasks.py``."""

from __future__ import annotations

from django.tasks import task

from themis_htmx.periodic import delivered_numbers


@task
def deliver_notifications() -> dict[str, dict[str, int]]:
    """Deliver what is due on every outlet; return the numbers by outlet and word.

    Enqueue it each minute. Raises ``RuntimeError`` if something could not be delivered, so that the
    task counts as failed.
    """
    return delivered_numbers()
