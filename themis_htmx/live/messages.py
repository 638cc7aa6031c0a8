"""The messages of a broker: keys of users, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote

# Bytes. PostgreSQL takes less than 8,000.
LONGEST = 7_900


def pack(user_keys: Iterable[str]) -> Iterator[str]:
    """Join ``user_keys`` by commas into messages of at most 7,900 bytes."""
    message = ""
    for key in user_keys:
        # A key may be any text, and so hold a comma itself.
        part = quote(key, safe="")
        if message and len(message) + 1 + len(part) > LONGEST:
            yield message
            message = ""
        message = f"{message},{part}" if message else part
    if message:
        yield message


def unpack(message: str) -> list[str]:
    """Return the keys in a message."""
    return [unquote(part) for part in message.split(",")]
