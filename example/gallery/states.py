"""Every component in every state: a table, to which a new state is one more line."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from datetime import time

from django.contrib.auth.models import AnonymousUser
from django.template.loader import render_to_string

from example.gallery import samples
from example.gallery.samples import (
    APPROVE,
    ARABIC,
    DECLINE,
    LONG_TEXT,
    LONG_WORD,
    extras,
    notification,
    yesterday,
)
from themis_htmx.models import UserProfile
from themis_htmx.polling.digest import Unread
from themis_htmx.tokens import Digest
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.page_user import page_user_of


@dataclass(frozen=True)
class State:
    """A component in a state: the template that shows it, and what that is given."""

    name: str
    label: str
    template: str
    context: Callable[[], dict] = dict
    # The unread of the bell; None where nobody is signed in.
    unread: int | None = 0

    def render(self, request):
        """Show it, for somebody whose bell is known without a query."""
        request = copy(request)
        request.user = AnonymousUser() if self.unread is None else samples.person()
        # One bell is there already, so this one has no poller.
        request._themis_bells = 1
        shown = page_user_of(request)
        shown.unread = Unread(Digest(self.unread or 0, 94, 94), 0, may_sleep=False)
        shown.profile = UserProfile()
        context = {"buttons": samples.buttons()} | self.context() | {"name": self.name}
        return render_to_string(f"gallery/states/{self.template}.html", context, request)


def items():
    """Four levels, read and unread."""
    levels = ["info", "success", "warning", "danger"]
    pairs = [(level, read) for level in levels for read in (False, True)]
    return {
        "scope": "gallery-items",
        "notifications": [
            notification(
                number,
                f"{level.capitalize()}, {'read' if read else 'unread'}",
                "The printer is on the third floor now.",
                level=level,
                read=read,
            )
            for number, (level, read) in enumerate(pairs)
        ],
    }


def one_item():
    """One, whose menu the page opens."""
    return {"scope": "gallery-menu", "notifications": samples.usual()[:1], "is_menu_open": True}


def reminders():
    """One that is back, one that was scheduled, and one that is read."""
    return {
        "scope": "gallery-back",
        "notifications": [
            samples.back(21, "Renew the certificate", "It ends on Friday.", level="warning"),
            samples.scheduled(22, "Starting soon: Release review", "Room 4, with Ana and Jun."),
            notification(20, "Report ready", level="success", read=True),
        ],
    }


def list_with_reminders():
    """Reminders on top of what is new."""
    return samples.inbox(
        samples.usual()[:2],
        back=[
            samples.back(21, "Renew the certificate", "It ends on Friday.", level="warning"),
            samples.scheduled(22, "Starting soon: Release review", "Room 4, with Ana and Jun."),
        ],
    )


def snoozed():
    """Two that wait for tomorrow."""
    waiting = [
        samples.snoozed(24, "Answer the security questionnaire", "Twelve questions.", read=True),
        samples.snoozed(23, "Renew the certificate", "It ends on Friday.", level="warning"),
    ]
    return samples.inbox(waiting, filters=SNOOZED)


def nothing_snoozed():
    """The filter without anything in it."""
    return samples.inbox([], filters=SNOOZED)


def awkward_items():
    """Words that are long, missing, or go the other way."""
    return {
        "scope": "gallery-awkward",
        "notifications": [
            notification(10, LONG_WORD, LONG_WORD * 3, level="warning"),
            notification(11, "A long message", LONG_TEXT, read=True),
            notification(12, "No message"),
            notification(13, "No url", "It leads nowhere.", url="", read=True),
            notification(14, "No source", source_app="", source_model=""),
            notification(
                15, "An icon of its source's own", "Deployed in 4 minutes.", source_model="Deploy"
            ),
            notification(16, *ARABIC, level="danger"),
            notification(17, "<b>Not bold</b> & “quoted”", "<script>alert(1)</script>"),
        ],
    }


def rich_items():
    """Images and actions: each level, what cannot be loaded, and words that are long."""
    levels = ["info", "success", "warning", "danger"]
    long = [
        {"label": "Request further information", "url": "/gallery/", "method": "post"},
        {"label": "Zurückweisen und schließen", "url": "/gallery/", "method": "post"},
    ]
    faces = ["ana", "ben", "chris", "ana"]
    return {
        "scope": "gallery-rich",
        "notifications": [
            *(
                notification(20 + number, f"A face, {level}", level=level, extras=extras(face))
                for number, (level, face) in enumerate(zip(levels, faces, strict=True))
            ),
            # A browser says nothing of an answer that is no image, as it would of a 404.
            notification(30, "A lost image", level="danger", extras={"image": "/gallery/"}),
            notification(
                31, "Long labels", LONG_TEXT, level="warning", extras=extras("ben", *long)
            ),
            notification(
                32,
                "Actions, and nothing else",
                url="",
                source_app="",
                source_model="",
                extras=extras("", APPROVE, DECLINE),
            ),
            notification(33, *ARABIC, level="danger", extras=extras("chris", APPROVE, DECLINE)),
        ],
    }


def toasts():
    """Three, one of them with a face; its actions are for the panel and the list."""
    return {"notifications": [*samples.usual()[:2], samples.rich()[0]]}


def days():
    """Two days, and more."""
    before = [
        notification(90, "Report ready", level="success", read=True, at=yesterday(16, 20)),
        notification(89, "Team renamed", read=True, at=yesterday(9, 2)),
    ]
    return samples.inbox([*samples.usual()[:2], *before], older=89)


def error():
    """A form that came back."""
    data = {
        "notifications_min_level": "loud",
        "notification_retention_days": "0",
        "quiet_from": "25:00",
        "quiet_to": "07:00",
        "time_zone": "Europe/Nowhere",
    }
    return samples.preferences("error", data=data)


SOURCES = [
    samples.chosen("events"),
    samples.chosen("reports", bell=False),
    samples.chosen("requests", desktop=False, email=False),
    samples.chosen("tasks", bell=False, including_urgent=True),
]


def awkward_sources():
    """A name that is long, one that goes the other way, and one that has to come."""
    sources = [
        samples.chosen(LONG_WORD.lower()),
        samples.chosen(ARABIC[0], desktop=False),
        samples.chosen("security", desktop=False),
    ]
    shown = samples.preferences("awkward", columns=["email"], sources=sources)
    *others, last = shown["preferences"]["sources"]
    shown["preferences"]["sources"] = [*others, samples.required(last, "bell", "email")]
    return shown


def changed():
    """Nothing as it is by default."""
    return samples.preferences(
        "changed",
        saved=True,
        notifications_enabled=False,
        notifications_min_level="danger",
        browser_notifications_enabled=True,
        browser_notifications_full_text=True,
        notification_retention_days=7,
        quiet_from=time(22),
        quiet_to=time(7),
        time_zone="Europe/Berlin",
        quiet_lets_urgent_through=False,
        sources=SOURCES,
    )


def rich_panel():
    """Faces and actions among the usual."""
    return samples.panel("rich", [*samples.rich(), *samples.usual()[2:]], unread="5")


UNREAD, SNOOZED = Filters(state="unread"), Filters(state="snoozed")

STATES = [
    State("bell-0", "Bell, nothing unread", "bell"),
    State("bell-3", "Bell, 3 unread", "bell", unread=3),
    State("bell-99", "Bell, over 99 unread", "bell", unread=100),
    State("bell-nobody", "Bell, nobody signed in", "bell", unread=None),
    State("panel", "Panel", "panel", lambda: samples.panel("panel", samples.usual())),
    State(
        "panel-new",
        "Panel, 2 more have arrived",
        "panel",
        lambda: samples.panel("new", samples.usual()) | {"new_text": "2 new notifications"},
    ),
    State(
        "panel-read",
        "Panel, all read",
        "panel",
        lambda: samples.panel("read", samples.usual(read=True), unread="0"),
    ),
    State(
        "panel-unread",
        "Panel, unread only",
        "panel",
        lambda: samples.panel("unread", samples.usual()[:1], unread="1", filters=UNREAD),
    ),
    State("panel-empty", "Panel, empty", "panel", lambda: samples.panel("empty", [], unread="0")),
    State(
        "panel-off",
        "Panel, notifications off",
        "panel",
        lambda: samples.panel("off", [], unread="0", enabled=False),
    ),
    State("panel-loading", "Panel, loading", "loading", unread=3),
    State(
        "panel-broken",
        "Panel, could not be loaded",
        "load_error",
        lambda: {"kind": "broken"},
    ),
    State("panel-offline", "Panel, offline", "load_error", lambda: {"kind": "offline"}),
    State("items", "Items, four levels", "items", items),
    State("item-menu", "Item, its menu open", "items", one_item),
    State("items-back", "Items, a reminder on top", "items", reminders),
    State("items-awkward", "Items, awkward words", "items", awkward_items),
    State("panel-rich", "Panel, faces and actions", "panel", rich_panel),
    State("items-rich", "Items, images and actions", "items", rich_items),
    State("notice-dismissed", "Notice, dismissed", "notice", lambda: {"notice": {"dismissed": 94}}),
    State("notice-read", "Notice, read", "notice", lambda: {"notice": {"read": 4, "undo": "x"}}),
    State("notice-snoozed", "Notice, snoozed", "notice", lambda: {"notice": samples.snooze()}),
    State("notice-muted", "Notice, muted", "notice", lambda: {"notice": {"muted": "tasks"}}),
    State("notice-failed", "Notice, a click that failed", "failed"),
    State("toasts", "Toasts", "toasts", toasts),
    State("list", "List", "list", days),
    State("list-back", "List, reminders on top", "list", list_with_reminders),
    State("list-snoozed", "List, snoozed", "list", snoozed),
    State("list-snoozed-none", "List, nothing snoozed", "list", nothing_snoozed),
    State("list-empty", "List, empty", "list", lambda: samples.inbox([], unread="0")),
    State(
        "list-filtered",
        "List, nothing that matches",
        "list",
        lambda: samples.inbox([], filters=Filters(level="danger", source="tasks")),
    ),
    State(
        "list-so-far",
        "List, nothing that matches so far",
        "list",
        lambda: samples.inbox([], filters=Filters(level="danger"), older=40),
    ),
    State("list-off", "List, off", "list", lambda: samples.inbox([], unread="0", enabled=False)),
    State(
        "preferences",
        "Preferences, as they are by default",
        "preferences",
        lambda: samples.preferences("default", sources=SOURCES[:1]),
    ),
    State("preferences-changed", "Preferences, changed and saved", "preferences", changed),
    State(
        "preferences-sources",
        "Preferences, sources with e-mail",
        "preferences",
        lambda: samples.preferences("sources", columns=["email"], sources=SOURCES),
    ),
    State("preferences-awkward", "Preferences, awkward sources", "preferences", awkward_sources),
    State("preferences-error", "Preferences, with an error", "preferences", error),
]
