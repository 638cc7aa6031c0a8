"""What every view of the kit has in common: who may see it, and what headers it sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.exception import response_for_exception
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import patch_vary_headers

from themis_htmx.http.location import is_partial, next_page, sending_page
from themis_htmx.polling import token as polling

View = Callable[..., HttpResponseBase]

# What themis.js looks for: a response without it is somebody else's and is not swapped in.
MARK = "Themis"

SAFE_METHODS = {"GET", "HEAD"}


def page(view: View) -> View:
    """A whole page: who is signed out goes to sign in and comes back."""
    return _private(view, lambda request: redirect_to_login(request.get_full_path()))


def fragment(view: View) -> View:
    """A part of a page: who is signed out gets no redirect, which htmx would swap in."""
    return _private(view, _send_to_login)


def poll(view: View) -> View:
    """What a page asks for by itself: it leaves the session as it found it.

    The token, where there is one, is asked before anything else. Who is signed out gets an event,
    at which the bell goes quiet.
    """

    def look(request: HttpRequest) -> HttpResponseBase:
        if request.method in SAFE_METHODS and polling.is_unchanged(request):
            return HttpResponse(status=204)
        return view(request) if request.user.is_authenticated else _go_quiet(request)

    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponseBase:
        response = _marked(_answer(look, request))
        _leave_session_alone(request)
        return response

    return wrapper


def _private(view: View, signed_out: View) -> View:
    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        answer = view if request.user.is_authenticated else _without_arguments(signed_out)
        return _marked(_answer(answer, request, *args, **kwargs))

    return wrapper


def _marked(response: HttpResponseBase) -> HttpResponseBase:
    response.headers["Cache-Control"] = "private, no-store"
    response.headers[MARK] = "1"
    patch_vary_headers(response, ["Cookie"])
    return response


def _leave_session_alone(request: HttpRequest) -> None:
    """Keep the session middleware from saving, extending or deleting what a poll has read.

    It stays there to be read, by a middleware that logs the user's name, say.

    Django has just given the session a new key, after a change of SECRET_KEY say, where it is not
    the cookie's: that must be saved and sent, or the person is signed out.
    """
    session: Any = request.session
    key = session.session_key
    if not key or key == request.COOKIES.get(settings.SESSION_COOKIE_NAME):
        session._themis_key = key
        session.__class__ = _passed_over(session.__class__)


@cache
def _passed_over(engine: type) -> type:
    """Sessions of this engine to which the session middleware does what it does without any."""
    return type(engine.__name__, (engine,), {"accessed": property(_was_accessed, _ignore)})


def _was_accessed(session: Any) -> bool:
    # Who asks for the user after the view may be the one for whom Django changes the key.
    if session.session_key in {None, session._themis_key}:
        raise AttributeError("accessed")
    return True


def _ignore(session: Any, value: bool) -> None:  # noqa: FBT001
    pass


def _without_arguments(signed_out: View) -> View:
    return lambda request, *args, **kwargs: signed_out(request)


def _answer(view: View, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Turn the project's own error pages into responses here, where they get the headers too."""
    try:
        return view(request, *args, **kwargs)
    except (Http404, BadRequest, SuspiciousOperation) as error:
        return response_for_exception(request, error)


def _go_quiet(request: HttpRequest) -> HttpResponseBase:
    event = {"themis:signed-out": {"url": _login(request)}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(event)})


def _send_to_login(request: HttpRequest) -> HttpResponseBase:
    if not is_partial(request):
        return redirect(_login(request))
    return HttpResponse(status=204, headers={"HX-Redirect": _login(request)})


def _login(request: HttpRequest) -> str:
    """Where to sign in. Never back from there to a fragment: that would show half a page."""
    page = sending_page(request) if is_partial(request) else next_page(request)
    return redirect_to_login(page).url
