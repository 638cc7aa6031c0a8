"""The answers that several views share: a fragment for htmx, a redirect or a page without it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from themis_htmx.conf import setting
from themis_htmx.http.location import current_page, is_partial, next_page
from themis_htmx.http.parameters import scope
from themis_htmx.models.notification import NotificationQuerySet
from themis_htmx.ui.render import answer_with


def item_answer(request: HttpRequest, rows: NotificationQuerySet) -> HttpResponseBase:
    """Render the item anew for ``rows``, a queryset of exactly one; without htmx, go back."""
    if not is_partial(request):
        return redirect(next_page(request))
    return answer_with(
        request,
        "item",
        alone=True,
        notification=get_object_or_404(rows),
        scope=scope(request.POST),
        here=current_page(request),
        buttons=None,
    )


def notice_answer(request: HttpRequest, **done: Any) -> HttpResponseBase:
    """Report an action, with a way to undo it; without htmx, on the page that is returned to."""
    if not is_partial(request):
        return redirect(next_page(request, **done))
    return answer_with(request, "notice", notice=done, scope=scope(request.POST))


def preferences_answer(request: HttpRequest, preferences: dict[str, Any]) -> HttpResponse:
    """Render the preferences form for a GET, or with the errors of a POST that was refused.

    Without htmx it is the whole page. A POST that succeeded is answered by its view.
    """
    if not is_partial(request):
        context = {"preferences": preferences, "base": setting("THEMIS_BASE_TEMPLATE")}
        return render(request, "themis/preferences.html", context)
    response = answer_with(request, "form", preferences=preferences)
    # The form's own target is the place of the word "Saved". A form with errors replaces itself.
    response.headers["HX-Retarget"] = "#themis-preferences"
    response.headers["HX-Reswap"] = "outerHTML settle:0 transition:false"
    return response
