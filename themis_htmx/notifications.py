"""The four functions that write notifications. Nothing else does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, Unpack

from asgiref.sync import sync_to_async

from themis_htmx.delivery.draft import Options, draft
from themis_htmx.delivery.many import deliver
from themis_htmx.delivery.one import deliver_one
from themis_htmx.delivery.recipients import batches, require_saved_user, require_size
from themis_htmx.levels import Level
from themis_htmx.models import UserNotification


def notify_user(
    user: Any,
    title: Any,
    message: Any = "",
    *,
    level: str = Level.INFO.value,
    url: Any = "",
    source_app: Any = "",
    source_model: Any = "",
    source_id: Any = "",
    deduplicate: bool = False,
    expires_at: datetime | None = None,
) -> UserNotification | None:
    """Put a notification into the user's inbox, if the user wants it.

    ``user``
        A saved user. ``None`` is passed over, so that an empty foreign key needs no ``if``.
    ``title``
        A short headline, not empty. Over 200 characters it is shortened with ``…`` and stands in
        full at the head of the message. Text is stored as it reads in the language active now.
    ``message``
        The body, plain text of any length.
    ``level``
        ``"info"``, ``"success"``, ``"warning"`` or ``"danger"``.
    ``url``
        Where a click leads: a path on this site or an absolute http(s) address, at most 2,000
        characters.
    ``source_app``, ``source_model``, ``source_id``
        What it is about, at most 100, 100 and 255 characters; ``str()`` is applied. Deduplication,
        filters and the deletion of a source's notifications go by them.
    ``deduplicate``
        Write nothing while the user has an unread one with the same three source fields, which
        must then all be given. Holds between processes. It waits for a competing transaction that
        is not yet committed; a deadlock that the database reports comes as ``OperationalError``.
    ``expires_at``
        The instant from which it is invisible; aware under ``USE_TZ``.

    Returns the notification, or ``None`` when there is no such user, they turned notifications
    off, the level is below their minimum, they muted the source, it has already expired, or it is
    a duplicate. A level of ``"danger"`` comes through a muted source unless they said otherwise.

    Raises ``ValueError`` or ``TypeError`` that names the argument when the call is mistaken,
    before anything is written. Part of the caller's transaction: a rollback leaves nothing.
    """
    written = draft(
        title,
        message,
        level=level,
        url=url,
        source_app=source_app,
        source_model=source_model,
        source_id=source_id,
        deduplicate=deduplicate,
        expires_at=expires_at,
    )
    if user is None:
        return None
    require_saved_user(user)
    return None if written.is_expired else deliver_one(user, written)


def notify_users(
    users: Iterable[Any],
    title: Any,
    message: Any = "",
    *,
    level: str = Level.INFO.value,
    url: Any = "",
    source_app: Any = "",
    source_model: Any = "",
    source_id: Any = "",
    deduplicate: bool = False,
    expires_at: datetime | None = None,
    batch_size: int = 1000,
) -> int:
    """Do what :func:`notify_user` does for many users, in few queries; return how many got one.

    ``users`` is a queryset of users or any iterable of them. A queryset is walked by primary key,
    whatever its order, with flat memory; an iterable is read in batches, and its keys are
    remembered, so that a user named twice hears it once. ``None`` is passed over. ``batch_size``
    is a number of users. The other arguments are those of :func:`notify_user`.

    Outside a transaction each batch commits by itself, so a crash leaves whole batches. The
    signal is sent once a batch. A list, tuple or set is checked whole before anything is
    written, another iterable batch by batch as it comes.
    """
    written = draft(
        title,
        message,
        level=level,
        url=url,
        source_app=source_app,
        source_model=source_model,
        source_id=source_id,
        deduplicate=deduplicate,
        expires_at=expires_at,
    )
    to = batches(users, require_size(batch_size, "batch_size"))
    return 0 if written.is_expired else sum(deliver(batch, written) for batch in to)


async def anotify_user(
    user: Any, title: Any, message: Any = "", **options: Unpack[Options]
) -> UserNotification | None:
    """Do what :func:`notify_user` does, from async code."""
    return await sync_to_async(notify_user)(user, title, message, **options)


async def anotify_users(
    users: Iterable[Any],
    title: Any,
    message: Any = "",
    *,
    batch_size: int = 1000,
    **options: Unpack[Options],
) -> int:
    """Do what :func:`notify_users` does, from async code."""
    send = partial(notify_users, users, title, message, batch_size=batch_size)
    return await sync_to_async(send)(**options)
