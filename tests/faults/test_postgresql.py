"""PostgreSQL restarted, locked, read-only and out of connections, behind a real server.

An answer of the kit carries the header Themis. Any other answer to a poll leaves the page as it is,
and is asked again: e2e/test_faults.py.
"""

import os
import subprocess
import sys
from contextlib import contextmanager
from signal import SIGINT, SIGQUIT
from threading import Thread
from uuid import uuid4

import psycopg
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import (
    InternalError,
    OperationalError,
    close_old_connections,
    connection,
    connections,
    transaction,
)
from django.test import Client
from django.urls import reverse

from tests.helpers.brokers import ROOT, answers, free_port, wait_until
from tests.helpers.clusters import Cluster, program
from tests.helpers.visitors import Visitor
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.signals import notification_created

BELL = reverse("themis:bell")
TABLE = UserNotification._meta.db_table
ONCE = {"source_app": "tasks", "source_model": "Task", "source_id": "7", "deduplicate": True}

pytestmark = [
    pytest.mark.services,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="it is about PostgreSQL"),
]


@pytest.fixture(scope="module")
def cluster(django_db_blocker):
    """A server with the kit's tables. This process writes to it, too."""
    if program("initdb") is None:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("initdb comes with the server of PostgreSQL: apt-get install postgresql")
    cluster = Cluster()
    own, before = connections["default"].settings_dict, dict(connections["default"].settings_dict)
    connections.close_all()
    own.update(NAME="postgres", USER="postgres", PASSWORD="", HOST="127.0.0.1", PORT=cluster.port)
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        yield cluster
        connections.close_all()
    own.update(before)
    cluster.remove()


@pytest.fixture(scope="module")
def port(cluster):
    """The port of a server whose database the cluster is."""
    port = free_port()
    chosen = {"THEMIS_TEST_DATABASE": "postgres", "THEMIS_POSTGRES_URL": cluster.url}
    options = ["--threads=4", "--log-level=critical", f"--bind=127.0.0.1:{port}"]
    command = [sys.executable, "-m", "gunicorn", *options, "tests.helpers.served:wsgi"]
    server = subprocess.Popen(command, cwd=ROOT, env=os.environ | chosen, stderr=subprocess.DEVNULL)
    wait_until(lambda: answers(("127.0.0.1", port)), "gunicorn answers")
    yield port
    server.terminate()
    server.wait()


@pytest.fixture(autouse=True)
def fresh_connection(cluster):
    """No connection of an earlier test, which its fault may have broken."""
    connections.close_all()


@pytest.fixture
def member(cluster):
    """A user of their own for each test: what they have is what the test has written."""
    return get_user_model().objects.create_user(uuid4().hex)


@pytest.fixture
def page(port, member):
    """A page of the user, which was loaded before the fault and polls with its token."""
    client = Client()
    client.force_login(member)
    visitor = Visitor(port, client.cookies["sessionid"].value)
    visitor.page_token = visitor.token()
    assert poll(visitor).status == 204
    return visitor


def poll(page, **options):
    return page.ask("GET", BELL, token=page.page_token, **options)


def titles(member):
    rows = UserNotification.objects.filter(user=member).order_by("pk")
    return list(rows.values_list("title", flat=True))


def assert_page_is_left_alone(page):
    """The answer is none of the kit's: the page stays as it is, and asks again more slowly."""
    response = poll(page)
    assert response.status >= 500
    assert "Themis" not in response.headers


def assert_all_is_well_again(page, member, *kept):
    """The page that was open all the time learns of the next notification."""
    close_old_connections()
    assert notify_user(member, "After") is not None
    assert titles(member) == [*kept, "After"]
    response = poll(page)
    assert (response.status, response.headers["Themis"]) == (200, "1")
    assert f'<bdi dir="ltr">{len(kept) + 1}</bdi>' in response.text


def test_page_and_caller_go_on_after_the_database_was_away(cluster, page, member):
    notify_user(member, "Before")
    cluster.stop()
    try:
        assert_page_is_left_alone(page)
        with pytest.raises(OperationalError):
            notify_user(member, "Meanwhile")
    finally:
        cluster.start()

    assert_all_is_well_again(page, member, "Before")


@pytest.mark.parametrize("signal", [SIGINT, SIGQUIT], ids=["restart", "crash"])
def test_transaction_that_a_restart_cuts_off_raises_and_leaves_nothing(
    cluster, page, member, signal
):
    with pytest.raises(OperationalError), transaction.atomic():  # noqa: PT012
        notify_user(member, "First half")
        cluster.restart(signal)
        notify_user(member, "Second half")

    close_old_connections()
    assert titles(member) == []
    assert_all_is_well_again(page, member)


def test_connection_kept_over_a_restart_raises_once(cluster, member):
    notify_user(member, "Before")
    cluster.restart()

    with pytest.raises(OperationalError):
        notify_user(member, "Lost connection")
    close_old_connections()
    notify_user(member, "After")
    assert titles(member) == ["Before", "After"]


def test_fan_out_that_a_restart_cuts_off_is_finished_by_the_same_call(cluster):
    create = get_user_model().objects.create_user
    members = [create(uuid4().hex) for _number in range(5)]
    cut_off = []

    def restart_once(**kwargs):
        if not cut_off:
            cut_off.append(cluster.restart(SIGQUIT))

    notification_created.connect(restart_once)
    try:
        with pytest.raises(OperationalError):
            notify_users(members, "News", batch_size=2, **ONCE)
    finally:
        notification_created.disconnect(restart_once)

    close_old_connections()
    assert sum(map(len, map(titles, members))) == 2
    assert notify_users(members, "News", batch_size=2, **ONCE) == 3
    assert [titles(member) for member in members] == [["News"]] * 5


@contextmanager
def configured(cluster, name, value, usual):
    cluster.configure(name, value)
    try:
        yield
    finally:
        cluster.configure(name, usual)


def test_page_shows_everything_while_the_database_can_only_be_read(cluster, page, member):
    kept = notify_user(member, "Before")
    page.ask("GET", reverse("themis:inbox"))
    crumb = {"csrfmiddlewaretoken": page.cookies["csrftoken"]}
    with configured(cluster, "default_transaction_read_only", "on", "off"):
        response = poll(page)
        assert (response.status, '<bdi dir="ltr">1</bdi>' in response.text) == (200, True)
        assert "Before" in page.ask("GET", reverse("themis:inbox")).text
        assert "Before" in page.ask("GET", reverse("themis:dropdown")).text
        read = page.ask("POST", reverse("themis:read", args=[kept.pk]), **crumb)
        assert (read.status, read.headers["Themis"]) == (500, None)
        with pytest.raises(InternalError):
            notify_user(member, "Meanwhile")

    assert_all_is_well_again(page, member, "Before")
    assert page.ask("POST", reverse("themis:read", args=[kept.pk]), **crumb).status < 400


def test_page_and_caller_go_on_after_the_database_had_no_connection_left(cluster, page, member):
    connections.close_all()
    taken = []

    def takes_another():
        try:
            taken.append(cluster.connect())
        except psycopg.OperationalError:
            return False
        return True

    try:
        while takes_another():
            pass
        assert taken
        assert_page_is_left_alone(page)
        with pytest.raises(OperationalError):
            notify_user(member, "Meanwhile")
    finally:
        for each in taken:
            each.close()

    assert_all_is_well_again(page, member)


@contextmanager
def locked(cluster):
    """Another process holds the table, as a migration or a VACUUM FULL does."""
    with cluster.connect() as holder:
        holder.execute("BEGIN")
        holder.execute(f"LOCK TABLE {TABLE} IN ACCESS EXCLUSIVE MODE")
        yield


def test_lock_that_is_held_for_too_long_raises_and_leaves_the_page_alone(cluster, page, member):
    with configured(cluster, "lock_timeout", "200ms", "0"):
        connections.close_all()
        with locked(cluster):
            assert_page_is_left_alone(page)
            with pytest.raises(OperationalError):
                notify_user(member, "Meanwhile")

    assert_all_is_well_again(page, member)


def test_caller_waits_for_a_lock_and_writes_once(cluster, page, member):
    def write():
        try:
            notify_user(member, "Waited")
        finally:
            connections.close_all()

    writer = Thread(target=write)
    with locked(cluster):
        writer.start()
        with pytest.raises(TimeoutError):
            poll(page, patience=1)
        assert writer.is_alive()
    writer.join(10)

    assert titles(member) == ["Waited"]
    assert_all_is_well_again(page, member, "Waited")
