"""What is due on every outlet, delivered by the command, by Celery or by Django's tasks."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NamedTuple

from themis_htmx.outlets import Outlet, Progress, registered

logger = logging.getLogger("themis")


class Delivered(NamedTuple):
    """How one outlet fared: its name, its numbers by word, and the error that ended it, if any."""

    name: str
    counts: dict[str, int]
    error: Exception | None = None

    @property
    def has_failed(self) -> bool:
        """True if something could not be delivered."""
        return self.error is not None or bool(self.counts.get("failed"))

    def __str__(self) -> str:
        if self.error is not None:
            return f"{self.name}: {type(self.error).__name__}: {self.error}"
        numbers = ", ".join(f"{number} {word}" for word, number in self.counts.items())
        return f"{self.name}: {numbers or 'nothing to do'}"


def deliver_due(
    progress: Callable[[str], Progress] = lambda name: lambda share: None,
) -> list[Delivered]:
    """Deliver what is due on each outlet, such as e-mail; return how each of them fared.

    ``progress`` is called with the name of an outlet, and returns what is called with the share of
    its work that is done, from 0 to 1.

    Run it each minute. Two runs at once are safe, and a run that was killed is resumed by the next.
    An outlet that fails does not keep the others from theirs. Each writes one line to the logger
    ``themis``, an error if something could not be delivered.
    """
    return [_deliver(outlet, progress(outlet.name)) for outlet in registered()]


def delivered_numbers() -> dict[str, dict[str, int]]:
    """Deliver what is due on each outlet; return the numbers by outlet and word.

    Raises ``RuntimeError`` if something could not be delivered, after all outlets have had their
    turn, so that a task that runs this counts as failed.
    """
    delivered = deliver_due()
    failed = [str(each) for each in delivered if each.has_failed]
    if failed:
        raise RuntimeError(f"Something was not delivered. {'; '.join(failed)}.")
    return {each.name: each.counts for each in delivered}


def _deliver(outlet: Outlet, progress: Progress) -> Delivered:
    try:
        delivered = Delivered(outlet.name, outlet.deliver_due(progress))
    except Exception as error:
        delivered = Delivered(outlet.name, {}, error)
    level = logging.ERROR if delivered.has_failed else logging.INFO
    logger.log(level, "deliver_notifications: %s", delivered, exc_info=delivered.error)
    return delivered
