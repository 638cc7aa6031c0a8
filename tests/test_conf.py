"""Settings: all optional, read anew each time."""

import pytest

from themis_htmx.conf import DEFAULTS, setting


@pytest.mark.parametrize(
    ("name", "default"),
    [
        ("THEMIS_NOTIFICATION_POLL_INTERVAL", 60),
        ("THEMIS_NOTIFICATION_MAX_AGE_DAYS", 90),
        ("THEMIS_BASE_TEMPLATE", "themis/base.html"),
        ("THEMIS_PROFILE_ACCESSOR", "profile"),
        ("THEMIS_PAGE_SIZE", 20),
        ("THEMIS_DROPDOWN_SIZE", 10),
        ("THEMIS_SOURCES", {}),
    ],
)
def test_a_setting_has_a_default_and_can_be_changed_at_any_time(settings, name, default):
    assert setting(name) == default

    setattr(settings, name, "changed")
    assert setting(name) == "changed"


def test_every_setting_name_begins_with_themis():
    assert all(name.startswith("THEMIS_") for name in DEFAULTS)


def test_falsy_setting_is_not_replaced_by_its_default(settings):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = 0
    settings.THEMIS_PROFILE_ACCESSOR = None

    assert setting("THEMIS_NOTIFICATION_POLL_INTERVAL") == 0
    assert setting("THEMIS_PROFILE_ACCESSOR") is None


def test_unknown_setting_name_raises_a_key_error(settings):
    settings.THEMIS_UNKNOWN = 1

    with pytest.raises(KeyError, match="THEMIS_UNKNOWN"):
        setting("THEMIS_UNKNOWN")
