"""The URLs of the kit; include them under a path of your choice."""

from django.apps import apps
from django.urls import include, path

from themis_htmx.views import bell, item, list, muting, preferences  # noqa: A004

app_name = "themis"

# The apps of further channels, each with URLs of its own in this namespace.
OUTLETS = {"mail/": "themis_htmx.mail", "push/": "themis_htmx.webpush"}

urlpatterns = [
    *(path(at, include(f"{app}.urls")) for at, app in OUTLETS.items() if apps.is_installed(app)),
    path("", list.inbox, name="inbox"),
    path("items/", list.inbox_items, name="inbox_items"),
    path("bell/", bell.bell, name="bell"),
    path("stream/", bell.stream, name="stream"),
    path("dropdown/", bell.dropdown, name="dropdown"),
    path("toasts/", bell.toasts, name="toasts"),
    path("read-all/", list.read_all, name="read_all"),
    path("mute/", muting.mute, name="mute"),
    path("unmute/", muting.unmute, name="unmute"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/form/", preferences.preferences_form, name="preferences_form"),
    path("preferences/source/", preferences.preferences_source, name="preferences_source"),
    # In a folder of its own: a worker's scope is its folder, and never the whole site.
    path("worker/alerts.js", bell.service_worker, name="service_worker"),
    # Not <int:pk>: a malformed id gets the same 404 as an unknown one, from the view.
    path("<str:pk>/read/", item.read, name="read"),
    path("<str:pk>/unread/", item.unread, name="unread"),
    path("<str:pk>/dismiss/", item.dismiss, name="dismiss"),
    path("<str:pk>/restore/", item.restore, name="restore"),
    path("<str:pk>/snooze/", item.snooze, name="snooze"),
    path("<str:pk>/wake/", item.wake, name="wake"),
]
