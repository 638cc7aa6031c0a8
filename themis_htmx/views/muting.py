"""The views of muting: mute a source, unmute it, and mute its urgent notifications too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from themis_htmx.http.access import fragment
from themis_htmx.http.location import current_page, is_partial, next_page
from themis_htmx.http.parameters import scope
from themis_htmx.models import MutedSource
from themis_htmx.ui.preferences import PREFERENCES_SCOPE, muting_context
from themis_htmx.ui.render import answer_with
from themis_htmx.views.answers import notice_answer


@fragment
@require_POST
def mute(request: HttpRequest) -> HttpResponseBase:
    """Mute a source."""
    source_app = _change(request, MutedSource.objects.mute)
    return _answer(request, muted=source_app)


@fragment
@require_POST
def unmute(request: HttpRequest) -> HttpResponseBase:
    """Unmute a source."""
    _change(request, MutedSource.objects.unmute)
    return _answer(request, unmuted=1)


@fragment
@require_POST
def mute_urgent(request: HttpRequest) -> HttpResponseBase:
    """Mute a muted source's urgent notifications too; let them through without the parameter.

    The parameter is ``including_urgent``, a checkbox.
    """
    including = bool(request.POST.get("including_urgent"))
    _change(request, MutedSource.objects.mute_urgent, including_urgent=including)
    return _answer(request)


def _change(request: HttpRequest, verb: Callable[..., Any], **options: Any) -> str:
    """Apply ``verb`` to the source that the form names, and return that source."""
    source_app = request.POST.get("source_app", "")
    try:
        verb(request.user, source_app, **options)
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return source_app


def _answer(request: HttpRequest, **done: Any) -> HttpResponseBase:
    """Render the muted sources anew in the preferences; anywhere else, report what was done."""
    if scope(request.POST) != PREFERENCES_SCOPE:
        return notice_answer(request, **done)
    if not is_partial(request):
        return redirect(next_page(request, saved=1))
    muting = muting_context(request.user)
    preferences = {"muting": muting, "next": current_page(request), "changed": True}
    return answer_with(request, "muted", preferences=preferences)
