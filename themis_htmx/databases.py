"""The databases: where the kit writes, and one named question for each of their differences."""

from __future__ import annotations

from django.apps import apps
from django.db import connections, router


def write_alias() -> str:
    """Return the alias of the database to which notifications are written."""
    return router.db_for_write(apps.get_model("themis", "UserNotification"))


# Polling


def counts_ids_in_python(alias: str) -> bool:
    """Return whether a hundred ids are sooner sent and counted here than counted by the database.

    PostgreSQL takes longer to plan the counting than to send the ids.
    """
    return bool(connections[alias].vendor == "postgresql")
