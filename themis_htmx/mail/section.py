"""The section of the preferences page that is about e-mail."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from themis_htmx.http.location import current_page
from themis_htmx.mail.conf import address_of
from themis_htmx.mail.forms import MailForm
from themis_htmx.models.profile import stored


def section_context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the section for the signed-in user of ``request``."""
    return {
        "form": MailForm(request.user),
        "address": address_of(request.user),
        "zone": stored(request.user).zone.key.replace("_", " "),
        "next": current_page(request),
    }
