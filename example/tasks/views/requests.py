"""Asking for something, and saying yes or no to a colleague."""

from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from example.tasks.forms import RequestForm
from example.tasks.models import Request
from themis.models import UserNotification
from themis.notifications import notify_user, notify_users

User = get_user_model()


@login_required
def request_list(request):
    """All requests, and the form for a new one."""
    form = RequestForm(request.POST or None, instance=Request(requester=request.user))
    if form.is_valid():
        _notify_approvers(form.save())
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
    req = _undecided(request, pk)
    req.status = "approved"
    req.save()
    _put_away_for_approvers(req)

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
    )

    messages.success(request, _("Request approved."))
    return redirect("request-list")


@require_POST
@login_required
def decline_request(request, pk):
    """Say no to a colleague."""
    req = _undecided(request, pk)
    req.status = "declined"
    req.save()
    _put_away_for_approvers(req)

    notify_user(
        user=req.requester,
        title="Request declined",
        message=f"Your request '{req.title}' has been declined.",
        level="warning",
        url=req.get_absolute_url(),
        source_app="requests",
        source_model="Request",
        source_id=str(req.pk),
    )

    messages.success(request, _("Request declined."))
    return redirect("request-list")


def _notify_approvers(req):
    """Ask everybody but the requester, since anyone else may decide."""
    notify_users(
        User.objects.filter(is_active=True).exclude(pk=req.requester_id),
        title=f"{req.requester.get_short_name() or req.requester} asks: {req.title}",
        level="warning",
        url=req.get_absolute_url(),
        source_app="requests",
        source_model="Request",
        source_id=str(req.pk),
    )


def _put_away_for_approvers(req):
    """Dismiss the question for everybody once somebody has decided."""
    UserNotification.objects.about("requests", "Request", req.pk).dismiss()


def _undecided(request, pk):
    others = Request.objects.exclude(requester=request.user)
    return get_object_or_404(others, pk=pk, status="pending")
