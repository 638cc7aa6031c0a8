"""The pages of the mailbox: the list, an e-mail, and its HTML for a frame."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST

from example.csp import POLICY
from example.mailbox.folder import emails_to
from themis_htmx.mail.models import MailPreference
from themis_htmx.periodic import deliver_due

# The styles of an e-mail are its own, and nothing of it runs or loads.
IN_THE_FRAME = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox"


@login_required
def mailbox(request):
    """The e-mails to oneself, newest first."""
    context = {
        "emails": emails_to(request.user.email),
        "preference": MailPreference.objects.stored(request.user),
    }
    return render(request, "mailbox/list.html", context)


@login_required
def email(request, number):
    """An e-mail, its HTML in a frame, and its text."""
    context = {"email": _found(request.user, number)}
    response = render(request, "mailbox/email.html", context)
    response.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return response


@login_required
@xframe_options_sameorigin
def html(request, number):
    """The HTML of an e-mail, for the frame."""
    response = HttpResponse(_found(request.user, number).html)
    response.headers["Content-Security-Policy"] = IN_THE_FRAME
    return response


@login_required
@require_POST
def deliver(request):
    """Make one's summary due now, and run what a clock would run each minute."""
    now = timezone.now()
    mine = MailPreference.objects.filter(pk=request.user.pk)
    mine.exclude(digest_at=None).update(digest_at=now, next_at=now)
    before = len(emails_to(request.user.email))
    deliver_due()
    new = len(emails_to(request.user.email)) - before
    words = _("An e-mail has come.") if new else _("Nothing was due: all is read, or was mailed.")
    messages.success(request, words)
    return redirect("mailbox")


def _found(user, number):
    for each in emails_to(user.email):
        if each.number == number:
            return each
    raise Http404
