"""Cleanup that is killed, or runs beside other runs and a writer."""

import os
import signal
import subprocess
import sys
from datetime import timedelta
from io import StringIO
from time import monotonic, sleep

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tests.helpers.retries import insist
from themis_htmx.cleanup import cleanup
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user

# So many that there is a while in which to kill a run, on a busy machine too.
PAIRS = 800

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def pairs(user):
    """Old notifications, every other one unread."""
    old = timezone.now() - timedelta(days=91)
    UserNotification.objects.bulk_create(
        UserNotification(user=user, title=title, created_at=old, read_at=read_at)
        for _number in range(PAIRS)
        for title, read_at in [("read", old), ("unread", None)]
    )


@pytest.fixture
def run_beside():
    """Start the command as cron would, in a process of its own, a batch for each row."""
    command = [sys.executable, "-m", "django", "cleanup_notifications", "--batch-size", "1"]
    environment = {
        "DJANGO_SETTINGS_MODULE": "tests.settings_beside",
        "THEMIS_TEST_NAME": str(connection.settings_dict["NAME"]),
    }
    with subprocess.Popen(command, env=os.environ | environment) as run:  # noqa: S603
        yield run
        run.kill()


def left(title):
    return UserNotification.objects.filter(title=title).count()


def wait_until(is_so):
    end = monotonic() + 60
    while not is_so():
        assert monotonic() < end, "a minute has passed, and it has not come to that"
        sleep(0.01)


def test_killed_cleanup_process_loses_nothing_and_the_next_run_finishes(pairs, run_beside):
    wait_until(lambda: left("read") < PAIRS - 10)
    run_beside.send_signal(signal.SIGKILL)
    assert run_beside.wait() == -signal.SIGKILL
    rest = left("read")
    assert 0 < rest < PAIRS, "it was not killed in the middle"
    assert left("unread") == PAIRS

    said = StringIO()
    call_command("cleanup_notifications", stdout=said)

    assert f"Deleted {rest} notification(s)" in said.getvalue()
    assert (left("read"), left("unread")) == (0, PAIRS)


def test_two_cleanup_runs_and_a_writer_do_not_disturb_each_other(user, pairs, together):
    def write():
        made = [notify_user(user, "new", source_app="tasks") for _number in range(60)]
        return len(made)

    def clean():
        return insist(lambda: cleanup(batch_size=20))["read"]

    *counts, written = together(clean, clean, write)

    assert written == 60
    assert 0 < sum(counts) <= PAIRS
    assert (left("read"), left("unread"), left("new")) == (0, PAIRS, 60)
