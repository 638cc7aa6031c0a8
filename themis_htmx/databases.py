"""The databases: where the kit writes, and one named question for each of their differences."""

from __future__ import annotations

from django.apps import apps
from django.db import router


def write_alias() -> str:
    """Return the alias of the database to which notifications are written."""
    return router.db_for_write(apps.get_model("themis", "UserNotification"))
