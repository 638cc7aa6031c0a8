"""The context of the preferences: the form, the table of sources, and the outlets' sections."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from themis_htmx.forms import PreferencesForm
from themis_htmx.http.location import current_page, sending_page
from themis_htmx.outlets import registered
from themis_htmx.policies import Channel
from themis_htmx.ui.page_user import page_user_of
from themis_htmx.ui.source_table import channels_shown, column_labels, source_rows


def preferences_context(
    request: HttpRequest, form: PreferencesForm | None = None
) -> dict[str, Any]:
    """Return the context of the preferences: the bound ``form``, or a fresh one.

    ``next`` is the page to come back to once the form is saved.
    """
    channels = channels_shown()
    return (
        form_context(request, form)
        | {
            "saved": "themis_saved" in request.GET,
            "columns": column_labels(channels),
            "sources": source_rows(request.user, channels),
        }
        | sections_context(request)
    )


def form_context(request: HttpRequest, form: PreferencesForm | None = None) -> dict[str, Any]:
    """Return the context of the form alone: the bound ``form``, or a fresh one."""
    return {
        "form": form or PreferencesForm(instance=page_user_of(request).profile),
        "next": sending_page(request) if form else current_page(request),
        "has_email": Channel.EMAIL in channels_shown(),
        "changed": False,
    }


def sections_context(request: HttpRequest) -> dict[str, Any]:
    """Return what the outlets show below the table, and the time zone by which it tells times."""
    sections = (outlet.preferences_section(request) for outlet in registered())
    return {
        "sections": [section for section in sections if section],
        "zone": page_user_of(request).profile.time_zone,
    }
