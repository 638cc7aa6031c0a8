"""What a source is called when people read it, and the picture that stands for it."""

from collections.abc import Mapping
from typing import Any

from django.apps import apps

from themis_htmx.conf import setting


def source_name(source_app: str) -> str:
    """Return the project's name for ``source_app``, or the app's own, or the label in words."""
    named = _told(source_app).get("name")
    if named is not None:
        return str(named)
    if source_app in apps.app_configs:
        return str(apps.get_app_config(source_app).verbose_name)
    return source_app.replace("_", " ").capitalize()


def source_label(source_app: str) -> str:
    """Return what ``source_app`` is called where it cannot go without a name."""
    return source_name(source_app) or source_app


def source_icon(source_app: str) -> str:
    """Return the static file of the project's icon for ``source_app``, or nothing."""
    return str(_told(source_app).get("icon") or "")


def _told(source_app: str) -> Mapping[str, Any]:
    """What THEMIS_SOURCES says, where a name alone is short for a dictionary with a name."""
    told = setting("THEMIS_SOURCES").get(source_app)
    return told if isinstance(told, Mapping) else {"name": told}
