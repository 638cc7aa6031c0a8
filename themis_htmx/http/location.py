"""The addresses of the current and of the next page: never on another host."""

import re
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import override

_FROM_ROOT = re.compile("(https?:/)?/")


def is_partial(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part of a page; boosted links ask for a whole one."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def current_page(request: HttpRequest) -> str:
    """Return the address of the page that the user is looking at, to come back to.

    The parameters in which the last action left its notice are removed.
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


def current_path(request: HttpRequest) -> str:
    """Return the address of the page that the user is looking at, without its parameters."""
    return current_page(request).partition("?")[0]


def installation_path() -> str:
    """Return the path that identifies this installation, or "" without the kit's URLs.

    It is the path of the list page, whatever the active language.
    """
    with override(None):
        try:
            return reverse("themis:inbox")
        except NoReverseMatch:
            return ""


def next_page(request: HttpRequest, **words: Any) -> str:
    """Return the page to show after an action without htmx: the form's field ``next``.

    Without the field, or with an unsafe one, it is the list page. ``words`` are added as
    parameters that begin with ``themis_``, from which that page makes its notice.
    """
    target = _safe(request, request.POST.get("next", ""))
    if not words:
        return target
    said = urlencode({f"themis_{name}": value for name, value in words.items()})
    return f"{target}{'&' if '?' in target else '?'}{said}"


def sending_page(request: HttpRequest) -> str:
    """Return the page whose form was sent; without a field ``next``, the current page."""
    return next_page(request) if "next" in request.POST else current_page(request)


def _safe(request: HttpRequest, address: str) -> str:
    """Return ``address`` if it is on this host, otherwise the inbox."""
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(address, hosts, require_https=request.is_secure())
    # redirect() takes anything else for a relative address or the name of a URL.
    from_root = _FROM_ROOT.match(address)
    return address if safe and from_root else resolve_url("themis:inbox")
