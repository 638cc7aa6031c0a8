"""How many users a second get a summary: ``python -m benchmarks.mail``, in one run and in two.

The e-mails land in a folder. The database is the one of the tests, as the environment names it.
"""

import os
import resource
import subprocess
import sys
import tempfile
from datetime import timedelta
from pathlib import Path
from time import perf_counter

import django

USERS, PER_USER = 2000, 5


def main() -> None:
    """Measure both, and print a line for each."""
    from django.db import connection

    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        for runs in (1, 2):
            before = processor_seconds()
            seconds, sent = measure(runs, str(connection.settings_dict["NAME"]))
            each = 1000 * (processor_seconds() - before) / sent
            rate = sent / seconds
            print(f"{runs} run(s): {sent} e-mails, {rate:.0f} a second,", end=" ")
            print(f"{each:.1f} ms of processor each")
    finally:
        connection.creation.destroy_test_db(":memory:", verbosity=0)


def processor_seconds() -> float:
    """Return the processor time of all runs so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(runs: int, database: str) -> tuple[float, int]:
    """Return the seconds that so many runs at once took, and the number of e-mails."""
    fill()
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings_mailing",
            "THEMIS_TEST_NAME": database,
            "THEMIS_TEST_MAILS": folder,
        }
        command = [sys.executable, "-m", "django", "deliver_notifications", "--verbosity", "0"]
        begin = perf_counter()
        started = [subprocess.Popen(command, env=environment) for _number in range(runs)]
        for run in started:
            run.wait()
        took = perf_counter() - begin
        texts = [path.read_text(encoding="utf-8") for path in Path(folder).glob("*.log")]
    return took, sum(text.count("\nList-Unsubscribe: ") for text in texts)


def fill() -> None:
    """Write users whose summary is due, and what each has unread."""
    from django.contrib.auth.models import User
    from django.utils import timezone

    from themis_htmx.mail.models import MailPreference
    from themis_htmx.models import UserNotification

    now = timezone.now()
    User.objects.all().delete()
    User.objects.bulk_create(
        User(username=f"user{number}", email=f"user{number}@example.org") for number in range(USERS)
    )
    users = list(User.objects.all())
    columns = {"mode": "daily", "since": now - timedelta(days=1), "digest_at": now, "next_at": now}
    MailPreference.objects.bulk_create(MailPreference(user=user, **columns) for user in users)
    UserNotification.objects.bulk_create(
        UserNotification(
            user=user, title=f"Report {number} is ready", source_app="reports", url="/"
        )
        for user in users
        for number in range(PER_USER)
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    main()
