"""A task as Celery's worker sees it, sent again where Celery would lose it.

Workers alone import this module, by the task's option ``Request``.
"""

from __future__ import annotations

import logging
from typing import Any

from billiard.einfo import ExceptionWithTraceback
from celery.exceptions import Reject, TimeLimitExceeded
from celery.utils.time import get_exponential_backoff_interval
from celery.worker.request import Request

logger = logging.getLogger("themis")


class PersistentRequest(Request):  # type: ignore[misc]
    """A task that is not lost when it is killed at the hard time limit, or cannot be tried again.

    Celery takes such a task for done. With its option ``acks_on_failure_or_timeout=False`` it loses
    the task as well, or hands it out without end, depending on its version. Here the task is sent
    again, and counts as tried once more, up to ``max_retries``.
    """

    def on_failure(self, exc_info: Any, *arguments: Any, **options: Any) -> None:
        """Send the task again if its time was up; leave every other failure to Celery."""
        error = exc_info.exception
        if isinstance(error, ExceptionWithTraceback):
            error = error.exc
        if isinstance(error, Reject):
            # The broker did not take the next attempt, so it keeps this one.
            error.requeue = True
        if not isinstance(error, TimeLimitExceeded) or not self._send_again():
            super().on_failure(exc_info, *arguments, **options)

    def on_timeout(self, soft: Any, timeout: Any) -> None:
        """Report a time limit as Celery does, unless :meth:`on_failure` has dealt with it."""
        if soft or not self.acknowledged:
            super().on_timeout(soft, timeout)

    def _send_again(self) -> bool:
        """Send the task again; return False, and do nothing, if it was tried often enough.

        If the broker does not take it, this attempt goes back into the queue.
        """
        retries, most = self._context.retries, self.task.max_retries
        if most is not None and retries >= most:
            return False
        wait = get_exponential_backoff_interval(
            self.task.retry_backoff, retries, self.task.retry_backoff_max
        )
        again = {"countdown": wait, "retries": retries + 1}
        try:
            self.task.signature_from_request(self._context, **again).apply_async()
        except Exception:
            logger.exception("%s[%s]: out of time, and the broker keeps it.", self.name, self.id)
            self.reject(requeue=True)
        else:
            logger.warning("%s[%s]: out of time, and sent again.", self.name, self.id)
            self.acknowledge()
        return True
