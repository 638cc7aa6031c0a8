"""Processes: two at once send each message once, and one that is killed loses none."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from threading import Thread

import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.helpers.push import Browser, wait_until
from themis_htmx.notifications import notify_users
from themis_htmx.webpush.delivery import push_to
from themis_htmx.webpush.models import PushMessage, PushSubscription
from themis_htmx.webpush.queueing import queue_recent

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("machine_clock"),
]
ROOT = Path(__file__).resolve().parents[2]
CROWD = 60

SENDER = """
import json, sys
import django
from django.conf import settings
django.setup()
name, hosts, keys = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
settings.DATABASES["default"]["NAME"] = name
settings.THEMIS_WEBPUSH["ALLOWED_HOSTS"] = hosts
from themis_htmx.webpush.delivery import push_to
print("started", flush=True)
sys.stdin.readline()
print(json.dumps(push_to(keys)), flush=True)
"""


@pytest.fixture
def crowd(service, django_user_model):
    """People with a browser each, who have been notified."""
    found = []
    for number in range(CROWD):
        person = django_user_model.objects.create(username=f"member-{number}")
        person.themis_profile.browser_notifications_enabled = True
        person.themis_profile.save()
        browser = Browser(service, f"number-{number}")
        browser.subscribe(person)
        found.append((person, browser))
    notify_users([person for person, _browser in found], "News")
    return found


@pytest.fixture
def sender(service, crowd):
    """Start a process that sends once it is told to go on; none outlives the test."""
    started = []

    def start():
        name = str(connection.settings_dict["NAME"])
        hosts, keys = f'["{service.origin}"]', str([person.pk for person, _browser in crowd])
        started.append(
            subprocess.Popen(
                [sys.executable, "-c", SENDER, name, hosts, keys],
                cwd=ROOT,
                env=environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        )
        assert started[-1].stdout.readline() == "started\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


def environment():
    return os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTHONPATH": str(ROOT)}


def requests_by_browser(service):
    counts = {}
    for path, _headers, _body in service.requests:
        counts[path] = counts.get(path, 0) + 1
    return counts


def test_two_processes_at_once_send_each_message_once(service, crowd, sender):
    processes = [sender(), sender()]
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate(timeout=60)[0] for process in processes]

    assert requests_by_browser(service) == {f"/send/number-{n}": 1 for n in range(CROWD)}, said
    assert PushMessage.objects.exclude(sent_at=None).count() == CROWD


def test_threads_at_once_send_each_message_once(service, crowd):
    keys = [person.pk for person, _browser in crowd]

    def act():
        push_to(keys)
        connections.close_all()

    threads = [Thread(target=act) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert requests_by_browser(service) == {f"/send/number-{n}": 1 for n in range(CROWD)}


@pytest.mark.parametrize("at", [1, CROWD // 2])
def test_process_that_is_killed_loses_nothing(service, crowd, sender, at, time_machine):
    service.answers = [201] * (at - 1) + ["hang"]
    process = sender()
    process.stdin.write("go\n")
    process.stdin.flush()
    wait_until(lambda: len(service.requests) == at, "a message is under way")
    process.kill()
    process.communicate()
    keys = [person.pk for person, _browser in crowd]

    push_to(keys)
    # The one that was under way is sent when its lease is over.
    time_machine.move_to(timezone.now() + timedelta(seconds=62))
    push_to(keys)
    push_to(keys)

    counts = requests_by_browser(service)
    assert len(counts) == CROWD
    assert sorted(counts.values()) == [*[1] * (CROWD - 1), 2]
    assert PushMessage.objects.exclude(sent_at=None).count() == CROWD


def test_browser_that_signs_out_meanwhile_keeps_no_other_from_its_message(
    service, alerted, notify, other
):
    other.themis_profile.browser_notifications_enabled = True
    other.themis_profile.save()
    gone, stays = Browser(service, "gone"), Browser(service, "stays")
    subscriptions = [gone.subscribe(alerted), stays.subscribe(other)]
    notify("Report ready")
    notify("Report ready", to=other)
    # Read before, as by a process that is about to queue.
    profiles = {each.pk: each.themis_profile for each in (alerted, other)}
    PushSubscription.objects.get(pk=subscriptions[0].pk).delete()

    queue_recent(subscriptions, profiles)

    assert [each.subscription for each in PushMessage.objects.all()] == subscriptions[1:]
