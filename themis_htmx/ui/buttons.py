"""The buttons of the items of a list: rendered once for each kind of item, then filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from themis_htmx.models import UserNotification
from themis_htmx.ui.sources import source_label

# What stands in a pattern for what differs from item to item. Words that nothing escapes.
_NAMES = ("pk", "title", "source_app", "source")
_STAND_INS = {name: f"themis0{name.replace('_', '0')}0" for name in _NAMES}


class Buttons:
    """The buttons of one list.

    Those of two unread notifications differ in id, title and source alone. With all its addresses
    and words, a template of buttons takes twice as long as the rest of an item.
    """

    def __init__(self) -> None:
        self._patterns: dict[tuple[bool, bool], str] = {}

    def of(
        self, notification: UserNotification, render: Callable[[dict[str, Any]], str]
    ) -> SafeString:
        """Those of ``notification``; ``render`` makes them from what differs by kind."""
        app = notification.source_app
        kind = (notification.is_read, bool(app))
        if kind not in self._patterns:
            told = _STAND_INS if app else {**_STAND_INS, "source_app": "", "source": ""}
            self._patterns[kind] = _pattern(render({**told, "is_read": notification.is_read}))
        # Escapes what it fills in, and fills nothing into that.
        return format_html(
            self._patterns[kind],
            pk=str(notification.pk),
            title=notification.title,
            source_app=app,
            source=source_label(app),
        )


def _pattern(rendered: str) -> str:
    """The rendered text as :func:`format_html` fills it in."""
    pattern = rendered.replace("{", "{{").replace("}", "}}")
    for name, stand_in in _STAND_INS.items():
        pattern = pattern.replace(stand_in, f"{{{name}}}")
    return pattern
