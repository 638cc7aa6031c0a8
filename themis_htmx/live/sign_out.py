"""Signing out, told to the person's other open tabs."""

from __future__ import annotations

from threading import local
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.core.signals import request_finished

from themis_htmx.live.config import is_on
from themis_htmx.live.publish import publish
from themis_htmx.users import user_key

# The users who have signed out during the request of this thread.
_request = local()


def connect() -> None:
    """Connect the receivers; a second call changes nothing."""
    user_logged_out.connect(_note, dispatch_uid="themis.live")
    request_finished.connect(_publish, dispatch_uid="themis.live")


def _note(sender: Any, user: Any = None, **kwargs: Any) -> None:
    """Remember the user until the answer is sent.

    Only then has the browser lost its cookie. A tab that polled sooner would still be signed in.
    """
    if is_on() and isinstance(user, get_user_model()):
        _request.users = [*getattr(_request, "users", []), user_key(user)]


def _publish(**kwargs: Any) -> None:
    if users := _request.__dict__.pop("users", None):
        publish(users)
