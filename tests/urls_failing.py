"""A view and a middleware that fail."""

from django.http import Http404
from django.urls import path

from tests.urls import urlpatterns as ordinary


def fails(request):
    raise ZeroDivisionError("On purpose")


def not_found(get_response):
    def middleware(request):
        raise Http404

    return middleware


urlpatterns = [path("fails/", fails), *ordinary]
