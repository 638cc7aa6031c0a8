"""Notifications, people and lists that are in no database."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import get_language_bidi

from themis.models import UserNotification, UserProfile
from themis_htmx.forms import PreferencesForm
from themis_htmx.http.parameters import INBOX_SCOPE
from themis_htmx.models import MutedSource
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.list import by_day
from themis_htmx.ui.times import date_and_time

LONG_WORD = "Supercalifragilisticexpialidocious" * 2
LONG_TEXT = "The account will run dry in about three days at the present rate. " * 6
ARABIC = "متأخرة: نشر الإصدار ٢", "كان موعد المهمة ٢١ نوفمبر. ينتظرها شخصان."


def person():
    """Somebody, for what asks who is signed in."""
    return get_user_model()(pk=1, username="sample", first_name="Ana")


def notification(pk, title, message="", *, minutes=4, read=False, at=None, **fields):
    """A notification as it looks ``minutes`` after it was written, whenever that is looked at."""
    created_at = at or timezone.now() - timedelta(minutes=minutes, seconds=1)
    defaults = {"url": "/gallery/", "source_app": "tasks", "source_model": "Task"}
    return UserNotification(
        pk=pk,
        title=title,
        message=message,
        created_at=created_at,
        read_at=created_at if read else None,
        **(defaults | fields),
    )


def usual(*, read=False):
    """Some of everything, newest first."""
    overdue = ARABIC if get_language_bidi() else ("Overdue: Deploy v2", "Two people wait for it.")
    return [
        notification(94, *overdue, level="danger", read=read),
        notification(
            93,
            "Request approved",
            "Your request “Second monitor” has been approved.",
            level="success",
            minutes=61,
            read=True,
            source_app="requests",
        ),
        notification(
            92,
            "Starting soon: Release review",
            "Room 4, with Ana and Jun.",
            level="warning",
            minutes=181,
            read=read,
            source_app="events",
        ),
        notification(91, "Task assigned: Write the guide", minutes=24 * 60, read=True),
    ]


def yesterday(hour, minute):
    """Yesterday at that time, which the list shows as such."""
    day = timezone.localtime() - timedelta(days=1)
    return day.replace(hour=hour, minute=minute, second=0)


def panel(name, notifications, *, unread="2", filters=None, enabled=True):
    """What the panel's component is given."""
    shown = {
        "notifications": notifications,
        "filters": filters or Filters(),
        "scope": f"gallery-{name}",
        "unread": unread,
        "up_to": 94,
        "newest": 94,
        "profile": UserProfile(user=person(), notifications_enabled=enabled),
    }
    return {"panel": shown}


def inbox(notifications, *, unread="2", filters=None, enabled=True, older=None):
    """What the list's component is given."""
    filters = filters or Filters()
    shown = {
        "days": by_day(notifications),
        "last_day": "",
        "older": older,
        "reached": date_and_time(timezone.now() - timedelta(days=9)),
        "up_to": 94,
        "newest": 94,
        "filters": filters,
        "scope": INBOX_SCOPE,
        "unread": unread,
        "chips": filters.chips([("Requests", "requests"), ("Tasks", "tasks")]),
        "level_chips": filters.level_chips(),
        "profile": UserProfile(user=person(), notifications_enabled=enabled),
    }
    return {"list": shown}


def preferences(name, *, data=None, saved=False, muted=False, **choices):
    """What the preferences' component is given."""
    profile = UserProfile(user=person(), **choices)
    form = PreferencesForm(data, instance=profile, auto_id=f"gallery-{name}-%s")
    muting = {"muted": _two_muted() if muted else [], "others": [("Events", "events")]}
    return {"preferences": {"form": form, "next": "/gallery/", "saved": saved, "muting": muting}}


def _two_muted():
    sources = [("Requests", "requests", True), ("Tasks", "tasks", False)]
    return [
        (name, pk, MutedSource(pk=pk, source_app=source, including_urgent=urgent))
        for pk, (name, source, urgent) in enumerate(sources)
    ]
