"""The plain list: the newest twenty rows of who is signed in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from benchmarks.plain.models import Plain

PAGE_SIZE = 20


@login_required
def newest(request: HttpRequest) -> HttpResponse:
    """Show them, each with a form."""
    rows = Plain.objects.filter(user=request.user).order_by("-created_at")[:PAGE_SIZE]
    return render(request, "plain/list.html", {"rows": rows})


PATH = "/plain/"
urlpatterns = [path("plain/", newest)]
