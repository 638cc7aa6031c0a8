"""Asking for something, and saying yes or no to a colleague."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from example.tasks.approvals import notify_approvers, put_away_for_approvers
from example.tasks.faces import face
from example.tasks.forms import RequestForm
from example.tasks.models import Request
from themis.notifications import notify_user


@login_required
def request_list(request):
    """All requests, and the form for a new one."""
    form = RequestForm(request.POST or None, instance=Request(requester=request.user))
    if form.is_valid():
        notify_approvers(form.save())
        messages.success(request, _("Request sent."))
        return redirect("request-list")
    requests = Request.objects.select_related("requester")
    context = {
        "form": form,
        "pending": requests.filter(status="pending"),
        "decided": requests.exclude(status="pending")[:20],
    }
    return render(request, "tasks/request_list.html", context)


@require_POST
@login_required
def approve_request(request, pk):
    """Say yes to a colleague."""
    req = _decide(request, pk, "approved")
    put_away_for_approvers(req)

    # Notify the requester
    notify_user(
        user=req.requester,
        title="Request approved",
        message=f"Your request '{req.title}' has been approved.",
        level="success",
        url=req.get_absolute_url(),
        source_app="requests",
        source_model="Request",
        source_id=str(req.pk),
        image=face(request.user.username),
    )

    return _answer(request, _("Request approved."))


@require_POST
@login_required
def decline_request(request, pk):
    """Say no to a colleague."""
    req = _decide(request, pk, "declined")
    put_away_for_approvers(req)

    notify_user(
        user=req.requester,
        title="Request declined",
        message=f"Your request '{req.title}' has been declined.",
        level="warning",
        url=req.get_absolute_url(),
        source_app="requests",
        source_model="Request",
        source_id=str(req.pk),
        image=face(request.user.username),
    )

    return _answer(request, _("Request declined."))


def _answer(request, words):
    """Answer the bell's script with nothing, and a form with the page that it was sent from."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return HttpResponse(status=204)
    messages.success(request, words)
    page, hosts = request.POST.get("next", ""), {request.get_host()}
    is_ours = url_has_allowed_host_and_scheme(page, hosts, require_https=request.is_secure())
    return redirect(page if is_ours else "request-list")


def _decide(request, pk, status):
    """Decide about a colleague's request; of two who decide at the same time, one does."""
    others = Request.objects.exclude(requester=request.user)
    if not others.filter(pk=pk, status="pending").update(status=status):
        raise Http404
    return Request.objects.get(pk=pk)
