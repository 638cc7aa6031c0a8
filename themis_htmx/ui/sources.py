"""The sources: their names for people, their icons, and the ones a user heard from lately."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps

from themis_htmx.conf import setting
from themis_htmx.models import UserNotification


def source_name(source_app: str) -> str:
    """Return the project's name for ``source_app``, or the app's own, or the label in words."""
    named = _configured(source_app).get("name")
    if named is not None:
        return str(named)
    if source_app in apps.app_configs:
        return str(apps.get_app_config(source_app).verbose_name)
    return source_app.replace("_", " ").capitalize()


def source_label(source_app: str) -> str:
    """Return the name of ``source_app``, or the label itself if the project left it nameless."""
    return source_name(source_app) or source_app


def source_icon(source_app: str) -> str:
    """Return the static file of the project's icon for ``source_app``, or ``""``."""
    return str(_configured(source_app).get("icon") or "")


def recent_sources(user: Any) -> list[str]:
    """Return the source apps of the newest notifications that ``user`` can see."""
    return UserNotification.objects.for_user(user).visible().recent_sources()


def _configured(source_app: str) -> Mapping[str, Any]:
    """Return the entry in THEMIS_SOURCES, in which a name alone is short for a dictionary."""
    entry = setting("THEMIS_SOURCES").get(source_app)
    return entry if isinstance(entry, Mapping) else {"name": entry}
