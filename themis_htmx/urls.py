"""The URLs of the kit; include them under a path of your choice."""

from django.urls import path

from themis_htmx.views import main, muting

app_name = "themis"

urlpatterns = [
    path("", main.inbox, name="inbox"),
    path("items/", main.inbox_items, name="inbox_items"),
    path("bell/", main.bell, name="bell"),
    path("dropdown/", main.dropdown, name="dropdown"),
    path("toasts/", main.toasts, name="toasts"),
    path("read-all/", main.read_all, name="read_all"),
    path("mute/", muting.mute, name="mute"),
    path("unmute/", muting.unmute, name="unmute"),
    path("mute-urgent/", muting.mute_urgent, name="mute_urgent"),
    path("preferences/", main.preferences, name="preferences"),
    path("preferences/form/", main.preferences_form, name="preferences_form"),
    # In a folder of its own: a worker's scope is its folder, and never the whole site.
    path("worker/alerts.js", main.service_worker, name="service_worker"),
    # Not <int:pk>: a malformed id gets the same 404 as an unknown one, from the view.
    path("<str:pk>/read/", main.read, name="read"),
    path("<str:pk>/unread/", main.unread, name="unread"),
    path("<str:pk>/dismiss/", main.dismiss, name="dismiss"),
    path("<str:pk>/restore/", main.restore, name="restore"),
]
