"""What a source is called when people read it."""

from django.apps import apps

from themis_htmx.conf import setting


def source_name(source_app: str) -> str:
    """Return the project's name for ``source_app``, or the app's own, or the label in words."""
    named = setting("THEMIS_SOURCES").get(source_app)
    if named is not None:
        return str(named)
    if source_app in apps.app_configs:
        return str(apps.get_app_config(source_app).verbose_name)
    return source_app.replace("_", " ").capitalize()
