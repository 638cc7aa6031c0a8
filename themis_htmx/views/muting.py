"""HTTP: muting a source, letting it through again, and whether that goes for urgent ones too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from themis_htmx.http.access import fragment
from themis_htmx.http.location import current_page, is_partial, next_page
from themis_htmx.http.parameters import scope
from themis_htmx.models import MutedSource
from themis_htmx.ui import context


@fragment
@require_POST
def mute(request: HttpRequest) -> HttpResponseBase:
    """Mute a source."""
    source_app = _act(request, MutedSource.objects.mute)
    return _answer(request, muted=source_app)


@fragment
@require_POST
def unmute(request: HttpRequest) -> HttpResponseBase:
    """Let it through again."""
    _act(request, MutedSource.objects.unmute)
    return _answer(request, unmuted=1)


@fragment
@require_POST
def mute_urgent(request: HttpRequest) -> HttpResponseBase:
    """Keep urgent ones of a muted source away too; without ``including_urgent``, no more."""
    including = bool(request.POST.get("including_urgent"))
    _act(request, MutedSource.objects.mute_urgent, including_urgent=including)
    return _answer(request)


def _act(request: HttpRequest, verb: Callable[..., Any], **options: Any) -> str:
    source_app = request.POST.get("source_app", "")
    try:
        verb(request.user, source_app, **options)
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return source_app


def _answer(request: HttpRequest, **done: Any) -> HttpResponseBase:
    """The preferences show what is muted now; anywhere else it is said, with a way back."""
    asked = scope(request.POST)
    in_preferences = asked == context.PREFERENCES_SCOPE
    if not is_partial(request):
        return redirect(next_page(request, **{"saved": 1} if in_preferences else done))
    if not in_preferences:
        said = {"notice": done, "scope": asked}
        return render(request, "themis/fragments/notice.html", said)
    shown = {"muting": context.muting(request.user), "next": current_page(request), "changed": True}
    return render(request, "themis/fragments/muted.html", {"shown": shown})
