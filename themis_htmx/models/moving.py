"""A context manager for moving one user's rows to another, as when two accounts become one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from themis_htmx.databases import locks_rows, write_alias
from themis_htmx.users import all_users, require_saved_user, user_key, user_key_name


@contextmanager
def moving(from_user: Any, to_user: Any) -> Iterator[tuple[Any, Any]]:
    """Check both users, open a transaction, and yield their keys.

    A user who is not saved, or the same user twice, raises ``ValueError``. An object that is not a
    user raises ``TypeError``.

    The row of ``from_user`` is locked until the end of the transaction, which may be the caller's.
    A notification to that user waits for it, since otherwise it would be left behind.
    """
    old = user_key(require_saved_user(from_user, "from_user"))
    new = user_key(require_saved_user(to_user, "to_user"))
    if old == new:
        raise ValueError(f"to_user: {to_user!r} is from_user; there is nothing to move.")
    with transaction.atomic(using=write_alias()):
        _lock(old)
        yield old, new


def _lock(key: Any) -> None:
    if locks_rows(write_alias()):
        users = all_users(write_alias()).filter(pk=key).order_by().select_for_update()
        list(users.values_list(user_key_name(), flat=True))
