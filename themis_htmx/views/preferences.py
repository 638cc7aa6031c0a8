"""The views of the preferences: the page, and the form in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from themis_htmx.conf import setting
from themis_htmx.forms import PreferencesForm
from themis_htmx.http.access import fragment, page
from themis_htmx.http.location import is_partial, next_page
from themis_htmx.models.profile import stored
from themis_htmx.ui.preferences import preferences_context
from themis_htmx.ui.render import answer_with
from themis_htmx.views.answers import preferences_answer


@page
@require_safe
def preferences(request: HttpRequest) -> HttpResponse:
    """Render the preferences as a page of their own."""
    context = {"preferences": None, "base": setting("THEMIS_BASE_TEMPLATE")}
    return render(request, "themis/preferences.html", context)


@fragment
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_form(request: HttpRequest) -> HttpResponseBase:
    """Render the preferences form; a POST saves it in place."""
    if request.method != "POST":
        return preferences_answer(request, preferences_context(request))
    form = PreferencesForm(request.POST, instance=stored(request.user))
    if not form.is_valid():
        return preferences_answer(request, preferences_context(request, form))
    form.save()
    if is_partial(request):
        # The form already shows the user's choices: swapping it would move the focus.
        return answer_with(request, "saved")
    return redirect(next_page(request, saved=1))
