"""The address from which a page gets its live updates."""

from __future__ import annotations

import logging

from django.http import HttpRequest
from django.urls import reverse

from themis_htmx.live.config import broker, is_on, is_streamed

logger = logging.getLogger("themis")


def stream_url(request: HttpRequest) -> str:
    """Return the address of the stream, ``""`` if there are no live updates.

    A broker of the project names its own. If that fails, it is logged, and the page polls.
    """
    if not is_on():
        return ""
    try:
        return reverse("themis:stream") if is_streamed() else str(broker().stream_url(request))
    except Exception:
        logger.exception("Live updates: there is no address of a stream, so the page polls.")
        return ""
