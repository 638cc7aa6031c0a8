"""The session of a poll, which is left as it was: a poll must not keep anybody signed in."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest


def leave_session_alone(request: HttpRequest) -> None:
    """Keep SessionMiddleware from saving, extending or deleting the session of a poll.

    The session can still be read, for instance by a middleware that logs the user's name.

    It is saved all the same when Django has just given it another key, as it does after a change
    of SECRET_KEY: without the new cookie the visitor would be signed out.
    """
    session: Any = request.session
    key = session.session_key
    if not key or key == request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        session._themis_key = key
        session.__class__ = _without_modified(session.__class__)


@cache
def _without_modified(engine: type) -> type:
    """Return a subclass of the session engine that SessionMiddleware leaves alone.

    Reading ``modified`` raises AttributeError, as it does when there is no session. It is the one
    of the three attributes that SessionMiddleware reads first that nobody else reads: django-hijack
    reads the others, ``accessed`` and ``is_empty()``, after the view.
    """
    return type(engine.__name__, (engine,), {"modified": property(_was_modified, _note_modified)})


def _was_modified(session: Any) -> bool:
    # A middleware may be the first to ask for the user, after the view, and so be the reason why
    # Django changes the key. That key has to be saved.
    if session.session_key in {None, session._themis_key}:
        raise AttributeError("modified")
    return bool(session.__dict__["modified"])


def _note_modified(session: Any, value: bool) -> None:  # noqa: FBT001
    session.__dict__["modified"] = value
