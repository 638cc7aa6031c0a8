"""A host page, to see a bell in."""

from django.shortcuts import render


def page(request):
    return render(request, "page.html")
