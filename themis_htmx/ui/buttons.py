"""The buttons of an item, rendered once for each kind of item in a list and then filled in.

There are four kinds: read or unread, each with or without a source.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from themis_htmx.models import UserNotification
from themis_htmx.ui.sources import source_label

# The words that stand in a rendered pattern for the values of an item. Letters and digits only,
# which neither escaping nor quoting for URLs alters.
_NAMES = ("pk", "title", "source_app", "source")
_PLACEHOLDERS = {name: f"themis0{name.replace('_', '0')}0" for name in _NAMES}


class ButtonCache:
    """The rendered buttons of one list, by kind of item.

    The buttons of two unread notifications differ only in id, title and source, but rendering
    them, with all their URLs and words, takes twice as long as the rest of an item.
    """

    def __init__(self) -> None:
        self._patterns: dict[tuple[bool, bool], str] = {}

    def of(
        self, notification: UserNotification, render: Callable[[dict[str, Any]], str]
    ) -> SafeString:
        """Return the buttons of ``notification``; ``render`` is called once for each kind."""
        app = notification.source_app
        kind = (notification.is_read, bool(app))
        if kind not in self._patterns:
            values = _PLACEHOLDERS if app else {**_PLACEHOLDERS, "source_app": "", "source": ""}
            self._patterns[kind] = _pattern(render({**values, "is_read": notification.is_read}))
        # format_html() escapes the values, and does not look for names in them.
        return format_html(
            self._patterns[kind],
            pk=str(notification.pk),
            title=notification.title,
            source_app=app,
            source=source_label(app),
        )


def _pattern(rendered: str) -> str:
    """Return the rendered text with names in braces, which :func:`format_html` fills in."""
    pattern = rendered.replace("{", "{{").replace("}", "}}")
    for name, placeholder in _PLACEHOLDERS.items():
        pattern = pattern.replace(placeholder, f"{{{name}}}")
    return pattern
