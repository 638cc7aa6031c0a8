"""The hosts, which are kinds of pages, and what a gallery page is asked to look like."""

from dataclasses import dataclass

from django.http import Http404
from django.urls import reverse
from django.utils.translation import get_language_bidi

PAGES = {"home": "Page", "list": "List", "preferences": "Preferences", "states": "States"}


@dataclass(frozen=True)
class Host:
    """A kind of page that the kit may stand on. Its template is gallery/hosts/<name>.html."""

    name: str
    title: str
    # A file of the gallery's static files; "{rtl}" becomes ".rtl" on a page from right to left.
    stylesheet: str = ""
    has_dark: bool = True
    has_rtl: bool = True
    # Themes beside light and dark.
    themes: tuple[str, ...] = ()

    @property
    def base(self):
        """The template that its pages extend."""
        return f"gallery/hosts/{self.name}.html"

    @property
    def schemes(self):
        """The schemes that it has."""
        return ["light", "dark"] if self.has_dark else ["light"]

    @property
    def looks(self):
        """Every look that it has: a name, and the query that asks for it."""
        schemes = [(scheme, f"?scheme={scheme}") for scheme in self.schemes]
        themes = [(theme, f"?theme={theme}") for theme in self.themes]
        return [*schemes, *([("right to left", "?lang=ar")] if self.has_rtl else []), *themes]

    def look(self, query):
        """The stylesheet, the scheme and the theme that a query asks for, of those there are."""
        scheme = query.get("scheme") if query.get("scheme") in self.schemes else ""
        theme = query.get("theme") if query.get("theme") in self.themes else scheme
        file = self.stylesheet.format(rtl=".rtl" if get_language_bidi() else "")
        return {"scheme": scheme, "theme": theme, "stylesheet": file and f"gallery/{file}"}

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


# A new host is a row here and a template. Where a stylesheet comes from, hosts/build.js says.
HOSTS = {
    host.name: host
    for host in [
        Host("bare", "Bare HTML"),
        Host("small_root", "Bare HTML, whose root is of 62.5 %", "small_root.css"),
        Host("bootstrap", "Bootstrap 5.3", "bootstrap{rtl}.css"),
        Host("bootstrap5", "Bootstrap 5.3, dark navbar", "bootstrap{rtl}.css"),
        Host(
            "bootstrap4",
            "Bootstrap 4, dark navbar",
            "bootstrap4.css",
            has_dark=False,
            has_rtl=False,
        ),
        Host(
            "bootstrap3",
            "Bootstrap 3, dark navbar",
            "bootstrap3.css",
            has_dark=False,
            has_rtl=False,
        ),
        Host("bulma", "Bulma 1", "bulma.css"),
        Host("pico", "Pico 2, classless", "pico.css"),
        Host("tailwind", "Tailwind 4, dark by class", "tailwind.css"),
        Host(
            "daisyui",
            "Tailwind 4 and daisyUI 5",
            "daisyui.css",
            themes=("cupcake", "synthwave"),
        ),
        Host("admin", "The Django admin"),
    ]
}


def find_host(name):
    """The host of that name."""
    if name not in HOSTS:
        raise Http404(f"There is no host {name!r}; there are {', '.join(HOSTS)}.")
    return HOSTS[name]
