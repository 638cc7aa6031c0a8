"""The views of the list: the inbox page, the list in it, and marking all of it read."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from themis_htmx.conf import setting
from themis_htmx.http.access import fragment, page
from themis_htmx.http.parameters import day_of, ids, number
from themis_htmx.http.undo import read_instant, sign_instant
from themis_htmx.models import UserNotification
from themis_htmx.models.instants import instant_of
from themis_htmx.models.notification import awake_q
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.list import list_context, list_page
from themis_htmx.ui.page_user import page_user_of
from themis_htmx.ui.render import answer_with
from themis_htmx.views.answers import notice_answer


@page
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Render the list as a page of its own."""
    return render(request, "themis/inbox.html", {"base": setting("THEMIS_BASE_TEMPLATE")})


@fragment
@require_safe
def inbox_items(request: HttpRequest) -> HttpResponse:
    """Render the list with its filters; with ``before``, only the page older than that id."""
    filters = Filters.from_query(request.GET)
    before = number(request.GET, "before")
    if before is None:
        through = number(request.GET, "through")
        context = list_context(page_user_of(request), filters, through=through)
        return answer_with(request, "list", list=context)
    day, without = day_of(request.GET), ids(request.GET, "without")
    older = list_page(request.user, filters, before, day, without=without)
    return render(request, "themis/fragments/items.html", {"list": older})


@fragment
@require_POST
def read_all(request: HttpRequest) -> HttpResponseBase:
    """Mark read all that the filters let through, up to the id ``up_to``; with ``undo``, undo it.

    ``up_to`` is the newest id on the page, so that nothing is read that the user never saw. For the
    same reason what has woken up since the page was read, at the instant ``up_to_at``, is left out.
    """
    mine = UserNotification.objects.for_user(request.user)
    if "undo" in request.POST:
        mine.undo_mark_read(_instant(request))
        return notice_answer(request, undone=1)
    up_to, up_to_at = number(request.POST, "up_to"), number(request.POST, "up_to_at")
    chosen = Filters.from_query(request.POST).apply(mine).unread()
    if up_to is not None:
        chosen = chosen.filter(pk__lte=up_to)
    if up_to_at is not None:
        chosen = chosen.filter(awake_q(instant_of(up_to_at)))
    now = timezone.now()
    count = chosen.mark_read(now)
    return notice_answer(request, read=count, undo=sign_instant(request.user, now))


def _instant(request: HttpRequest) -> datetime:
    at = read_instant(request.user, request.POST["undo"])
    if at is None:
        raise BadRequest("undo: this can no longer be taken back.")
    return at
