"""The buttons of an item, rendered once for each kind of item in a list and then filled in.

The kinds are read, unread and snoozed, each of a source that can be muted or not. An item
that expires soon is of another kind, since it cannot be put off until later.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

from django.utils.html import format_html
from django.utils.safestring import SafeString

from themis_htmx.models import UserNotification
from themis_htmx.policies import Policy, policy_of
from themis_htmx.ui.reminders import Reminder, reminders
from themis_htmx.ui.sources import source_label

# The words that stand in a rendered pattern for the values of an item. Letters and digits only,
# which neither escaping nor quoting for URLs alters.
_NAMES = ("pk", "title", "source_app", "source")
_PLACEHOLDERS = {name: f"themis0{name.replace('_', '0')}0" for name in _NAMES}


class Kind(NamedTuple):
    """What the buttons of an item depend on, beside what is filled in."""

    is_read: bool
    is_snoozed: bool
    can_mute: bool
    # The first so many reminders come before the item expires.
    reminders: int


class ButtonCache:
    """The rendered buttons of one list, by kind of item.

    The buttons of two unread notifications differ only in id, title and source, but rendering
    them, with all their URLs and words, takes twice as long as the rest of an item.
    """

    def __init__(self, choices: list[Reminder] | None = None) -> None:
        """Begin without any; ``choices`` takes the place of the reminders that fit this hour."""
        self._patterns: dict[Kind, str] = {}
        self._choices = choices

    def of(
        self, notification: UserNotification, render: Callable[[dict[str, Any]], str]
    ) -> SafeString:
        """Return the buttons of ``notification``; ``render`` is called once for each kind."""
        app, kind = notification.source_app, self._kind_of(notification)
        if kind not in self._patterns:
            without = {} if kind.can_mute else {"source_app": "", "source": ""}
            self._patterns[kind] = _pattern(
                render(
                    {
                        **_PLACEHOLDERS,
                        **without,
                        "is_read": kind.is_read,
                        "is_snoozed": kind.is_snoozed,
                        "reminders": self._reminders[: kind.reminders],
                    }
                )
            )
        # format_html() escapes the values, and does not look for names in them.
        return format_html(
            self._patterns[kind],
            pk=str(notification.pk),
            title=notification.title,
            source_app=app,
            source=source_label(app),
        )

    @cached_property
    def _reminders(self) -> list[Reminder]:
        """The choices of all items; the list computes them once."""
        return reminders() if self._choices is None else self._choices

    def _kind_of(self, notification: UserNotification) -> Kind:
        expires_at, source = notification.expires_at, notification.source_app
        can_mute = bool(source) and policy_of(source) is not Policy.REQUIRED
        if notification.is_snoozed:
            return Kind(is_read=False, is_snoozed=True, can_mute=can_mute, reminders=0)
        before = self._reminders
        if expires_at:
            before = [each for each in before if each.until < expires_at]
        return Kind(
            is_read=notification.is_read,
            is_snoozed=False,
            can_mute=can_mute,
            reminders=len(before),
        )


def _pattern(rendered: str) -> str:
    """Return the rendered text with names in braces, which :func:`format_html` fills in."""
    pattern = rendered.replace("{", "{{").replace("}", "}}")
    for name, placeholder in _PLACEHOLDERS.items():
        pattern = pattern.replace(placeholder, f"{{{name}}}")
    return pattern
