"""Signing out ends the subscription of the browser: the next person gets nothing of this one."""

from __future__ import annotations

import logging
from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_out
from django.http import HttpRequest

from themis_htmx.tokens import hash_cookie
from themis_htmx.users import user_key
from themis_htmx.webpush.models import PushSubscription

logger = logging.getLogger("themis")


def connect() -> None:
    """Connect the receiver; a second call changes nothing."""
    user_logged_out.connect(_forget, dispatch_uid="themis.webpush")


def session_hash(request: HttpRequest) -> str:
    """Return the hash of the session's cookie by which a subscription is found at sign-out."""
    return hash_cookie(request.COOKIES.get(settings.SESSION_COOKIE_NAME, ""))


def auth_hash(user: Any) -> str:
    """Return the hash that changes with the password of ``user``, ``""`` if it has none.

    Django's own goes into the session. It is hashed once more, so that the table does not hold it.
    """
    get = getattr(user, "get_session_auth_hash", None)
    return hash_cookie(get()) if get else ""


def valid_auth_hashes(user: Any) -> set[str]:
    """Return the hashes that hold for ``user``: also those by keys in ``SECRET_KEY_FALLBACKS``.

    Django's sessions outlive a change of ``SECRET_KEY`` in the same way.
    """
    get_older = getattr(user, "get_session_auth_fallback_hash", None)
    return {auth_hash(user), *map(hash_cookie, get_older() if get_older else ())}


def _forget(
    sender: Any, request: HttpRequest | None = None, user: Any = None, **kwargs: Any
) -> None:
    hashed = session_hash(request) if request is not None else ""
    if user is None or not hashed:
        return
    try:
        user_key(user)
    except TypeError:
        return
    try:
        PushSubscription.objects.for_user(user).filter(session_hash=hashed).delete()
    except Exception:
        # Somebody who wants to leave must be able to.
        logger.exception("Web Push: the subscription of a session that ended is still there.")
