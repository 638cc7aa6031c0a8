"""The Django app, labelled ``themis``: it registers the checks, and adds the profile to users."""

from typing import Any

from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.core import checks
from django.utils.translation import gettext_lazy as _

from themis_htmx.conf import setting


class ThemisConfig(AppConfig):
    """The app configuration: registers the checks, and the profile's second name on users."""

    name = "themis_htmx"
    label = "themis"
    verbose_name = _("Notifications")
    default_auto_field = "django.db.models.BigAutoField"

    # True if the user model already has an attribute of the name in THEMIS_PROFILE_ACCESSOR, which
    # is then not set; check W002 says so.
    profile_accessor_taken = False

    def ready(self) -> None:
        """Register the checks and receivers, and add the second name to the user model."""
        from themis_htmx.checks import all_checks
        from themis_htmx.live import sign_out

        for check in all_checks:
            checks.register(check)
        sign_out.connect()
        self._add_profile_accessor()

    def _add_profile_accessor(self) -> None:
        name = setting("THEMIS_PROFILE_ACCESSOR")
        if not isinstance(name, str) or not name.isidentifier():
            return
        # The name is this app's own if the apps are set up a second time.
        found = getattr(get_user_model(), name, _ACCESSOR)
        self.profile_accessor_taken = found is not _ACCESSOR
        if not self.profile_accessor_taken:
            setattr(get_user_model(), name, _ACCESSOR)


class _Accessor:
    """The descriptor that makes ``user.profile``, or another name, mean ``user.themis_profile``.

    It is no data descriptor, so an attribute that the project sets on a user takes precedence.
    """

    def __get__(self, user: Any, owner: type) -> Any:
        return self if user is None else user.themis_profile


_ACCESSOR = _Accessor()
