"""The frame of the admin around the kit's own pages, as docs/put-it-into.md shows it."""

from django.contrib import admin


def admin_frame(request):
    """Give the kit's two pages the variables that the admin's own pages have."""
    match = request.resolver_match
    if match is None or match.view_name not in {"themis:inbox", "themis:preferences"}:
        return {}
    return admin.site.each_context(request)
