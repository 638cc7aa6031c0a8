"""The settings of the kit, with their defaults, and the function that reads them."""

from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    # Seconds between two polls of a bell; 0 turns polling off.
    "THEMIS_NOTIFICATION_POLL_INTERVAL": 60,
    # Days after which cleanup deletes a read or dismissed notification.
    "THEMIS_NOTIFICATION_MAX_AGE_DAYS": 90,
    # The template that the inbox and the preferences page extend.
    "THEMIS_BASE_TEMPLATE": "themis/base.html",
    # The second name of the profile on the user model, after themis_profile; None adds none.
    "THEMIS_PROFILE_ACCESSOR": "profile",
    # Notifications on a page of the inbox, and in the panel of a bell.
    "THEMIS_PAGE_SIZE": 20,
    "THEMIS_DROPDOWN_SIZE": 10,
    # By source_app, the name to show, or a dictionary with "name" and "icon", a static file.
    "THEMIS_SOURCES": {},
    # The broker that tells open pages of changes, such as {"BROKER": "redis"}; None for none.
    "THEMIS_LIVE": None,
}


def setting(name: str) -> Any:
    """Return the project's value for ``name``, or the kit's default.

    Raises ``KeyError`` for a name that is not in ``DEFAULTS``. Nothing is cached, so that
    ``override_settings`` works.
    """
    return getattr(settings, name, DEFAULTS[name])
