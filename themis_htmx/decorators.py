"""What every view of the kit has in common: who may see it, and what headers it sends."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

View = Callable[..., HttpResponseBase]

# What themis.js looks for: a response without it is somebody else's and is not swapped in.
MARK = "Themis"


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page and not, as boosted links do, for a page."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def page(view: View) -> View:
    """A whole page: who is signed out goes to sign in and comes back."""
    return _private(view, lambda request: redirect_to_login(request.get_full_path()))


def fragment(view: View) -> View:
    """A part of a page: who is signed out gets no redirect, which htmx would swap in."""
    return _private(view, _send_to_login)


def poll(view: View) -> View:
    """The poll: who is signed out gets an event, at which the bell goes quiet."""
    return _private(
        view, lambda request: HttpResponse(status=204, headers={"HX-Trigger": "themis:signed-out"})
    )


def _private(view: View, signed_out: View) -> View:
    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view if request.user.is_authenticated else _without_arguments(signed_out)
        response = _answer(answer, request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers[MARK] = "1"
        patch_vary_headers(response, ["Cookie"])
        return response

    return wrapper


def _without_arguments(signed_out: View) -> View:
    return lambda request, *args, **kwargs: signed_out(request)


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Turn the project's own error pages into responses here, where they get the headers too."""
    try:
        return view(request, *args, **kwargs)
    except (Http404, BadRequest) as error:
        return response_for_exception(request, error)


def _send_to_login(request: HttpRequest) -> HttpResponseBase:
    if not is_partial(request):
        return redirect_to_login(_page_to_return_to(request))
    query = urlencode({"next": _page_to_return_to(request)})
    return HttpResponse(
        status=204, headers={"HX-Redirect": f"{resolve_url(settings.LOGIN_URL)}?{query}"}
    )


def _page_to_return_to(request: HttpRequest) -> str:
    """The page that the fragment is part of; never another host's."""
    came_from = request.headers.get("HX-Current-URL") or request.POST.get("next", "")
    parts = urlsplit(came_from)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    safe = url_has_allowed_host_and_scheme(path, allowed_hosts=None)
    return path if path and safe else resolve_url("themis:inbox")
