from django.contrib import admin
from django.http import HttpResponse
from django.urls import include, path

from tests.helpers.pages import page
from themis_htmx.models import UserNotification


def approve(request, pk):
    """A view of the project, to which an action posts: nobody has to decide any more."""
    UserNotification.objects.about("requests", "Request", pk).dismiss()
    return HttpResponse(status=204)


urlpatterns = [
    path("approve/<int:pk>/", approve),
    path("admin/", admin.site.urls),
    path("notifications/", include("themis_htmx.urls")),
    path("page/", page),
]
