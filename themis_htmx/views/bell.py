"""The views of the bell: its poll, its panel, its toasts, and the worker of its desktop alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from themis_htmx.http.access import fragment, poll
from themis_htmx.http.parameters import numbers, scope
from themis_htmx.models.instants import microseconds
from themis_htmx.models.profile import stored
from themis_htmx.outlets import registered
from themis_htmx.polling.arrivals import NEVER, Arrivals, Known, chosen_alerts, toasts_since
from themis_htmx.polling.digest import unread_of
from themis_htmx.polling.next_change import next_change_header
from themis_htmx.polling.token import Token
from themis_htmx.ui.bell import badge_context
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.panel import panel_context
from themis_htmx.ui.render import answer_with

WORKER = Path(__file__).parent.parent / "static" / "themis_htmx" / "worker.js"


@poll
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """Answer a poll: 204 while the badge is up to date, otherwise the badge with a new token."""
    now, unread = microseconds(timezone.now()), unread_of(request.user)
    token = Token.of(request, unread.digest)
    next_change = next_change_header(token.user)
    text = request.GET.get("token", "")
    sent = Token.read(text)
    if sent is not None and sent[1:] == token[1:] and not _has_woken(unread.woken, text):
        # Only the token is old or of another session. The badge is right, so no node is touched.
        return HttpResponse(status=204, headers={"Themis-Token": token.sign(), **next_change})
    arrivals = _arrivals(request, unread.woken)
    badge = badge_context(token, at=now, woken=unread.woken, **arrivals)
    response = answer_with(request, "badge", badge=badge)
    for name, value in next_change.items():
        response.headers[name] = value
    return response


@fragment
@require_safe
def dropdown(request: HttpRequest) -> HttpResponse:
    """Render the inside of a panel."""
    panel = panel_context(request.user, Filters.from_query(request.GET), scope(request.GET))
    return answer_with(request, "dropdown", panel=panel)


@poll
@require_safe
def toasts(request: HttpRequest) -> HttpResponse:
    """Render a toast for each notification that the page was not told of."""
    arrived = toasts_since(request.user, _known(request, "since"))
    return render(request, "themis/fragments/toasts.html", {"notifications": arrived})


@require_safe
@login_not_required
def stream(request: HttpRequest) -> HttpResponse:
    """Answer 204, after which a browser does not ask for live updates again.

    themis_htmx.live.stream serves this address where a project has set it up. Here a stream would
    occupy a worker of the site for as long as the page is open.
    """
    return HttpResponse(status=204, headers={"Cache-Control": "no-store"})


@require_safe
@login_not_required
def service_worker(request: HttpRequest) -> HttpResponse:
    """Send the script of the desktop alerts' worker.

    It comes from the kit's own URLs, since a browser lets a worker act only below its address.
    """
    workers = [each.worker for each in registered() if each.worker] or [WORKER]
    return HttpResponse(workers[0].read_bytes(), content_type="text/javascript")


def _has_woken(woken: int, text: str) -> bool:
    """Return whether one has woken up since the readable token ``text`` was signed."""
    return woken > 1_000_000 * Token.signed_at(text)


def _arrivals(request: HttpRequest, woken: int) -> dict[str, Any]:
    """Return the words for the lists on the page and the popup, as the badge's context.

    The request names the newest id in each open list (``shown``) and the instant at which it was
    read (``shown_at``), and the same of the page at all (``since`` and ``since_at``).
    """
    # The page names the choice it was rendered with. The user may have made another since.
    profile = stored(request.user) if "alerts" in request.GET else None
    alerts = chosen_alerts(profile) if profile else ""
    in_lists, on_page = _known(request, "shown"), _known(request, "since")
    told = [known for known in (in_lists, on_page) if known is not None]
    known = Known(min(each.pk for each in told), min(each.at for each in told)) if told else None
    arrivals = Arrivals.since(request.user, known, woken, alerts=alerts)
    told_now = arrivals.beyond(on_page).on_desktop(profile) if profile and alerts else None
    alert = told_now.alert() if told_now else None
    return {"new_text": arrivals.beyond(in_lists).words, "alerts": alerts, "alert": alert}


def _known(request: HttpRequest, name: str) -> Known | None:
    """Return what the page has been told of, the least of all; ``None`` if it names no id.

    A page of a project's own template may lack the instant: then nothing has woken up for it.
    """
    ids, instants = numbers(request.GET, name), numbers(request.GET, f"{name}_at")
    return Known(min(ids), min(instants, default=NEVER)) if ids else None
