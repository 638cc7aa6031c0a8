"""The four functions that create notifications. Nothing else creates them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, Unpack

from asgiref.sync import sync_to_async

from themis_htmx.delivery.draft import Options, draft
from themis_htmx.delivery.many import deliver
from themis_htmx.delivery.one import deliver_one
from themis_htmx.delivery.recipients import batches, require_size
from themis_htmx.levels import Level
from themis_htmx.models import UserNotification
from themis_htmx.users import require_saved_user


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
    group: bool = False,
    title_many: Any = "",
    expires_at: datetime | None = None,
    visible_from: datetime | None = None,
    image: Any = "",
    actions: Iterable[Mapping[str, Any]] = (),
) -> UserNotification | None:
    """Put a notification into the user's inbox, if the user wants it.

    ``user``
        A saved user. ``None`` gets nothing, so that an empty foreign key needs no ``if``.
    ``title``
        A short headline, not empty. If it has more than 200 characters, it is shortened with ``…``
        and put in full before the message. Lazy text is stored in the active language.
    ``message``
        The body, plain text of any length.
    ``level``
        ``"info"``, ``"success"``, ``"warning"`` or ``"danger"``.
    ``url``
        The target of a click: a path on this site or an absolute http(s) address, at most 2,000
        characters.
    ``source_app``, ``source_model``, ``source_id``
        The object that it is about, converted by ``str()``, at most 100, 100 and 255 characters.
        Deduplication, filters and the deletion of a source's notifications go by them.
    ``deduplicate``
        Write nothing while the user has an unread one with the same three source fields, which
        must then all be given. This holds between processes: the call waits for a competing
        transaction that is not yet committed. A deadlock raises ``OperationalError``.
    ``group``
        Put away the unread one with the same three source fields, which must then all be given,
        and count it, so that ten comments on a task are one row. One that is snoozed stays and is
        not counted. The numbers add up between processes. It excludes ``deduplicate`` and
        ``visible_from``.
    ``title_many``
        The title while others are counted: a text in which ``%(others)d`` stands for their number,
        or a function that is given it and returns a text, for languages with several plurals. By
        default the row adds to ``title`` how many more there are.
    ``expires_at``
        The instant from which it is invisible; an aware datetime if ``USE_TZ`` is on.
    ``visible_from``
        The instant until which nobody sees it, for a reminder; an aware datetime if ``USE_TZ`` is
        on. From then on it is there, without anything that has to run. An instant that has passed
        shows it at once.
    ``image``
        The address of a picture that stands in the place of the level's icon, such as a face: a
        path on this site or an absolute https address, at most 2,000 characters.
    ``actions``
        At most two buttons, such as ``[{"label": "Approve", "url": "/requests/42/approve/",
        "method": "post"}]``. A label has at most 40 characters. ``"get"``, which is assumed, makes
        a link; its ``url`` may be any that ``url`` may be. ``"post"`` posts to a view of this site.

    Returns the notification. Returns ``None`` if there is no such user, they turned notifications
    off, the level is below their minimum, they muted the source, the notification expires before
    it could be seen, or it is a duplicate. The level ``"danger"`` comes through a muted source
    unless the user said otherwise.

    A mistake in the call raises ``ValueError`` or ``TypeError`` that names the argument, before
    anything is written. The row is part of the caller's transaction: a rollback removes it.
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
        group=group,
        title_many=title_many,
        expires_at=expires_at,
        visible_from=visible_from,
        image=image,
        actions=actions,
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
    group: bool = False,
    title_many: Any = "",
    expires_at: datetime | None = None,
    visible_from: datetime | None = None,
    image: Any = "",
    actions: Iterable[Mapping[str, Any]] = (),
    batch_size: int = 1000,
) -> int:
    """Notify many users in few queries, and return the number of notifications written.

    ``users`` is a queryset of users or any iterable of them. A queryset is read by primary key,
    whatever its order, with flat memory. An iterable is read in batches, and its keys are
    remembered, so that a user named twice is notified once. ``None`` is passed over.
    ``batch_size`` is a number of users. The other arguments are those of :func:`notify_user`.

    Outside of a transaction each batch commits by itself, so a crash leaves whole batches. The
    signal is sent once a batch. A list, tuple or set is checked as a whole before anything is
    written, any other iterable batch by batch.
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
        group=group,
        title_many=title_many,
        expires_at=expires_at,
        visible_from=visible_from,
        image=image,
        actions=actions,
    )
    to = batches(users, require_size(batch_size, "batch_size"))
    return 0 if written.is_expired else sum(deliver(batch, written) for batch in to)


async def anotify_user(
    user: Any, title: Any, message: Any = "", **options: Unpack[Options]
) -> UserNotification | None:
    """Call :func:`notify_user` from async code."""
    return await sync_to_async(notify_user)(user, title, message, **options)


async def anotify_users(
    users: Iterable[Any],
    title: Any,
    message: Any = "",
    *,
    batch_size: int = 1000,
    **options: Unpack[Options],
) -> int:
    """Call :func:`notify_users` from async code."""
    send = partial(notify_users, users, title, message, batch_size=batch_size)
    return await sync_to_async(send)(**options)
