"""The signal ``notification_created``, and how it is sent."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from themis_htmx.databases import write_alias

logger = logging.getLogger("themis")

# Arguments: notifications, a list of the UserNotification instances that were written.
# Sent after the commit, once a call of notify_user() and once a batch of notify_users().
notification_created = Signal()


def announce(notifications: Sequence[Any]) -> None:
    """Send the signal for ``notifications`` after the commit, if anyone listens."""
    if not notifications:
        return
    sender = type(notifications[0])
    if notification_created.has_listeners(sender):
        send = partial(send_created, sender, notifications)
        transaction.on_commit(send, using=write_alias(), robust=True)


def send_created(sender: type, notifications: Sequence[Any]) -> None:
    """Send the signal to every receiver; one that raises is logged and does not stop the others."""
    for receiver, outcome in notification_created.send_robust(sender, notifications=notifications):
        if isinstance(outcome, Exception):
            logger.error("notification_created: %r raised.", receiver, exc_info=outcome)
