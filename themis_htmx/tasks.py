"""Celery tasks, found by ``autodiscover_tasks()``; Celery itself is optional."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any, Unpack
from uuid import UUID, uuid4

from celery import shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.contrib.auth import get_user_model
from django.db import InterfaceError, InternalError, OperationalError, transaction

from themis_htmx import cleanup
from themis_htmx.databases import write_alias
from themis_htmx.delivery.draft import Draft, Options, draft
from themis_htmx.delivery.recipients import batches, require_size
from themis_htmx.models import FanOutChunk
from themis_htmx.notifications import notify_users
from themis_htmx.periodic import delivered_numbers

# Errors that another attempt may not meet: a deadlock, a lost connection, a database that can only
# be read, as during a failover (an InternalError on PostgreSQL), the soft time limit.
PASSING = (OperationalError, InterfaceError, InternalError, SoftTimeLimitExceeded)

_INSTANTS = ("expires_at", "visible_from")


@shared_task(name="themis.cleanup_notifications")  # type: ignore[untyped-decorator]
def cleanup_notifications(max_age_days: int | None = None) -> dict[str, int]:
    """Run the cleanup, for Celery's beat, and return the numbers by reason."""
    return dict(cleanup.cleanup(max_age_days))


@shared_task(name="themis.deliver_notifications")  # type: ignore[untyped-decorator]
def deliver_notifications() -> dict[str, dict[str, int]]:
    """Deliver what is due on every outlet, for Celery's beat; return the numbers by outlet.

    Raises ``RuntimeError`` if something could not be delivered, so that the task counts as failed.
    """
    return delivered_numbers()


def notify_users_later(
    users: Iterable[Any],
    title: Any,
    message: Any = "",
    *,
    chunk_size: int = 1000,
    **options: Unpack[Options],
) -> int:
    """Notify many users by Celery's workers, and return the number of tasks sent.

    The recipients are read now and cut into chunks of ``chunk_size`` users; preferences and
    duplicates are looked at when a worker gets to them. The tasks are sent as the users are read,
    or after the commit if there is a transaction. A chunk is one transaction. A task that runs
    again, after a crash of its worker or of the broker, writes nothing twice.

    Mistakes raise here, as in ``notify_users()``. If the broker does not answer, Celery's error
    is raised, and the tasks that were sent before it stay sent.
    """
    written = draft(title, message, **options)
    if written.grouping and callable(written.grouping.title_many):
        raise TypeError(
            f"title_many: {written.grouping.title_many!r} cannot be sent to a worker; "
            "give a text in which %(others)d stands for the number."
        )
    chunks = batches(users, require_size(chunk_size, "chunk_size"))
    return 0 if written.is_expired else sum(_send(chunk, written) for chunk in chunks)


# Acknowledged after the commit, so that no chunk is lost when a worker is.
@shared_task(  # type: ignore[untyped-decorator]
    name="themis.notify_users",
    acks_late=True,
    reject_on_worker_lost=True,
    # For the hard time limit, at which no Python of the task runs any more.
    Request="themis_htmx.worker:PersistentRequest",
    autoretry_for=PASSING,
    # After 2, 4, 8 … and in the end 300 seconds: half an hour. Longer waits for one attempt would
    # outlast the time for which Redis waits for an acknowledgement, see docs/scaling.md.
    retry_backoff=2,
    retry_backoff_max=300,
    # A random part of each wait, Celery's default, would halve the half hour.
    retry_jitter=False,
    max_retries=12,
)
def notify_chunk(key: str, user_ids: list[Any], columns: dict[str, Any]) -> int:
    """Write one chunk of a fan-out unless it is written; return the number of notifications."""
    with transaction.atomic(using=write_alias()):
        if not FanOutChunk.objects.claim(UUID(key)):
            return 0
        users = get_user_model()._base_manager.filter(pk__in=user_ids)
        return notify_users(users, batch_size=len(user_ids), **_options(columns))


def _send(user_ids: list[Any], written: Draft) -> int:
    """Send the task of one chunk after the commit, and return 1: the number of tasks."""
    plain = [user_id if isinstance(user_id, int) else str(user_id) for user_id in user_ids]
    send = partial(notify_chunk.delay, str(uuid4()), plain, _columns(written))
    transaction.on_commit(send, using=write_alias())
    return 1


def _columns(written: Draft) -> dict[str, Any]:
    """Return the draft as values that JSON has, for the message of a task.

    What is not set is left out, since a worker may run an older version, as during a deploy.
    Validation is idempotent: the worker may pass these values through draft() again.
    """
    columns, grouping = written.columns(), written.grouping
    columns.pop("created_at", None)
    has_key = columns.pop("dedup_key") is not None
    instants = {name: columns.pop(name) for name in _INSTANTS}
    given: dict[str, Any] = {
        "expires_at": None,
        "deduplicate": has_key and grouping is None,
        **(columns.pop("extras") or {}),
        **{name: instant.isoformat() for name, instant in instants.items() if instant},
    }
    if grouping:
        words = {name: getattr(grouping, name) for name in ("title", "message", "title_many")}
        given |= {"group": True, **words}
    return columns | given


def _options(columns: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of ``notify_users()`` that :func:`_columns` made into a message."""
    given = {name: columns.get(name) for name in _INSTANTS}
    return columns | {name: text and datetime.fromisoformat(text) for name, text in given.items()}
