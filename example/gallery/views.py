"""The pages of the gallery. ``?scheme=``, ``?theme=`` and ``?lang=`` choose how they look."""

from contextlib import nullcontext

from django.conf import settings
from django.contrib import admin
from django.http import Http404
from django.shortcuts import render
from django.utils.translation import override
from django.views.decorators.http import require_safe

from example.gallery.pages import HOSTS, PAGES, find_host
from example.gallery.states import STATES

# The list and the preferences are the kit's own pages, in the frame of the host.
TEMPLATES = {
    "home": "gallery/home.html",
    "list": "themis/inbox.html",
    "preferences": "themis/preferences.html",
}


@require_safe
def index(request):
    """Say what there is to see."""
    context = {"hosts": HOSTS.values(), "pages": PAGES, "states": STATES}
    return render(request, "gallery/index.html", context)


@require_safe
def page(request, host, name):
    """A page of the host's with a real bell, for who is signed in."""
    host = find_host(host)
    with _language(request):
        return render(request, TEMPLATES[name], _surroundings(request, host, name))


@require_safe
def states(request, host, only=""):
    """Every component in every state, or one of them, without a script: a still picture."""
    host = find_host(host)
    chosen = [state for state in STATES if only in {"", state.name}]
    if not chosen:
        raise Http404(f"There is no state {only!r}.")
    with _language(request):
        # The page brings the icons once, for all states.
        request._themis_icons = True
        context = _surroundings(request, host, "states") | {
            "still": True,
            "states": [(state, state.render(request)) for state in chosen],
        }
        return render(request, "gallery/states.html", context)


def _language(request):
    """Speak what ``?lang=`` names, where that is one of the site's languages."""
    asked = request.GET.get("lang")
    return override(asked) if asked in dict(settings.LANGUAGES) else nullcontext()


def _surroundings(request, host, name):
    context = admin.site.each_context(request) if host.name == "admin" else {}
    return (
        context
        | host.look(request.GET)
        | {
            "host": host,
            "base": host.base,
            "title": f"{PAGES[name]} · {host.title}",
            "links": host.links(name, request.GET),
            "has_permission": request.user.is_authenticated,
        }
    )
