"""What every template of the example needs."""

from django.conf import settings
from django.http import HttpRequest


def htmx(request: HttpRequest) -> dict[str, int]:
    """The htmx line to load, for ``{% htmx_script version=htmx_version %}``."""
    return {"htmx_version": settings.HTMX_VERSION}


def bell(request: HttpRequest) -> dict[str, bool]:
    """Whether this page's bell also pops up what arrives and counts in the title."""
    return {"loud": request.GET.get("bell") == "loud"}
