"""The Django app, labelled ``themis_webpush``: it registers checks, and Web Push as an outlet."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class WebPushConfig(AppConfig):
    """The app configuration."""

    name = "themis_htmx.webpush"
    label = "themis_webpush"
    verbose_name = _("Web Push")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks, the outlet, and the receiver of sign-outs."""
        from themis_htmx import outlets
        from themis_htmx.webpush import sign_out
        from themis_htmx.webpush.checks import check_webpush
        from themis_htmx.webpush.outlet import WebPushOutlet

        checks.register(check_webpush)
        outlets.register(WebPushOutlet())
        sign_out.connect()
