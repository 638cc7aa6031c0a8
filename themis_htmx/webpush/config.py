"""The setting ``THEMIS_WEBPUSH``: the key, the contact, the allowed hosts, the executor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings

if TYPE_CHECKING:
    from themis_htmx.webpush.keys import Key

# The push services of Chrome and its kin, Firefox, Safari, and Edge on older Windows. A name that
# begins with a dot stands for all names below it.
HOSTS = (
    "fcm.googleapis.com",
    "jmt17.google.com",
    ".push.services.mozilla.com",
    ".push.apple.com",
    ".notify.windows.com",
)
KEYS = {"PRIVATE_KEY", "SUBJECT", "ALLOWED_HOSTS", "EXECUTOR"}
ENDPOINT_LENGTH = 2000


def config() -> Mapping[str, Any]:
    """Return the setting, an empty mapping if there is none."""
    found = getattr(settings, "THEMIS_WEBPUSH", None)
    return found if isinstance(found, Mapping) else {}


def key() -> Key | None:
    """Return the site's key, or ``None`` while it is missing or malformed, which a check reports.

    ``None`` also where cryptography is not installed.
    """
    try:
        from themis_htmx.webpush.keys import read_key
    except ImportError:
        return None
    try:
        return read_key(config().get("PRIVATE_KEY", ""))
    except ValueError:
        return None


def subject() -> str:
    """Return the address at which a push service can reach the operator of the site."""
    return str(config().get("SUBJECT", ""))


def executor() -> str:
    """Return the name of the executor that sends, by default the threads of this process."""
    return str(config().get("EXECUTOR", "threads"))


def is_allowed(endpoint: str) -> bool:
    """Return whether messages may be sent to ``endpoint``, which a browser has named.

    It must be https on port 443 of an allowed host. An entry with a scheme, such as
    ``"http://127.0.0.1:9000"``, allows exactly that origin, for tests.
    """
    # urlsplit() drops line breaks and tabs in silence.
    is_plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint
    if not is_plain or len(endpoint) > ENDPOINT_LENGTH:
        return False
    hosts: Sequence[str] = config().get("ALLOWED_HOSTS", HOSTS)
    try:
        parts = urlsplit(endpoint)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        return False
    if f"{parts.scheme}://{parts.netloc}" in hosts:
        return True
    is_public = parts.scheme == "https" and port in {None, 443} and "@" not in parts.netloc
    return is_public and any(_is_named(host, each) for each in hosts)


def _is_named(host: str, allowed: str) -> bool:
    return host.endswith(allowed) if allowed.startswith(".") else host == allowed
