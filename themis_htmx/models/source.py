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


def source_fields(source_app: Any, source_model: Any, source_id: Any) -> dict[str, str]:
    """Return the three fields of one source, as they are stored; raise ``ValueError`` if not one.

    ``None`` is refused, since it is what an object has for an id before it is saved.
    """
    given = {"source_app": source_app, "source_model": source_model, "source_id": source_id}
    for name, value in given.items():
        if value is None:
            raise ValueError(f"{name}: None names no source. Is the object saved?")
    fields = {name: source_part(name, value) for name, value in given.items()}
    if not fields["source_app"]:
        raise ValueError(f"source_app: {source_app!r} names no source. Give the name of an app.")
    return fields


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
