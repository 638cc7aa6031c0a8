"""The request and the user that a template is rendered for."""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template import Context


def request_of(context: Context) -> HttpRequest:
    """Return the request that a template is rendered for, or raise an error that says the fix."""
    given = context.get("request")
    # Django REST framework wraps it in a request of its own.
    request = getattr(given, "_request", given)
    if not isinstance(request, HttpRequest):
        raise ImproperlyConfigured(
            "The tags of themis need the request in the template's context: add "
            '"django.template.context_processors.request" to the context_processors in TEMPLATES '
            "and render with a request, as django.shortcuts.render() does."
        )
    return request


def user_of(context: Context) -> Any:
    """Return the signed-in user that a template is rendered for, or ``None``.

    An error page has no user if the error came before the middleware that finds out. Django
    renders ``500.html`` and ``400.html`` even without a request.
    """
    if context.get("request") is None and sys.exception():
        return None
    user = getattr(request_of(context), "user", None)
    return user if user is not None and user.is_authenticated else None
