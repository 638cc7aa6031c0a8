"""The time zones of a select, rendered once a language: there are some four hundred."""

from __future__ import annotations

from functools import lru_cache

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from themis_htmx.zones import zones_by_region


def zone_options() -> SafeString:
    """Return the options of a select, grouped by region, in the active language."""
    return _options(get_language())


# A template takes as long for them as for all the rest of the page.
@lru_cache(maxsize=32)
def _options(_language: str | None) -> SafeString:
    groups = [
        (region, format_html_join("", '<option value="{}">{}</option>', zones))
        for region, zones in zones_by_region()
    ]
    return format_html_join("\n", '<optgroup label="{}">{}</optgroup>', groups)
