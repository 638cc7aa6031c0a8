"""Decorators of views: they require a user, and mark each answer as the kit's.

A poll that finds nothing new is answered here, before its view runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers

from themis_htmx.http.location import is_partial, next_page, sending_page
from themis_htmx.http.session import leave_session_alone
from themis_htmx.polling.next_change import next_change_header
from themis_htmx.polling.token import unchanged_user
from themis_htmx.users import signed_in_user

View = Callable[..., HttpResponseBase]

# The header by which the script knows an answer of the kit. Any other one, such as the sign-in page
# of a middleware, is not swapped in.
MARK = "Themis"

SAFE_METHODS = {"GET", "HEAD"}
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}


def page(view: View) -> View:
    """Protect a whole page: a signed-out visitor is sent to sign in and comes back to it."""
    return _private(view, lambda request: redirect_to_login(request.get_full_path()))


def fragment(view: View) -> View:
    """Protect a part of a page: a signed-out visitor gets no redirect, which htmx would swap in."""
    return _private(view, _send_to_login)


def poll(view: View) -> View:
    """Protect a view that pages ask by themselves, without extending the session.

    If the request carries a token that still holds, the answer is 204 and the view is not called.
    A signed-out visitor gets an event, at which the bell stops polling.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        user = unchanged_user(request) if request.method in SAFE_METHODS else None
        if user is not None:
            return HttpResponse(status=204, headers=next_change_header(user))
        return view(request) if signed_in_user(request) else _signed_out_event(request)

    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponseBase:
        response = _with_headers(_call(answer, request))
        leave_session_alone(request)
        return response

    return wrapper


def _private(view: View, signed_out: View) -> View:
    """Protect ``view``: a signed-out visitor gets the answer of ``signed_out`` instead."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs) if _is_readable(request) else _unreadable(request)

    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if signed_in_user(request):
            return _with_headers(_call(answer, request, *args, **kwargs))
        return _with_headers(_call(signed_out, request))

    return wrapper


def _with_headers(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers[MARK] = "1"
    patch_vary_headers(response, ["Cookie"])
    return response


def _call(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Call ``view``, and turn an error into the project's error page already here.

    Django would do the same further out, where the page would miss the kit's headers.
    """
    try:
        return view(request, *args, **kwargs)
    except (Http404, BadRequest, SuspiciousOperation) as error:
        return response_for_exception(request, error)


def _is_readable(request: HttpRequest) -> bool:
    """Return whether the fields of a POST can be read.

    Of any other body ``request.POST`` is empty, and a view would act as if no fields were sent.
    """
    return request.method != "POST" or request.content_type in FORMS or not request.body


def _unreadable(request: HttpRequest) -> HttpResponseBase:
    words = f"This address reads forms, and not {request.content_type or 'a body without a type'}."
    return HttpResponse(words, status=415, content_type="text/plain")


def _signed_out_event(request: HttpRequest) -> HttpResponseBase:
    event = {"themis:signed-out": {"url": _login_url(request)}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(event)})


def _send_to_login(request: HttpRequest) -> HttpResponseBase:
    if not is_partial(request):
        return redirect(_login_url(request))
    return HttpResponse(status=204, headers={"HX-Redirect": _login_url(request)})


def _login_url(request: HttpRequest) -> str:
    """Return the address to sign in at, which leads back to a page and never to a fragment."""
    page = sending_page(request) if is_partial(request) else next_page(request)
    return redirect_to_login(page).url
