"""Real servers: several processes that share only the database, and an async one."""

import os
import re
import subprocess
import sys

import pytest
from django.db import connection
from django.urls import reverse

from tests.helpers.brokers import ROOT, answers, free_port, wait_until
from tests.helpers.databases import address
from tests.helpers.visitors import Visitor
from themis_htmx.models import UserNotification

WORKERS = 4
BELL = reverse("themis:bell")

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the servers use PostgreSQL"),
]


@pytest.fixture
def serve(client, user):
    """Start a server, wait until it answers, and return the user's browser."""
    started = []

    def serve(module, *arguments):
        port = free_port()
        environment = os.environ | {
            "THEMIS_TEST_DATABASE": "postgres",
            "THEMIS_POSTGRES_URL": address("postgres", connection.settings_dict["NAME"]),
        }
        command = [sys.executable, "-m", module, *(part.format(port=port) for part in arguments)]
        started.append(subprocess.Popen(command, cwd=ROOT, env=environment))
        wait_until(lambda: answers(("127.0.0.1", port)), f"{module} answers")
        client.force_login(user)
        return Visitor(port, client.cookies["sessionid"].value)

    yield serve
    for process in started:
        process.terminate()
        process.wait()


def from_every_worker(browser, token):
    """The answers to one poll of each worker, by process."""
    seen = {}

    def all_have_answered():
        response = browser.ask("GET", BELL, token=token)
        seen[response.headers["X-Process"]] = response
        return len(seen) == WORKERS

    wait_until(all_have_answered, "all workers have answered")
    return list(seen.values())


def test_next_poll_of_every_worker_shows_a_change_made_by_one(serve, notify):
    first, second = notify("First"), notify("Second")
    gunicorn = [
        "--workers",
        str(WORKERS),
        "--bind",
        "127.0.0.1:{port}",
        "tests.helpers.served:wsgi",
    ]
    browser = serve("gunicorn", "--log-level=warning", *gunicorn)
    token = browser.token()
    assert {poll.status for poll in from_every_worker(browser, token)} == {204}

    browser.ask("GET", reverse("themis:inbox"))
    crumb = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    assert browser.ask("POST", reverse("themis:read", args=[first.pk]), **crumb).status < 400
    polls = from_every_worker(browser, token)
    assert {poll.status for poll in polls} == {200}
    assert all(re.search(r'<bdi dir="ltr">1</bdi>', poll.text) for poll in polls)

    token = browser.token()
    UserNotification.objects.filter(pk=second.pk).mark_read()
    assert {poll.status for poll in from_every_worker(browser, token)} == {200}
    assert {poll.status for poll in from_every_worker(browser, browser.token())} == {204}


def test_bell_list_and_notify_work_under_asgi(serve):
    asgi = [
        "--host",
        "127.0.0.1",
        "--port",
        "{port}",
        "--lifespan",
        "off",
        "tests.helpers.served:asgi",
    ]
    browser = serve("uvicorn", "--log-level=warning", *asgi)
    token = browser.token()
    assert browser.ask("GET", BELL, token=token).status == 204

    made = browser.ask("GET", "/tell/")
    assert UserNotification.objects.get().pk == int(made.text)

    poll = browser.ask("GET", BELL, token=token)
    assert (poll.status, '<bdi dir="ltr">1</bdi>' in poll.text) == (200, True)
    assert "From async code" in browser.ask("GET", reverse("themis:inbox")).text
    assert browser.ask("GET", BELL, token=browser.token()).status == 204
