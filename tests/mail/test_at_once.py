"""Runs of the command in processes of their own: two at once, and some that are killed."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from time import monotonic, sleep

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from tests.helpers.databases import chosen
from themis_htmx.mail.models import Mailed, MailPreference
from themis_htmx.mail.round import CLAIMED
from themis_htmx.models import UserNotification

# On the servers as many as a site has; on SQLite enough for two runs to meet.
USERS = 150 if chosen() == "sqlite" else 2000

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("machine_clock"),
]


@pytest.fixture
def due():
    """Many users whose summary is due, and two notifications for each."""
    now = timezone.now()
    User.objects.bulk_create(
        User(username=f"user{number}", email=f"user{number}@example.org") for number in range(USERS)
    )
    users = list(User.objects.all())
    MailPreference.objects.bulk_create(
        MailPreference(
            user=user, mode="daily", since=now - timedelta(days=1), digest_at=now, next_at=now
        )
        for user in users
    )
    UserNotification.objects.bulk_create(
        UserNotification(user=user, title=f"Report {number}") for user in users for number in (1, 2)
    )


@pytest.fixture
def start(tmp_path):
    """Start the command as cron would."""
    command = [sys.executable, "-m", "django", "deliver_notifications"]
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings_mailing",
        "THEMIS_TEST_NAME": str(connection.settings_dict["NAME"]),
        "THEMIS_TEST_MAILS": str(tmp_path),
    }
    started = []

    def start():
        run = subprocess.Popen(  # noqa: S603
            command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(run)
        return run

    yield start
    for run in started:
        run.kill()
        run.communicate()


@pytest.fixture
def mailed(tmp_path):
    """The number of e-mails in the folder for each recipient."""

    def mailed():
        texts = [path.read_text(encoding="utf-8") for path in tmp_path.glob("*.log")]
        return Counter(re.findall(r"^To: (\S+)$", "\n".join(texts), re.MULTILINE))

    return mailed


def wait_until(is_so):
    end = monotonic() + 120
    while not is_so():
        assert monotonic() < end, "two minutes have passed, and it has not come to that"
        sleep(0.005)


def test_two_runs_at_once_mail_everybody_once(due, start, mailed):
    runs = [start(), start()]
    said = [run.communicate(timeout=300) for run in runs]

    assert [run.returncode for run in runs] == [0, 0], said
    assert mailed() == {f"user{number}@example.org": 1 for number in range(USERS)}
    shares = [int(re.search(r"mail: (\d+) sent", out)[1]) for out, _error in said]
    assert sum(shares) == USERS
    assert min(shares) > 0, "only one of them had anything to do, so nothing was tried"


def test_two_runs_that_are_killed_lose_nothing(due, start, mailed):
    runs = [start(), start()]
    for number, run in enumerate(runs, 1):
        wait_until(lambda share=number: Mailed.objects.count() > share * USERS * 2 // 5)
        run.send_signal(signal.SIGKILL)
        run.wait()
    assert len(mailed()) < USERS, "they were not killed in the middle"

    # The lease of what they had in hand runs out.
    held = MailPreference.objects.exclude(held_until=None)
    assert held.count() <= 2 * CLAIMED
    held.update(held_until=timezone.now())
    last = start()
    said = last.communicate(timeout=300)

    assert last.returncode == 0, said
    counts = mailed()
    assert len(counts) == USERS
    assert sum(counts.values()) <= USERS + 2, "at most the ones in hand come twice"
    assert max(counts.values()) <= 2, "one came three times"
    assert Mailed.objects.count() == 2 * USERS
    assert not MailPreference.objects.filter(next_at__lte=timezone.now()).exists()
