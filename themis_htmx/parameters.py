"""Parameters of requests: numbers and names that come from outside."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest

# The largest id that every database can compare with.
_LARGEST = 2**63 - 1
_SCOPE = re.compile(r"themis-[a-z0-9-]{1,40}")


def number(parameters: Mapping[str, Any], name: str) -> int | None:
    """Return a whole number of at least 0, or ``None`` where the parameter is absent or empty.

    Raises ``BadRequest`` that names the parameter for anything else.
    """
    value = parameters.get(name, "")
    if value == "":
        return None
    if not value.isascii() or not value.isdigit() or len(value) > 19 or int(value) > _LARGEST:
        raise BadRequest(f"{name}: {value[:80]!r} is not a whole number.")
    return int(value)


def scope(parameters: Mapping[str, Any]) -> str:
    """Return the element that ids on the page begin with: a panel's or the inbox's."""
    value = parameters.get("scope", "")
    return value if _SCOPE.fullmatch(value) else "themis-inbox"
