"""The rule for the address of a notification: where a click may lead."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from themis_htmx.models.source import CONTROL, clean_text

URL_LENGTH = 2000


def clean_address(value: Any, argument: str = "url") -> str:
    """Return ``value`` as an address, as the column ``url`` stores it, ``""`` for none.

    Anything else than a path on this site or an absolute http(s) address raises ``ValueError``
    that names ``argument``. Control characters are removed first, since browsers pass over some of
    them: they take a path with a tab after its slash for the name of another host.
    """
    address = CONTROL.sub("", clean_text(value)).strip()
    if len(address) > URL_LENGTH:
        raise ValueError(
            f"{argument}: {len(address)} characters, at most {URL_LENGTH} fit: {address[:80]!r}…"
        )
    if address and not _leads_somewhere_safe(address):
        raise ValueError(
            f"{argument}: {address!r} is neither a path on this site (/…) "
            "nor an absolute http(s) address."
        )
    return address


def validate_address(value: Any) -> None:
    """Raise ``ValidationError`` unless ``value`` is an address; Django has translated the words."""
    try:
        clean_address(value)
    except ValueError as error:
        raise ValidationError(URLValidator.message, code="invalid") from error


def safe_address(value: Any) -> str:
    """Return ``value`` as :func:`clean_address` does, and ``""`` where that raises."""
    try:
        return clean_address(value)
    except ValueError:
        return ""


def _leads_somewhere_safe(address: str) -> bool:
    if address.startswith("/"):
        # After either of these a browser expects the name of another host.
        return not address.startswith(("//", "/\\"))
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
