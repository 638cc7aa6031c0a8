"""The Django app of the way over, labelled ``themis_importing``."""

from django.apps import AppConfig


class ImportingConfig(AppConfig):
    """The app configuration: what was imported is in no toast, alert, e-mail or push.

    And a user can be deleted, although the tables of an old app have rows of theirs.
    """

    name = "themis_htmx.importing"
    label = "themis_importing"
    verbose_name = "Import of notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what was imported as silent, and listen for users who are deleted."""
        from themis_htmx.importing.leavers import listen
        from themis_htmx.importing.models import imported_ids, imported_q
        from themis_htmx.models import silent

        silent.register(imported_q, imported_ids)
        listen()
