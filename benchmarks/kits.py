"""The kits that are measured, and what a project has to say to have each."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kit:
    """One kit; ``benchmarks.projects`` has a module of the same name with its URLs and data."""

    name: str
    package: str
    install: tuple[str, ...]
    apps: tuple[str, ...]
    middleware: tuple[str, ...] = ()


OURS = Kit(
    name="themis",
    package="themis-htmx",
    install=("--editable", "."),
    apps=("django_htmx", "django_cotton", "themis_htmx"),
    middleware=("django_htmx.middleware.HtmxMiddleware",),
)
COMMUNITY = Kit(
    name="community",
    package="django-notifications-community",
    install=("django-notifications-community",),
    apps=("notifications",),
)
GENERIC = Kit(
    name="generic",
    package="django-generic-notifications",
    install=("django-generic-notifications",),
    apps=("generic_notifications",),
)
KITS = {kit.name: kit for kit in (OURS, COMMUNITY, GENERIC)}
