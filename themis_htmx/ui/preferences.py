"""The context of the preferences: the form, and the sources that are or may be muted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from themis_htmx.forms import PreferencesForm
from themis_htmx.http.location import current_page, sending_page
from themis_htmx.models import MutedSource
from themis_htmx.models.profile import stored
from themis_htmx.ui.sources import recent_sources, source_label

PREFERENCES_SCOPE = "themis-preferences"


def preferences_context(
    request: HttpRequest, form: PreferencesForm | None = None
) -> dict[str, Any]:
    """Return the context of the preferences: the bound ``form``, or a fresh one.

    ``next`` is the page to come back to once the form is saved.
    """
    return {
        "form": form or PreferencesForm(instance=stored(request.user)),
        "next": sending_page(request) if form else current_page(request),
        "saved": "themis_saved" in request.GET,
        "muting": muting_context(request.user),
    }


def muting_context(user: Any) -> dict[str, Any]:
    """Return the muted sources and the others that the user has lately heard from, by name."""
    muted = {row.source_app: row for row in MutedSource.objects.for_user(user)}
    others = set(recent_sources(user)) - muted.keys()
    return {
        "muted": sorted((source_label(source), row.pk, row) for source, row in muted.items()),
        "others": sorted((source_label(source), source) for source in others),
    }
