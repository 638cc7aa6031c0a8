"""For which request, and for whom, a template is rendered."""

from __future__ import annotations

import sys
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.template import Context


def request_of(context: Context) -> HttpRequest:
    """Return the request that a template is rendered for, or raise with the way out."""
    given = context.get("request")
    # Django REST framework has its own around it.
    request = getattr(given, "_request", given)
    if not isinstance(request, HttpRequest):
        raise ImproperlyConfigured(
            "The tags of themis need the request in the template's context: add "
            '"django.template.context_processors.request" to the context_processors in TEMPLATES '
            "and render with a request, as django.shortcuts.render() does."
        )
    return request


def user_of(context: Context) -> Any:
    """Return who a template is rendered for, or ``None`` for nobody.

    Nobody are, too, those to whom an error page is shown before anyone has asked who they are, and
    those to whom Django shows ``500.html`` or ``400.html``, which it renders without a request.
    """
    if context.get("request") is None and sys.exception():
        return None
    user = getattr(request_of(context), "user", None)
    return user if user is not None and user.is_authenticated else None
