"""The kit's signal, and how it is sent."""

import logging
from collections.abc import Sequence
from typing import Any

from django.dispatch import Signal

logger = logging.getLogger("themis")

# Arguments: notifications, a list of the UserNotification instances that were written.
# Sent after the commit, once a call of notify_user() and once a batch of notify_users().
notification_created = Signal()


def send_created(sender: type, notifications: Sequence[Any]) -> None:
    """Tell every receiver; one that raises is logged and keeps no other from hearing."""
    for receiver, outcome in notification_created.send_robust(sender, notifications=notifications):
        if isinstance(outcome, Exception):
            logger.error("notification_created: %r raised.", receiver, exc_info=outcome)
