"""The context of the preferences: the form, and the sources that are or may be muted."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from themis_htmx.databases import write_alias
from themis_htmx.forms import PreferencesForm
from themis_htmx.http.location import current_page, sending_page
from themis_htmx.models import MutedSource, UserProfile
from themis_htmx.ui.sources import recent_sources, source_label
from themis_htmx.users import user_key

PREFERENCES_SCOPE = "themis-preferences"


def preferences_context(
    request: HttpRequest, form: PreferencesForm | None = None
) -> dict[str, Any]:
    """Return the context of the preferences: the bound ``form``, or a fresh one.

    ``next`` is the page to come back to once the form is saved.
    """
    return {
        "form": form or PreferencesForm(instance=stored_profile(request.user)),
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


def stored_profile(user: Any) -> UserProfile:
    """Return the user's preferences as the database has them now, or unsaved defaults."""
    stored = UserProfile.objects.using(write_alias()).filter(user_id=user_key(user))
    return next(iter(stored), None) or UserProfile(user=user)
