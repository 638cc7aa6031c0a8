"""Where the person is, and where an answer takes them: never to another host."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

_WHOLE = re.compile("(https?:/)?/")


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page and not, as boosted links do, for a page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def current_page(request: HttpRequest) -> str:
    """The address of the page that the person is looking at, to come back to.

    Without the parameters in which the last action left what it had to say.
    """
    partial = is_partial(request)
    address = request.headers.get("HX-Current-URL", "") if partial else request.get_full_path()
    try:
        parts = urlsplit(address)
    except ValueError:
        return _safe(request, "")
    query = parse_qsl(parts.query, keep_blank_values=True)
    kept = urlencode([(name, value) for name, value in query if not name.startswith("themis_")])
    return _safe(request, f"{parts.path}?{kept}" if kept else parts.path)


def next_page(request: HttpRequest, **words: Any) -> str:
    """The page whose form was sent, with ``words`` for it in ``themis_`` parameters."""
    target = _safe(request, request.POST.get("next", ""))
    if not words:
        return target
    said = urlencode({f"themis_{name}": value for name, value in words.items()})
    return f"{target}{'&' if '?' in target else '?'}{said}"


def sending_page(request: HttpRequest) -> str:
    """The page whose form was sent; where that names none, the page that is looked at."""
    return next_page(request) if "next" in request.POST else current_page(request)


def _safe(request: HttpRequest, address: str) -> str:
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    # Anything else would be looked for beside the view's own address, or as the name of a URL.
    whole = _WHOLE.match(address)
    return address if safe and whole else resolve_url("themis:inbox")
