"""The four kinds of pages, and what a gallery page is asked to look like."""

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse

PAGES = {"home": "Page", "list": "List", "preferences": "Preferences", "states": "States"}


@dataclass(frozen=True)
class Host:
    """A kind of page that the kit may stand on; its themes beside light and dark."""

    name: str
    label: str
    themes: tuple[str, ...] = ()

    @property
    def base(self):
        """The template that its pages extend."""
        return f"gallery/hosts/{self.name}.html"

    @property
    def home(self):
        """The template of a page as one meets it there."""
        return f"gallery/hosts/{self.name}_home.html"

    def look(self, query):
        """The scheme and the theme that a query asks for, of those that there are."""
        scheme = query.get("scheme") if query.get("scheme") in {"light", "dark"} else ""
        theme = query.get("theme") if query.get("theme") in self.themes else scheme
        return {"scheme": scheme, "theme": theme}

    def links(self, current, query):
        """The links between its pages, which keep what the query asks for."""
        said = f"?{query.urlencode()}" if query else ""
        return [
            {
                "url": reverse(f"gallery-{name}", args=[self.name]) + said,
                "label": label,
                "current": name == current,
            }
            for name, label in PAGES.items()
        ]


HOSTS = {
    host.name: host
    for host in [
        Host("bare", "Bare HTML"),
        Host("bootstrap", "Bootstrap 5.3"),
        Host("daisyui", "Tailwind 4 and daisyUI 5", ("cupcake", "synthwave")),
        Host("admin", "The Django admin"),
    ]
}


def find_host(name):
    """The host of that name."""
    if name not in HOSTS:
        raise Http404(f"There is no host {name!r}; there are {', '.join(HOSTS)}.")
    return HOSTS[name]
