"""HTTP: small views, each find, one verb, render. State changes by POST and nowhere else."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from themis_htmx.conf import setting
from themis_htmx.forms import PreferencesForm
from themis_htmx.http.access import fragment, page, poll
from themis_htmx.http.location import is_partial, next_page
from themis_htmx.http.parameters import number, numbers, scope, whole
from themis_htmx.http.undo import read_instant, sign_instant
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import NotificationQuerySet
from themis_htmx.polling import arrivals as news
from themis_htmx.polling.token import Token
from themis_htmx.ui import context
from themis_htmx.ui.filters import Filters

WORKER = Path(__file__).parent.parent / "static" / "themis_htmx" / "worker.js"


@poll
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The poll: 204 while the bell shows what is so, otherwise the badge with a new token."""
    digest = context.digest(request.user)
    token, seen = Token.of(request, digest), Token.read(request.GET.get("token", ""))
    if seen is not None and seen[1:] == token[1:]:
        # The token alone had aged: no node is to be touched for that.
        return HttpResponse(status=204, headers={"Themis-Token": token.sign()})
    badge = context.badge(token, **_news(request))
    return render(request, "themis/fragments/badge.html", {"badge": badge})


@fragment
@require_safe
def dropdown(request: HttpRequest) -> HttpResponse:
    """The inside of a panel."""
    filters = Filters.from_query(request.GET)
    shown = context.dropdown(request.user, filters, scope(request.GET))
    return render(request, "themis/fragments/dropdown.html", {"shown": shown})


@poll
@require_safe
def toasts(request: HttpRequest) -> HttpResponse:
    """What has come since the id that the page knew, for its toasts."""
    shown = news.toasts(request.user, number(request.GET, "since"))
    return render(request, "themis/fragments/toasts.html", {"shown": shown})


@page
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """The list as a page of its own."""
    return render(request, "themis/inbox.html", {"base": setting("THEMIS_BASE_TEMPLATE")})


@fragment
@require_safe
def inbox_items(request: HttpRequest) -> HttpResponse:
    """The list with its filters; with ``before``, the page of what is older than that id."""
    filters = Filters.from_query(request.GET)
    before = number(request.GET, "before")
    if before is None:
        shown = context.inbox(request.user, filters, through=number(request.GET, "through"))
        return render(request, "themis/fragments/inbox.html", {"shown": shown})
    shown = context.older(request.user, filters, before, request.GET.get("day", ""))
    return render(request, "themis/fragments/items.html", {"shown": shown})


@fragment
@require_POST
def read(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Mark one read."""
    one = _find(request, pk)
    one.mark_read()
    return _item(request, one)


@fragment
@require_POST
def unread(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Mark one unread."""
    one = _find(request, pk)
    one.mark_unread()
    return _item(request, one)


@fragment
@require_POST
def dismiss(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Put one away."""
    _find(request, pk).dismiss()
    return _notice(request, dismissed=pk)


@fragment
@require_POST
def restore(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Take a dismissal back."""
    _find(request, pk).restore()
    return _notice(request, restored=pk)


@fragment
@require_POST
def read_all(request: HttpRequest) -> HttpResponseBase:
    """Mark all read, up to the newest id that the page had shown; with ``undo``, take it back."""
    mine = UserNotification.objects.for_user(request.user)
    if "undo" in request.POST:
        mine.undo_mark_read(_instant(request))
        return _notice(request, undone=1)
    up_to = number(request.POST, "up_to")
    chosen = Filters.from_query(request.POST).apply(mine).unread()
    now = timezone.now()
    count = (chosen if up_to is None else chosen.filter(pk__lte=up_to)).mark_read(now)
    return _notice(request, read=count, undo=sign_instant(request.user, now))


@require_safe
@login_not_required
def service_worker(request: HttpRequest) -> HttpResponse:
    """The worker of the desktop alerts, from the kit's own URLs, which its scope must be within."""
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript")


@page
@require_safe
def preferences(request: HttpRequest) -> HttpResponse:
    """The preferences as a page of their own."""
    return render(request, "themis/preferences.html", {"base": setting("THEMIS_BASE_TEMPLATE")})


@fragment
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_form(request: HttpRequest) -> HttpResponseBase:
    """The preferences form; a POST saves it in place."""
    if request.method != "POST":
        return _preferences(request, context.preferences(request))
    form = PreferencesForm(request.POST, instance=context.profile(request.user))
    if not form.is_valid():
        return _preferences(request, context.preferences(request, form))
    form.save()
    if is_partial(request):
        # The form stands as the user left it: swapping it would take the focus out of a choice.
        return render(request, "themis/fragments/saved.html")
    return redirect(next_page(request, saved=1))


def _news(request: HttpRequest) -> dict[str, Any]:
    """What is new to the lists on the page, and what to pop up where the page pops up."""
    # What the user wants by now; the page may be older.
    alerts = news.alert_kind(context.profile(request.user)) if "alerts" in request.GET else ""
    shown, since = min(numbers(request.GET, "shown"), default=None), number(request.GET, "since")
    oldest = min((known for known in (shown, since) if known is not None), default=None)
    found = news.News.since(request.user, oldest, texts=alerts == "full")
    alert = found.newer_than(since).alert() if alerts else None
    return {"fresh": found.newer_than(shown).words, "alerts": alerts, "alert": alert}


def _find(request: HttpRequest, pk: str) -> NotificationQuerySet:
    """The user's own; another's, an unknown, an expired and a malformed id look alike."""
    mine = UserNotification.objects.for_user(request.user).unexpired()
    key = whole(pk)
    if key is None or not (one := mine.filter(pk=key)).exists():
        raise Http404("There is no such notification.")
    return one


def _instant(request: HttpRequest) -> datetime:
    at = read_instant(request.user, request.POST["undo"])
    if at is None:
        raise BadRequest("undo: this can no longer be taken back.")
    return at


def _item(request: HttpRequest, one: NotificationQuerySet) -> HttpResponseBase:
    if not is_partial(request):
        return redirect(next_page(request))
    shown = {"notification": get_object_or_404(one), "scope": scope(request.POST)}
    return render(request, "themis/fragments/item.html", shown)


def _notice(request: HttpRequest, **done: Any) -> HttpResponseBase:
    """Say what was done, with a way back: in place, or on the page that is returned to."""
    if not is_partial(request):
        return redirect(next_page(request, **done))
    return render(
        request, "themis/fragments/notice.html", {"notice": done, "scope": scope(request.POST)}
    )


def _preferences(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    """The form alone for htmx; without it the whole page, which then tells what is wrong."""
    if not is_partial(request):
        base = setting("THEMIS_BASE_TEMPLATE")
        return render(request, "themis/preferences.html", {"shown": shown, "base": base})
    response = render(request, "themis/fragments/preferences.html", {"shown": shown})
    response.headers["HX-Retarget"] = "#themis-preferences"
    response.headers["HX-Reswap"] = "outerHTML settle:0"
    return response
