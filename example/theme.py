"""Shows django-tailwind the kit's Tailwind source."""

from pathlib import Path

from django.apps import AppConfig


class ThemeConfig(AppConfig):
    """An app without models, templates or commands: only a place for ``static_src/``."""

    name = "example.theme"
    # django-tailwind looks for static_src/ in an app's path, and the kit's is at the top.
    path = str(Path(__file__).resolve().parent.parent)
