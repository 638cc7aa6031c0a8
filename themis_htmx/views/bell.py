"""The views of the bell: its poll, its panel, its toasts, and the worker of its desktop alerts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from themis_htmx.http.access import fragment, poll
from themis_htmx.http.parameters import number, numbers, scope
from themis_htmx.models.profile import stored
from themis_htmx.polling.arrivals import Arrivals, chosen_alerts, toasts_since
from themis_htmx.polling.digest import digest_of
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
    token = Token.of(request, digest_of(request.user))
    sent = Token.read(request.GET.get("token", ""))
    if sent is not None and sent[1:] == token[1:]:
        # Only the token is old or of another session. The badge is right, so no node is touched.
        return HttpResponse(status=204, headers={"Themis-Token": token.sign()})
    badge = badge_context(token, **_arrivals(request))
    return answer_with(request, "badge", badge=badge)


@fragment
@require_safe
def dropdown(request: HttpRequest) -> HttpResponse:
    """Render the inside of a panel."""
    panel = panel_context(request.user, Filters.from_query(request.GET), scope(request.GET))
    return answer_with(request, "dropdown", panel=panel)


@poll
@require_safe
def toasts(request: HttpRequest) -> HttpResponse:
    """Render a toast for each notification that is newer than the newest that the page knew."""
    arrived = toasts_since(request.user, number(request.GET, "since"))
    return render(request, "themis/fragments/toasts.html", {"notifications": arrived})


@require_safe
@login_not_required
def service_worker(request: HttpRequest) -> HttpResponse:
    """Send the script of the desktop alerts' worker.

    It comes from the kit's own URLs, since a browser lets a worker act only below its address.
    """
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript")


def _arrivals(request: HttpRequest) -> dict[str, Any]:
    """Return the words for the lists on the page and the popup, as the badge's context.

    The request names the newest id in each open list (``shown``), and the newest that the page knew
    at all (``since``).
    """
    # The page names the choice it was rendered with. The user may have made another since.
    alerts = chosen_alerts(stored(request.user)) if "alerts" in request.GET else ""
    in_lists = min(numbers(request.GET, "shown"), default=None)
    on_page = number(request.GET, "since")
    oldest = min((known for known in (in_lists, on_page) if known is not None), default=None)
    arrivals = Arrivals.since(request.user, oldest, texts=alerts == "full")
    alert = arrivals.newer_than(on_page).alert() if alerts else None
    return {"new_text": arrivals.newer_than(in_lists).words, "alerts": alerts, "alert": alert}
