"""Checks on request parameters: whole numbers, and the scope, the prefix of a list's ids."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import QueryDict

INBOX_SCOPE = "themis-inbox"

# The largest id that every database can compare with.
_LARGEST = 2**63 - 1
# Characters: more ids than any list has on top.
_LONGEST = 2000
_SCOPE = re.compile(r"themis-[a-z0-9-]{1,40}")


def number(parameters: QueryDict, name: str) -> int | None:
    """Return a whole number of at least 0, or ``None`` for an absent or empty parameter.

    Raises ``BadRequest`` that names the parameter for anything else.
    """
    found = numbers(parameters, name)
    return found[-1] if found else None


def numbers(parameters: QueryDict, name: str) -> list[int]:
    """Return every value of the parameter, each as :func:`number` reads it."""
    return [_whole(name, value) for value in parameters.getlist(name) if value]


def _whole(name: str, value: str) -> int:
    found = whole(value)
    if found is None:
        raise BadRequest(f"{name}: {value[:80]!r} is not a whole number.")
    return found


def whole(text: str) -> int | None:
    """Return a number that every database can compare with, or ``None`` for any other text."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > _LARGEST:
        return None
    return int(text)


def ids(parameters: Mapping[str, Any], name: str) -> list[int]:
    """Return the ids in a parameter such as ``7.42``, and none for any other text.

    On a page of the project the parameter may be the project's own.
    """
    text = parameters.get(name, "")
    found = [whole(part) for part in text.split(".")] if 0 < len(text) <= _LONGEST else []
    return [] if None in found else [pk for pk in found if pk is not None]


def day_of(parameters: QueryDict) -> date | None:
    """Return the date in the parameter ``day``, ``None`` for any other text."""
    try:
        return date.fromisoformat(parameters.get("day", ""))
    except ValueError:
        return None


def scope(parameters: QueryDict) -> str:
    """Return the prefix of the ids in a list: the panel's or the inbox's own id."""
    value = parameters.get("scope", "")
    return value if _SCOPE.fullmatch(value) else INBOX_SCOPE
