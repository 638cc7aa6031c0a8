"""The views of an item: read, unread, dismiss, restore, snooze or wake one notification."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_POST

from themis_htmx.http.access import fragment
from themis_htmx.http.parameters import whole
from themis_htmx.http.undo import Snooze, read_snooze, sign_snooze
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import NotificationQuerySet
from themis_htmx.ui.notice import snooze_notice
from themis_htmx.ui.reminders import chosen_instant
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
    if _find(request, pk).dismiss():
        return notice_answer(request, dismissed=pk)
    # It had been put away before, perhaps in favour of a newer one: there is nothing to undo.
    return notice_answer(request, said={}, dismissed=pk, read=0)


@fragment
@require_POST
def restore(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Put a dismissed notification back into the list."""
    _find(request, pk).restore()
    return notice_answer(request, restored=pk)


@fragment
@require_POST
def snooze(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Put a notification off until the choice ``until``; with ``undo``, undo that or a wake.

    The choice is in the query string.
    """
    rows = _find(request, pk)
    if "undo" in request.POST:
        before = _snooze(request, pk)
        rows.undo_snooze(before.until, visible_from=before.visible_from, read_at=before.read_at)
        return notice_answer(request, restored=pk)
    choice = request.GET.get("until", "")
    until = chosen_instant(choice)
    if until is None:
        raise BadRequest(f"until: {choice[:80]!r} is none of the choices.")
    before = _before(rows, until)
    if not rows.snooze(until):
        raise BadRequest("until: the notification is dismissed, or it expires before that.")
    return _snooze_answer(request, "snoozed", before)


@fragment
@require_POST
def wake(request: HttpRequest, pk: str) -> HttpResponseBase:
    """Show a snoozed notification now, with a notice that offers to put it off again."""
    rows, now = _find(request, pk), timezone.now()
    before = _before(rows, now)
    rows.wake(now)
    return _snooze_answer(request, "woken", before)


def _before(rows: NotificationQuerySet, until: datetime) -> Snooze:
    """Return the state of the one notification in ``rows``, before it is changed."""
    pk, visible_from, read_at = rows.values_list("pk", "visible_from", "read_at").get()
    return Snooze(pk, until, visible_from, read_at)


def _snooze(request: HttpRequest, pk: str) -> Snooze:
    snooze = read_snooze(request.user, request.POST["undo"])
    if snooze is None or snooze.pk != whole(pk):
        raise BadRequest("undo: this can no longer be taken back.")
    return snooze


def _snooze_answer(request: HttpRequest, name: str, before: Snooze) -> HttpResponseBase:
    signed = sign_snooze(request.user, before)
    done = snooze_notice(name, before, signed)
    return notice_answer(request, said={name: signed}, **done)


def _find(request: HttpRequest, pk: str) -> NotificationQuerySet:
    """Return a queryset of exactly this notification of the user, or answer 404.

    The answer is the same for another user's, an unknown, an expired and a malformed id, so that
    it tells nothing about other users, and for one that is scheduled and was never seen.
    """
    mine = UserNotification.objects.for_user(request.user).known()
    key = whole(pk)
    if key is None or not (rows := mine.filter(pk=key)).exists():
        raise Http404("There is no such notification.")
    return rows
