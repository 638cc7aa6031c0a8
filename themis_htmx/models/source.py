"""The source of a notification: its three fields, their lengths, and how text is cleaned."""

from __future__ import annotations

import re
from typing import Any

SOURCE_LENGTHS = {"source_app": 100, "source_model": 100, "source_id": 255}

# Control characters but tab and line feed, and lone surrogates: no database stores them alike.
_UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"\r\n?")


def source_part(name: str, value: Any) -> str:
    """Return ``value`` as the source field ``name`` stores it; raise ``ValueError`` if too long."""
    part = CONTROL.sub("", clean_text(value))
    if len(part) > SOURCE_LENGTHS[name]:
        # Shortening would merge sources.
        raise ValueError(
            f"{name}: {len(part)} characters, at most {SOURCE_LENGTHS[name]} fit: {part[:80]!r}…"
        )
    return part


def clean_text(value: Any) -> str:
    """Return ``str(value)`` without what a database cannot store, and with plain line feeds."""
    if value is None:
        return ""
    # The plain method: SafeString's own returns itself and keeps its promise not to be escaped.
    plain = str.__str__(str(value))
    return _UNSTORABLE.sub("", _LINE_BREAK.sub("\n", plain))
