"""Where the person is, and where an answer takes them: never to another host."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, QueryDict
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page and not, as boosted links do, for a page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def current_page(request: HttpRequest) -> str:
    """The address of the page that the person is looking at, to come back to.

    Without the parameters in which the last action left what it had to say.
    """
    address = request.headers.get("HX-Current-URL", "") if is_partial(request) else ""
    parts = urlsplit(address or request.get_full_path())
    query = QueryDict(parts.query, mutable=True)
    for name in [name for name in query if name.startswith("themis_")]:
        del query[name]
    return _safe(request, f"{parts.path}?{query.urlencode()}" if query else parts.path)


def next_page(request: HttpRequest, **words: Any) -> str:
    """The page whose form was sent, with ``words`` for it in ``themis_`` parameters."""
    target = _safe(request, request.POST.get("next", ""))
    if not words:
        return target
    said = urlencode({f"themis_{name}": value for name, value in words.items()})
    return f"{target}{'&' if '?' in target else '?'}{said}"


def _safe(request: HttpRequest, address: str) -> str:
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    return address if safe else resolve_url("themis:inbox")
