"""Celery tasks, found by ``autodiscover_tasks()``; Celery itself is optional."""

from celery import shared_task

from themis_htmx import cleanup


@shared_task(name="themis.cleanup_notifications")  # type: ignore[untyped-decorator]
def cleanup_notifications(max_age_days: int | None = None) -> dict[str, int]:
    """Do what ``manage.py cleanup_notifications`` does, for Celery's beat; return the counts."""
    return dict(cleanup.cleanup(max_age_days))
