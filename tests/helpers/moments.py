"""The moments at which a rule about days, hours or clock changes may go wrong.

``THEMIS_TEST_MOMENT=leap-day make test`` runs all tests at one of them: the site's time zone, the
clock of the test process and the browser's clock are set to it. Without the variable they are
those of the machine.
"""

import os
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import time_machine

# All are past: sessions in files and subprocesses go by the machine's clock, for which something of
# the future would be too young or too old. In some zones the site's day is another one than UTC's.
MOMENTS = {
    "half-past-midnight": ("2025-06-10T00:30", "Asia/Kathmandu"),
    "half-past-four": ("2025-06-10T04:30", "Europe/Berlin"),
    "noon": ("2025-06-10T12:30", "Pacific/Kiritimati"),
    "before-midnight": ("2025-06-10T23:50", "America/New_York"),
    "leap-day": ("2024-02-29T09:15", "Europe/Berlin"),
    "new-years-eve": ("2025-12-31T21:00", "America/New_York"),
    "spring-forward": ("2026-03-29T03:10", "Europe/Berlin"),
    # Half past two for the second time.
    "fall-back": ("2025-10-26T02:30+01:00", "Europe/Berlin"),
}

NAME = os.environ.get("THEMIS_TEST_MOMENT", "")


def site_time_zone():
    """Return the time zone for a test project's settings."""
    return MOMENTS[NAME][1] if NAME else "UTC"


def chosen_moment():
    """Return the moment that the environment names; ``None`` where it names none."""
    if not NAME:
        return None
    written, zone = MOMENTS[NAME]
    local = datetime.fromisoformat(written)
    return local.replace(tzinfo=local.tzinfo or ZoneInfo(zone)).astimezone(ZoneInfo(zone))


class MomentPlugin:
    """A pytest plugin that begins every test at one moment, from which the clock goes on."""

    def __init__(self, moment):
        self.moment = moment
        # Test modules take instants while they are imported: those lie before every test.
        self.traveller = time_machine.travel(moment - timedelta(minutes=5)).start()

    def pytest_report_header(self):
        """Name the moment, so that a failure can be had again."""
        return f"THEMIS_TEST_MOMENT: {NAME}"

    def pytest_runtest_setup(self):
        """Set the clock back, lest a long run comes to midnight."""
        self.traveller.move_to(self.moment)


def machine_clock():
    """Return a context manager within which the clock is that of the machine."""
    hatch = time_machine.escape_hatch
    # The hatch is closed while nobody travels.
    clock = hatch.datetime.datetime if hatch.is_travelling() else datetime
    return time_machine.travel(clock.now(tz=UTC))


def travel(config):
    """Let the whole run happen at the moment that the environment names, if it names one."""
    if moment := chosen_moment():
        config.pluginmanager.register(MomentPlugin(moment))
