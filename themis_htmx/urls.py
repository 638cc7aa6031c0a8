"""The URLs of the kit; include them under a path of your choice."""

from django.urls import path

from themis_htmx.views import bell, item, list, muting, preferences  # noqa: A004

app_name = "themis"

urlpatterns = [
    path("", list.inbox, name="inbox"),
    path("items/", list.inbox_items, name="inbox_items"),
    path("bell/", bell.bell, name="bell"),
    path("dropdown/", bell.dropdown, name="dropdown"),
    path("toasts/", bell.toasts, name="toasts"),
    path("read-all/", list.read_all, name="read_all"),
    path("mute/", muting.mute, name="mute"),
    path("unmute/", muting.unmute, name="unmute"),
    path("mute-urgent/", muting.mute_urgent, name="mute_urgent"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("preferences/form/", preferences.preferences_form, name="preferences_form"),
    # In a folder of its own: a worker's scope is its folder, and never the whole site.
    path("worker/alerts.js", bell.service_worker, name="service_worker"),
    # Not <int:pk>: a malformed id gets the same 404 as an unknown one, from the view.
    path("<str:pk>/read/", item.read, name="read"),
    path("<str:pk>/unread/", item.unread, name="unread"),
    path("<str:pk>/dismiss/", item.dismiss, name="dismiss"),
    path("<str:pk>/restore/", item.restore, name="restore"),
]
