"""The app: its label is ``themis``, whatever the package is called."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.core import checks
from django.utils.translation import gettext_lazy as _

from themis_htmx.conf import setting


class ThemisConfig(AppConfig):
    """Registers the system checks and the profile's second name on the user model."""

    name = "themis_htmx"
    label = "themis"
    verbose_name = _("Notifications")
    default_auto_field = "django.db.models.BigAutoField"

    # Whether the user model had the name already; the check tells what to do about it.
    profile_accessor_taken = False

    def ready(self) -> None:
        """Connect what needs the loaded models."""
        from themis_htmx.checks import all_checks

        for check in all_checks:
            checks.register(check)
        self._add_profile_accessor()

    def _add_profile_accessor(self) -> None:
        name = setting("THEMIS_PROFILE_ACCESSOR")
        if not isinstance(name, str) or not name.isidentifier():
            return
        # It is our own where the apps are set up once more.
        found = getattr(get_user_model(), name, _ACCESSOR)
        self.profile_accessor_taken = found is not _ACCESSOR
        if not self.profile_accessor_taken:
            setattr(get_user_model(), name, _ACCESSOR)


class _Accessor:
    """The second name. It gives way where the project puts something of that name on a user."""

    def __get__(self, user: Any, owner: type) -> Any:
        return self if user is None else user.themis_profile


_ACCESSOR = _Accessor()
