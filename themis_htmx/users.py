"""The project's user model: its key, and a query for users that no default manager narrows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import QuerySet


def user_key(user: Any) -> Any:
    """Return the key under which ``user`` stands in the user model's own table.

    A child model of the user may have a primary key of its own. Its ``pk`` is then the key of
    somebody else.
    """
    return getattr(user, get_user_model()._meta.pk.attname)


def user_key_name() -> str:
    """Return the name of the user model's primary key, for a query of users or of a child model.

    ``pk`` would be the child's own.
    """
    return str(get_user_model()._meta.pk.name)


def all_users(using: str) -> QuerySet[Any]:
    """Return every user, also those whom the project's default manager leaves out."""
    return get_user_model()._base_manager.using(using)
