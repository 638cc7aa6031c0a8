"""The project's user model: its key, a check, and a query that no default manager narrows."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import HttpRequest


def signed_in_user(request: HttpRequest) -> Any:
    """Return the signed-in user of a request, or ``None``.

    A project may have accounts of another kind, such as customers, and put one of them into
    ``request.user``. Its key is the key of another user here, so nobody is signed in for the kit.
    """
    user = getattr(request, "user", None)
    is_ours = isinstance(user, get_user_model()) and user.is_authenticated
    return user if is_ours else None


def user_key(user: Any) -> Any:
    """Return the primary key of ``user`` in the user model's own table.

    A model that inherits from the user model may have a primary key of its own. Its ``pk`` could
    then be the key of another user. So could the key of an account of another kind.
    """
    if not isinstance(user, (get_user_model(), AnonymousUser)):
        raise TypeError(f"{user!r} is not a {get_user_model().__name__}.")
    return getattr(user, get_user_model()._meta.pk.attname)


def user_key_name() -> str:
    """Return the name of the user model's primary key, for queries of users.

    Unlike ``pk`` it is right for a model that inherits from the user model, too.
    """
    return str(get_user_model()._meta.pk.name)


def require_saved_user(user: Any, argument: str = "user") -> Any:
    """Return ``user``; raise an error that names ``argument`` unless it is a saved user."""
    if not isinstance(user, get_user_model()):
        raise TypeError(f"{argument}: {user!r} is not a {get_user_model().__name__}.")
    # A key that has a default, such as a UUID, is set before the row is saved.
    if user_key(user) is None or user._state.adding:
        raise ValueError(f"{argument}: {user!r} is not saved yet; save it first.")
    return user


def all_users(using: str) -> QuerySet[Any]:
    """Query every user, also those whom the project's default manager leaves out."""
    return get_user_model()._base_manager.using(using)
