"""Every setting of the kit with its default, and the one way to read them."""

from typing import Any

from django.conf import settings

DEFAULTS: dict[str, Any] = {
    # Seconds between two polls of a bell; 0 turns polling off.
    "THEMIS_NOTIFICATION_POLL_INTERVAL": 60,
    # Days after which cleanup deletes what was read or dismissed.
    "THEMIS_NOTIFICATION_MAX_AGE_DAYS": 90,
    # What the inbox and the preferences page extend.
    "THEMIS_BASE_TEMPLATE": "themis/base.html",
    # The second name of a user's profile on the user model; None adds none.
    "THEMIS_PROFILE_ACCESSOR": "profile",
    "THEMIS_PAGE_SIZE": 20,
    "THEMIS_DROPDOWN_SIZE": 10,
    # Names for people, by source_app; or each a dictionary of name and icon, a static file.
    "THEMIS_SOURCES": {},
}


def setting(name: str) -> Any:
    """Return the project's value for ``name``, or the kit's default.

    Raises ``KeyError`` for a name that is not in ``DEFAULTS``. Nothing is cached, so that
    ``override_settings`` works.
    """
    return getattr(settings, name, DEFAULTS[name])
