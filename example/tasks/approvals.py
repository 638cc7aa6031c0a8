"""The question to everybody who may decide about a request, with the answers as buttons."""

from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils.translation import gettext as _

from example.tasks.faces import face
from themis.models import UserNotification
from themis.notifications import notify_users


def notify_approvers(req):
    """Ask everybody but the requester, since anyone else may decide."""
    requester = req.requester
    approve, decline = (
        reverse(f"request-{verb}", args=[req.pk]) for verb in ("approve", "decline")
    )
    notify_users(
        get_user_model().objects.filter(is_active=True).exclude(pk=requester.pk),
        title=f"{requester.get_short_name() or requester} asks: {req.title}",
        level="warning",
        url=req.get_absolute_url(),
        source_app="requests",
        source_model="Request",
        source_id=str(req.pk),
        image=face(requester.username),
        actions=[
            {"label": _("Approve"), "url": approve, "method": "post"},
            {"label": _("Decline"), "url": decline, "method": "post"},
        ],
    )


def put_away_for_approvers(req):
    """Dismiss the question for everybody once somebody has decided."""
    UserNotification.objects.about("requests", "Request", req.pk).dismiss()
