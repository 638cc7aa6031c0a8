"""The Django app of e-mail, labelled ``themis_mail``: it registers the checks and the outlet."""

from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class MailConfig(AppConfig):
    """The app configuration: registers the checks, and the outlet that the core tells of news."""

    name = "themis_htmx.mail"
    label = "themis_mail"
    verbose_name = _("E-mail about notifications")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks and the outlet, and follow a user's time zone."""
        from themis_htmx import outlets
        from themis_htmx.mail import zones
        from themis_htmx.mail.checks import check_last_run, check_mail
        from themis_htmx.mail.outlet import MailOutlet

        checks.register(check_mail)
        checks.register(check_last_run, checks.Tags.database)
        outlets.register(MailOutlet())
        zones.connect()
