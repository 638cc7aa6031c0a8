"""The view that everything is compared with: a person is signed in, and that is all."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path


@login_required
def empty(request: HttpRequest) -> HttpResponse:
    """Answer nothing to somebody who is signed in."""
    return HttpResponse(status=204)


PATH = "/empty/"
urlpatterns = [path("empty/", empty)]
