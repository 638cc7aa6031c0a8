"""The views of the preferences: the page, its form, and the rows of the table of sources."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from themis_htmx.conf import setting
from themis_htmx.forms import PreferencesForm
from themis_htmx.http.access import fragment, page
from themis_htmx.http.location import current_page, is_partial, next_page
from themis_htmx.models import SourcePreference
from themis_htmx.models.profile import stored
from themis_htmx.models.source import source_part
from themis_htmx.policies import Channel
from themis_htmx.ui.preferences import form_context, preferences_context, sections_context
from themis_htmx.ui.render import answer_with
from themis_htmx.ui.source_table import URGENT, source_row


@page
@require_safe
def preferences(request: HttpRequest) -> HttpResponse:
    """Render the preferences as a page of their own."""
    return _page(request, None)


@fragment
@require_http_methods(["GET", "HEAD", "POST"])
def preferences_form(request: HttpRequest) -> HttpResponseBase:
    """Render the preferences; a POST saves the form in place."""
    if request.method == "POST":
        return _save(request)
    if is_partial(request):
        return answer_with(request, "cards", preferences=preferences_context(request))
    return _page(request, preferences_context(request))


@fragment
@require_POST
def preferences_source(request: HttpRequest) -> HttpResponseBase:
    """Store what the user wants from one source.

    The field ``source_app`` names it. ``bell``, ``desktop``, ``email`` and ``urgent``, in the form
    or in the address, are ``on`` or ``off``; those that are not sent stay as they are.
    """
    choices = _choices(request)
    try:
        # As it is stored, since the row is looked up by it.
        source_app = source_part("source_app", request.POST.get("source_app", ""))
        for name, wanted in choices.items():
            _choose(request, source_app, name, wanted=wanted)
    except ValueError as error:
        raise BadRequest(str(error)) from error
    row = source_row(request.user, source_app)
    if not is_partial(request):
        return redirect(f"{next_page(request, saved=1)}#{row.id}")
    return answer_with(request, "source", row=row, next=current_page(request), changed=True)


def _save(request: HttpRequest) -> HttpResponseBase:
    form = PreferencesForm(request.POST, instance=stored(request.user))
    if not form.is_valid():
        if not is_partial(request):
            return _page(request, preferences_context(request, form))
        return _form_alone(request, form_context(request, form))
    form.save()
    if not is_partial(request):
        return redirect(next_page(request, saved=1))
    if "had_errors" in request.POST:
        return _form_alone(request, form_context(request) | {"changed": True})
    # The form already shows the user's choices: swapping it would move the focus.
    zone = form.instance.time_zone
    if request.POST.get("shown_zone", zone) == zone:
        return answer_with(request, "saved")
    # Other parts of the page tell times by it.
    return answer_with(request, "saved", moved=sections_context(request))


def _page(request: HttpRequest, context: dict[str, object] | None) -> HttpResponse:
    shown = {"preferences": context, "base": setting("THEMIS_BASE_TEMPLATE")}
    return render(request, "themis/preferences.html", shown)


def _form_alone(request: HttpRequest, context: dict[str, object]) -> HttpResponse:
    """Render the form in its own place: its target is that of the word "Saved"."""
    response = answer_with(request, "form", preferences=context)
    response.headers["HX-Retarget"] = "#themis-preferences"
    response.headers["HX-Reswap"] = "outerHTML settle:0 transition:false"
    return response


def _choices(request: HttpRequest) -> dict[str, bool]:
    """Return what the fields choose, by the name of the channel or ``urgent``."""
    names = [*Channel.values, URGENT]
    places = (request.GET, request.POST)
    sent = {name: fields[name] for fields in places for name in names if name in fields}
    if not sent:
        raise BadRequest(f"Send one of {', '.join(names)}, each as 'on' or 'off'.")
    for name, value in sent.items():
        if value not in {"on", "off"}:
            raise BadRequest(f"{name}: {value[:80]!r} is not 'on' or 'off'.")
    return {name: value == "on" for name, value in sent.items()}


def _choose(request: HttpRequest, source_app: str, name: str, *, wanted: bool) -> None:
    if name == URGENT:
        SourcePreference.objects.mute_urgent(request.user, source_app, including_urgent=not wanted)
    else:
        SourcePreference.objects.choose(request.user, source_app, name, wanted)
