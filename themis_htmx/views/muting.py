"""The views of muting: turn a source off from the menu of an item, and turn it on again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST

from themis_htmx.http.access import fragment
from themis_htmx.models import SourcePreference
from themis_htmx.views.answers import notice_answer


@fragment
@require_POST
def mute(request: HttpRequest) -> HttpResponseBase:
    """Mute a source: turn off its bell."""
    source_app = _change(request, SourcePreference.objects.mute)
    return notice_answer(request, muted=source_app)


@fragment
@require_POST
def unmute(request: HttpRequest) -> HttpResponseBase:
    """Unmute a source."""
    _change(request, SourcePreference.objects.unmute)
    return notice_answer(request, unmuted=1)


def _change(request: HttpRequest, verb: Callable[..., Any]) -> str:
    """Apply ``verb`` to the source that the form names, and return that source."""
    source_app = request.POST.get("source_app", "")
    try:
        verb(request.user, source_app)
    except ValueError as error:
        raise BadRequest(str(error)) from error
    return source_app
