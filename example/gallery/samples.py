"""Notifications, people and lists that are in no database."""

from dataclasses import replace
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import get_language_bidi
from django.utils.translation import gettext as _

from themis.models import UserNotification, UserProfile
from themis_htmx.forms import PreferencesForm
from themis_htmx.http.parameters import INBOX_SCOPE
from themis_htmx.models import SourcePreference
from themis_htmx.policies import Channel
from themis_htmx.ui.buttons import ButtonCache
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.list import by_day, heading_dates, in_one
from themis_htmx.ui.reminders import Reminder
from themis_htmx.ui.source_table import column_labels, row_of
from themis_htmx.ui.times import date_and_time, local

LONG_WORD = "Supercalifragilisticexpialidocious" * 2
LONG_TEXT = "The account will run dry in about three days at the present rate. " * 6
FACE = "/static/taskboard/faces/{}.svg"
APPROVE = {"label": "Approve", "url": "/gallery/", "method": "post"}
DECLINE = {"label": "Decline", "url": "/gallery/", "method": "post"}
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


def extras(face="", *actions):
    """The image and the actions of a notification, as their column holds them."""
    image = {"image": FACE.format(face)} if face else {}
    return image | ({"actions": list(actions)} if actions else {})


def rich():
    """Notifications with a face, with actions, and with both and a level."""
    asks = ("Ana asks: Second monitor", "For the desk at the window.")
    view = {"label": "View", "url": "/gallery/"}
    if get_language_bidi():
        asks = ("تطلب آنا شاشة ثانية", "للمكتب قرب النافذة.")
    return [
        notification(
            98,
            *asks,
            level="warning",
            source_app="requests",
            extras=extras("ana", APPROVE, DECLINE),
        ),
        notification(
            97,
            "Ben commented on Deploy v2",
            "Looks good to me. One question about the last paragraph.",
            minutes=12,
            extras=extras("ben"),
            others=3,
        ),
        notification(
            96,
            "Chris finished: Write the guide",
            level="success",
            minutes=47,
            read=True,
            extras=extras("chris", view),
        ),
        notification(
            95,
            "The report is ready",
            "Your quarterly report is ready to download.",
            level="success",
            minutes=61,
            source_app="reports",
            extras=extras("", view),
        ),
    ]


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


def back(pk, title, message="", **fields):
    """One that was put off two days ago, and came back a moment ago."""
    at = timezone.now() - timedelta(minutes=2, seconds=1)
    return notification(pk, title, message, minutes=2 * 24 * 60, visible_from=at, **fields)


def scheduled(pk, title, message="", **fields):
    """One that was written long ago, and is seen since a moment ago."""
    at = timezone.now() - timedelta(minutes=3, seconds=1)
    return notification(pk, title, message, at=at, visible_from=at, **fields)


def snoozed(pk, title, message="", **fields):
    """One that waits for tomorrow morning."""
    return notification(pk, title, message, visible_from=tomorrow(9), **fields)


def snooze():
    """The notice of one that was put off until tomorrow."""
    return {"snoozed": 94, "until": tomorrow(9), "undo": "x"}


def buttons():
    """Buttons whose menu has every reminder, whatever the hour."""
    choices = [("In one hour", 13), ("This evening", 18), ("Tomorrow morning", 33)]
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return ButtonCache(
        [
            *(
                Reminder.of("", _(label), today + timedelta(hours=hours))
                for label, hours in choices
            ),
            Reminder.of("", _("Next Monday"), today + timedelta(days=7, hours=9)),
        ]
    )


def tomorrow(hour):
    """Tomorrow at that hour."""
    day = timezone.localtime() + timedelta(days=1)
    return day.replace(hour=hour, minute=0, second=0, microsecond=0)


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
        "at": 0,
        "profile": UserProfile(user=person(), notifications_enabled=enabled),
    }
    return {"panel": shown}


def inbox(notifications, *, unread="2", filters=None, enabled=True, older=None, back=()):
    """What the list's component is given."""
    filters = filters or Filters()
    shown = {
        "back": back,
        "without": "",
        "at": 0,
        "days": in_one(notifications)
        if filters.is_snoozed
        else by_day(notifications, heading_dates(notifications)),
        "last_day": "",
        "older": older,
        "reached": date_and_time(local(timezone.now() - timedelta(days=9))),
        "up_to": 94,
        "newest": 94,
        "filters": filters,
        "scope": INBOX_SCOPE,
        "unread": unread,
        "chips": filters.chips(
            [("Requests", "requests"), ("Tasks", "tasks")], has_snoozed=filters.is_snoozed
        ),
        "level_chips": filters.level_chips(),
        "profile": UserProfile(user=person(), notifications_enabled=enabled),
    }
    return {"list": shown}


def preferences(name, *, data=None, saved=False, sources=(), columns=(), **choices):
    """What the preferences' component is given."""
    profile = UserProfile(user=person(), **choices)
    form = PreferencesForm(data, instance=profile, auto_id=f"gallery-{name}-%s")
    shown = [*(Channel(channel) for channel in ("bell", "desktop", *columns))]
    return {
        "preferences": {
            "form": form,
            "next": "/gallery/",
            "saved": saved,
            "changed": False,
            "has_email": Channel.EMAIL in shown,
            "columns": column_labels(shown),
            "sources": [row_of(each, shown) for each in sources],
            "sections": [],
        }
    }


def chosen(source_app, **choices):
    """What somebody has chosen for a source."""
    return SourcePreference(source_app=source_app, **choices)


def required(row, *names):
    """The row of a source that has to come in these channels."""
    always = {"is_on": True, "is_disabled": True, "is_required": True}
    cells = [replace(cell, **always) if cell.name in names else cell for cell in row.cells]
    return replace(row, cells=cells)
