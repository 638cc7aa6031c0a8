"""The outlets: apps that carry notifications beyond the site, such as e-mail, and their registry.

Nothing here runs in a project that has installed none.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from django.db import connections, transaction
from django.http import HttpRequest

from themis_htmx.databases import write_alias
from themis_htmx.policies import Channel

logger = logging.getLogger("themis")

# Called with the share of the work that is done, from 0 to 1.
Progress = Callable[[float], None]


class Section(NamedTuple):
    """A part of a page: the name of its template, and the context of that."""

    template: str
    context: dict[str, Any]


class Outlet:
    """The base class of an outlet. A subclass overrides what it takes part in."""

    # A word, for logs.
    name: str
    # The channels that it adds to the table of sources in the preferences.
    columns: tuple[Channel, ...] = ()
    # The file of a service worker that takes the place of the one of the desktop alerts.
    worker: Path | None = None

    def on_written(self, user_keys: Sequence[Any], level: str, source_app: str) -> None:
        """Note that notifications were written and committed; return at once.

        ``user_keys`` are the primary keys of the users of one call or of one batch. A few of them
        may have got nothing. Notifications that are scheduled for later are not told of.
        """

    def deliver_due(self, progress: Progress) -> dict[str, int]:
        """Deliver what is due; return numbers by word, such as ``{"sent": 3}``, for the log."""
        return {}

    def head(self) -> Section | None:
        """Return what ``{% themis_head %}`` renders for this outlet on every page, if anything."""
        return None

    def preferences_section(self, request: HttpRequest) -> Section | None:
        """Return the part of the preferences page that is about this outlet, if there is one."""
        return None


class Written(Protocol):
    """The properties of what was written that decide who is told of it."""

    @property
    def level(self) -> str:
        """The level."""

    @property
    def source_app(self) -> str:
        """The source, or ``""``."""

    @property
    def is_scheduled(self) -> bool:
        """True if nobody is to see it yet."""


_registered: dict[str, Outlet] = {}


def register(outlet: Outlet) -> None:
    """Add ``outlet``, from the ``ready()`` of its app; one of the same name is replaced."""
    _registered[outlet.name] = outlet


def registered() -> list[Outlet]:
    """Return the outlets in the order in which they were registered."""
    return list(_registered.values())


def hand_over(user_keys: Sequence[Any], written: Written) -> None:
    """Tell each outlet, after the commit, that notifications were written for these users."""
    if not _registered or not user_keys or written.is_scheduled:
        return
    connection = connections[write_alias()]
    is_by_hand = not connection.in_atomic_block and not connection.get_autocommit()
    if is_by_hand:
        # The project ends its transactions by hand, and nobody knows when. The periodic command
        # finds what was written.
        return
    for outlet in registered():
        tell = partial(_tell, outlet, list(user_keys), written.level, written.source_app)
        transaction.on_commit(tell, using=connection.alias, robust=True)


def _tell(outlet: Outlet, user_keys: list[Any], level: str, source_app: str) -> None:
    try:
        outlet.on_written(user_keys, level, source_app)
    except Exception:
        logger.exception("The outlet %r failed to note %d user(s).", outlet.name, len(user_keys))
