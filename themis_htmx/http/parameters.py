"""Parameters of requests: numbers and names that come from outside."""

import re

from django.core.exceptions import BadRequest
from django.http import QueryDict

# The largest id that every database can compare with.
_LARGEST = 2**63 - 1
_SCOPE = re.compile(r"themis-[a-z0-9-]{1,40}")


def number(parameters: QueryDict, name: str) -> int | None:
    """Return a whole number of at least 0, or ``None`` where the parameter is absent or empty.

    Raises ``BadRequest`` that names the parameter for anything else.
    """
    found = numbers(parameters, name)
    return found[-1] if found else None


def numbers(parameters: QueryDict, name: str) -> list[int]:
    """Return every number that the parameter is given as; see :func:`number`."""
    return [_whole(name, value) for value in parameters.getlist(name) if value]


def _whole(name: str, value: str) -> int:
    found = whole(value)
    if found is None:
        raise BadRequest(f"{name}: {value[:80]!r} is not a whole number.")
    return found


def whole(text: str) -> int | None:
    """Return a whole number that every database can compare with, ``None`` for any other text."""
    if not text.isascii() or not text.isdigit() or len(text) > 19 or int(text) > _LARGEST:
        return None
    return int(text)


def scope(parameters: QueryDict) -> str:
    """Return the element that ids on the page begin with: a panel's or the inbox's."""
    value = parameters.get("scope", "")
    return value if _SCOPE.fullmatch(value) else "themis-inbox"
