"""The views of an item: read, unread, dismiss and restore one notification."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.decorators.http import require_POST

from themis_htmx.http.access import fragment
from themis_htmx.http.parameters import whole
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import NotificationQuerySet
from themis_htmx.views.answers import item_answer, notice_answer


@fragment
@require_POST
def read(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Mark a notification read."""
    rows = _find(request, pk)
    rows.mark_read()
    return item_answer(request, rows)


@fragment
@require_POST
def unread(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Mark a notification unread."""
    rows = _find(request, pk)
    rows.mark_unread()
    return item_answer(request, rows)


@fragment
@require_POST
def dismiss(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Remove a notification from the list, with a notice that offers to restore it."""
    _find(request, pk).dismiss()
    return notice_answer(request, dismissed=pk)


@fragment
@require_POST
def restore(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Put a dismissed notification back into the list."""
    _find(request, pk).restore()
    return notice_answer(request, restored=pk)


def _find(request: HttpRequest, pk: str) -> NotificationQuerySet:
    """Return a queryset of exactly this notification of the user, or answer 404.

    The answer is the same for another user's, an unknown, an expired and a malformed id, so that
    it tells nothing about other users.
    """
    mine = UserNotification.objects.for_user(request.user).unexpired()
    key = whole(pk)
    if key is None or not (rows := mine.filter(pk=key)).exists():
        raise Http404("There is no such notification.")
    return rows
