"""A task board: a small project that uses every trigger pattern of the kit."""

# Celery finds its app here, and @shared_task binds to it.
from example.celery import app as celery_app

__all__ = ["celery_app"]
