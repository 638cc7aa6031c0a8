"""E-mail as an outlet that takes part, a person who wants it, and a command to run."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.core import mail
from django.db import connection

from themis_htmx import outlets
from themis_htmx.mail import zones
from themis_htmx.mail.models import MailPreference
from themis_htmx.mail.outlet import MailOutlet
from themis_htmx.models import UserProfile
from themis_htmx.periodic import deliver_due

# A Tuesday, ten past nine in Berlin.
NOW = datetime(2026, 11, 24, 8, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def mail_outlet(no_outlets):
    """E-mail takes part, as in a project that has installed the app."""
    outlet = MailOutlet()
    outlets.register(outlet)
    zones.connect()
    yield outlet
    zones.disconnect()


@pytest.fixture
def clock():
    """A clock that stands still until a test moves it."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def wants(db):
    """Have a user choose a mode, by default at 8 in Berlin."""

    def wants(user, mode, *, hour=8, weekday=0, zone="Europe/Berlin"):
        profile, _made = UserProfile.objects.get_or_create(user=user)
        profile.time_zone = zone
        profile.save()
        MailPreference.objects.choose(user, mode, hour=hour, weekday=weekday)
        return MailPreference.objects.get(pk=user.pk)

    return wants


@pytest.fixture
def run(django_capture_on_commit_callbacks):
    """Run the command as cron does; the e-mails that it sent, and the numbers."""

    def run():
        before = len(mail.outbox)
        [delivered] = deliver_due()
        if delivered.error:
            raise delivered.error
        run.counts = delivered.counts
        return mail.outbox[before:]

    return run


@pytest.fixture
def tell(notify, django_capture_on_commit_callbacks):
    """Notify, and commit."""

    def tell(*arguments, **options):
        if not connection.in_atomic_block:
            return notify(*arguments, **options)
        with django_capture_on_commit_callbacks(execute=True):
            return notify(*arguments, **options)

    return tell
