"""Checks for the three source fields of a notification: their lengths, and the cleaning of text.

A source is no row of a table of its own, only these fields of a notification.
"""

from __future__ import annotations

import re
from typing import Any

SOURCE_LENGTHS = {"source_app": 100, "source_model": 100, "source_id": 255}

# Control characters except tab and line feed, and lone surrogates: each database treats these
# differently.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"\r\n?")


def source_part(name: str, value: Any) -> str:
    """Return ``value`` as the source field ``name`` stores it; raise ``ValueError`` if too long."""
    part = CONTROL.sub("", clean_text(value))
    if len(part) > SOURCE_LENGTHS[name]:
        # A shortened value could be that of another source.
        raise ValueError(
            f"{name}: {len(part)} characters, at most {SOURCE_LENGTHS[name]} fit: {part[:80]!r}…"
        )
    return part


def clean_text(value: Any) -> str:
    """Return ``str(value)`` with line feeds only, and without characters that cannot be stored."""
    if value is None:
        return ""
    # str.__str__, since SafeString's own method returns a SafeString, which is never escaped.
    plain = str.__str__(str(value))
    return _UNSTORABLE.sub("", _LINE_BREAK.sub("\n", plain))
