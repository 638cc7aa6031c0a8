"""The views of e-mail: what a user chooses, and a page that ends the e-mails."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from themis_htmx.conf import setting
from themis_htmx.http.access import fragment
from themis_htmx.http.location import is_partial, next_page
from themis_htmx.mail.forms import MailForm
from themis_htmx.mail.models import MailPreference
from themis_htmx.mail.modes import Mode
from themis_htmx.mail.sources import required_sources
from themis_htmx.mail.unsubscribe import user_of_token
from themis_htmx.ui.render import answer_with

# RFC 8058: an e-mail program posts this, when somebody presses its own button.
ONE_CLICK = "List-Unsubscribe"


@fragment
@require_POST
def mail_preferences(request: HttpRequest) -> HttpResponseBase:
    """Store what the user wants by e-mail: ``mode``, ``hour`` and ``weekday``."""
    form = MailForm(request.user, request.POST)
    if not form.is_valid():
        # Every choice is offered by the form, so this is no slip of a user.
        wrong = (f"{name}: {request.POST.get(name)!r}: {errors[0]}" for name, errors in _said(form))
        raise BadRequest("; ".join(wrong))
    form.save()
    if is_partial(request):
        # The form already shows the user's choices: swapping it would move the focus.
        return answer_with(request, "saved")
    return redirect(f"{next_page(request, saved=1)}#themis-mail")


# A program that posts for its user has neither a session nor a token of the form. The signature in
# the address stands in for both.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail_unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show a button that ends the e-mails to the user whom ``token`` names; a POST ends them.

    A GET changes nothing, because programs that look for viruses follow every link of an e-mail.
    """
    user = user_of_token(token)
    if user is None:
        raise Http404("This address ends nobody's e-mails.")
    preference = MailPreference.objects.stored(user)
    state, before = "asked", preference.wanted_mode
    if request.method == "POST":
        mode = request.POST.get("mode", Mode.OFF.value)
        if mode not in Mode.values:
            raise BadRequest(f"mode: {mode!r} is none of {', '.join(Mode.values)}.")
        if mode != preference.mode:
            hour, weekday = preference.wanted_hour, preference.weekday
            MailPreference.objects.choose(user, mode, hour=hour, weekday=weekday)
        state = "done" if mode == Mode.OFF else "changed"
    has_required = bool(required_sources())
    if ONE_CLICK in request.POST:
        return _unseen(_in_words(has_required=has_required))
    context = {
        "base": setting("THEMIS_BASE_TEMPLATE"),
        "state": "done" if state == "asked" and preference.mode == Mode.OFF else state,
        "before": before,
        "modes": Mode,
        "has_required": has_required,
    }
    return _unseen(render(request, "themis/mail/unsubscribe.html", context))


def _in_words(*, has_required: bool) -> HttpResponse:
    """Say what the page says after the end of the e-mails, to a program that shows no pages."""
    rest = _("Notifications still appear on the site.")
    if has_required:
        rest = _("Notifications still appear on the site. E-mails that it has to send still come.")
    words = f"{_('You get no more e-mails')}\n{rest}\n"
    return HttpResponse(words, content_type="text/plain; charset=utf-8")


def _said(form: MailForm) -> list[tuple[str, list[str]]]:
    return [(name, [str(error) for error in errors]) for name, errors in form.errors.items()]


def _unseen(response: HttpResponse) -> HttpResponse:
    """Keep a page, and its address, which is a key, to those who have it."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
