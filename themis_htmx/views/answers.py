"""The answers that several views share: a fragment for htmx, a redirect or a page without it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect

from themis_htmx.http.location import current_page, is_partial, next_page
from themis_htmx.http.parameters import scope
from themis_htmx.models.notification import NotificationQuerySet
from themis_htmx.ui.render import answer_with


def item_answer(request: HttpRequest, rows: NotificationQuerySet) -> HttpResponseBase:
    """Render the item anew for ``rows``, a queryset of exactly one; without htmx, go back.

    One that was dismissed meanwhile is rendered as nothing, so that it leaves the list.
    """
    if not is_partial(request):
        return redirect(next_page(request))
    notification = get_object_or_404(rows)
    if notification.is_dismissed:
        return HttpResponse()
    return answer_with(
        request,
        "item",
        alone=True,
        notification=notification,
        scope=scope(request.POST),
        here=current_page(request),
        buttons=None,
    )


def notice_answer(
    request: HttpRequest, *, said: dict[str, Any] | None = None, **done: Any
) -> HttpResponseBase:
    """Report an action, with a way to undo it; without htmx, on the page that is returned to.

    ``done`` is the context of the notice. That page makes it from its address, which says ``said``,
    or the same.
    """
    if not is_partial(request):
        return redirect(next_page(request, **(done if said is None else said)))
    return answer_with(request, "notice", notice=done, scope=scope(request.POST))
