"""The views that the script of Web Push asks: all speak JSON, and none renders a page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST, require_safe

from themis_htmx.models.profile import stored
from themis_htmx.users import signed_in_user, user_key
from themis_htmx.webpush import config, executors
from themis_htmx.webpush.jobs import TEST
from themis_htmx.webpush.models import PushSubscription
from themis_htmx.webpush.sign_out import auth_hash, session_hash

View = Callable[[HttpRequest], HttpResponse]


def _for_script(view: View) -> View:
    """Keep the answers of ``view`` out of every cache, and answer 503 without a key."""

    @login_not_required
    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        if config.key() is None:
            response: HttpResponse = JsonResponse(
                {"error": "THEMIS_WEBPUSH has no key."}, status=503
            )
        else:
            response = view(request)
        response.headers["Cache-Control"] = "private, no-store"
        patch_vary_headers(response, ["Cookie"])
        return response

    return wrapper


def _signed_in(view: View) -> View:
    """Answer 403 to a visitor who is not signed in. A redirect would lead the script to a page."""

    @wraps(view)
    def wrapper(request: HttpRequest) -> HttpResponse:
        if signed_in_user(request):
            return view(request)
        return JsonResponse({"error": "Nobody is signed in."}, status=403)

    return wrapper


@_for_script
@require_safe
def state(request: HttpRequest) -> HttpResponse:
    """Say who is signed in, whether they want alerts, and what the script needs to subscribe."""
    user = signed_in_user(request)
    if user is None:
        return JsonResponse({"owner": ""})
    from themis_htmx.webpush.texts import owner_of

    names = ("subscribe", "unsubscribe", "test")
    return JsonResponse(
        {
            "owner": owner_of(user_key(user)),
            "session": session_hash(request),
            "wanted": stored(user).browser_notifications_enabled,
            "csrf": get_token(request),
            # For a message that is not for whoever is signed in by then.
            "words": gettext("You have new notifications"),
            **{name: reverse(f"themis:push_{name}") for name in names},
        }
    )


@_for_script
@require_POST
@_signed_in
def subscribe(request: HttpRequest) -> HttpResponse:
    """Store the subscription of this browser, or renew it; 400 says what is wrong with it."""
    try:
        endpoint, p256dh, auth = _subscription(request)
        PushSubscription.objects.subscribe(
            request.user,
            endpoint,
            p256dh=p256dh,
            auth=auth,
            session_hash=session_hash(request),
            auth_hash=auth_hash(request.user),
            language=get_language() or "",
        )
    except ValueError as error:
        return JsonResponse({"error": str(error)}, status=400)
    return HttpResponse(status=204)


@_for_script
@require_POST
@_signed_in
def unsubscribe(request: HttpRequest) -> HttpResponse:
    """Delete the subscription of this browser; 404 if this user has none of that endpoint."""
    deleted, _by_model = _mine(request).delete()
    return HttpResponse(status=204) if deleted else _not_found()


@_for_script
@require_POST
@_signed_in
def test(request: HttpRequest) -> HttpResponse:
    """Have a test sent to this browser; 404 if this user has no subscription of that endpoint."""
    found = _mine(request).first()
    if found is None:
        return _not_found()
    executors.submit(TEST, [found.pk])
    return HttpResponse(status=202)


def _mine(request: HttpRequest) -> Any:
    endpoint = request.POST.get("endpoint", "")
    return PushSubscription.objects.for_user(request.user).at(endpoint)


def _not_found() -> HttpResponse:
    return JsonResponse({"error": "endpoint: there is no such subscription."}, status=404)


def _subscription(request: HttpRequest) -> tuple[str, str, str]:
    """Return endpoint, public key and secret; raise ``ValueError`` for any that cannot be used."""
    from themis_htmx.webpush.keys import decode, encode
    from themis_htmx.webpush.wire import read_browser_key

    endpoint = request.POST.get("endpoint", "")
    if not config.is_allowed(endpoint):
        raise ValueError("endpoint: its host is not in ALLOWED_HOSTS of THEMIS_WEBPUSH.")
    p256dh = decode(request.POST.get("p256dh", ""), length=65)
    read_browser_key(p256dh)
    auth = decode(request.POST.get("auth", ""), length=16)
    return endpoint, encode(p256dh), encode(auth)
