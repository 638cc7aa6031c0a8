"""Reads from a replica: however far it lags, the badge never contradicts a click."""

import re

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from themis_htmx.models import UserNotification

BELL = reverse("themis:bell")

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="two files stand in for primary and replica"
    ),
]


class ReadFromReplica:
    """The router of Django's own documentation, with one replica."""

    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"

    def allow_relation(self, one, another, **hints):
        return True


@pytest.fixture
def replicate(user, settings, tmp_path):
    """Bring the replica up to date: a copy of the primary's file."""
    file = {**connections.databases["default"], "NAME": str(tmp_path / "replica.sqlite3")}
    connections.databases["replica"] = file
    settings.DATABASE_ROUTERS = [f"{__name__}.ReadFromReplica"]

    # Django's guard of tests would refuse to open a database that it has not made.
    connections["replica"].connect()

    def replicate():
        connections["default"].ensure_connection()
        connections["default"].connection.backup(connections["replica"].connection)

    yield replicate
    connections["replica"].close()
    del connections["replica"], connections.databases["replica"]


class Bell:
    """The bell of a page: the token that it holds and the badge that it shows."""

    def __init__(self, client):
        self.client = client
        self.load()

    def load(self):
        self.take(self.client.get("/page/").content.decode())

    def take(self, html):
        self.token = re.search(r'name="token"\s+value="([^"]+)"', html)[1]
        badge = re.search(r'<bdi dir="ltr">([^<]+)</bdi></span>\s*<input', html)
        self.badge = badge[1] if badge else ""

    def poll(self, token=None):
        response = self.client.get(BELL, {"token": self.token if token is None else token})
        self.token = response.headers.get("Themis-Token", self.token)
        if response.status_code == 200:
            self.take(response.content.decode())
        return response.status_code

    def poll_after_an_act(self):
        """themis.js sends no token then: the answer must not be a replica's."""
        return self.poll(token="")


@pytest.fixture
def bell(client, user, notify, replicate):
    for title in ("First", "Second", "Third"):
        notify(title)
    replicate()
    client.force_login(user)
    replicate()
    return Bell(client)


def act(client, name):
    newest = UserNotification.objects.using("default").newest_first().first()
    client.post(reverse(f"themis:{name}", args=[newest.pk]))


def test_an_unchanged_poll_asks_the_replica_alone(bell):
    with (
        CaptureQueriesContext(connections["default"]) as primary,
        CaptureQueriesContext(connections["replica"]) as replica,
    ):
        assert bell.poll() == 204
    assert (len(primary), len(replica)) == (0, 1)


@pytest.mark.parametrize("name", ["read", "dismiss"])
def test_badge_is_right_after_read_or_dismiss_although_the_replica_lags(bell, client, name):
    act(client, name)
    bell.poll_after_an_act()
    assert bell.badge == "2"


def test_badge_stays_right_while_the_replica_lags_and_catches_up(bell, client, replicate):
    act(client, "read")
    bell.poll_after_an_act()
    for _time in range(3):
        assert bell.poll() == 204
    replicate()
    assert bell.poll() == 204
    assert bell.badge == "2"


def test_next_page_shows_the_right_badge_although_the_replica_lags(bell, client):
    act(client, "read")
    bell.load()
    assert bell.badge == "2"


def test_poll_shows_a_new_notification_once_the_replica_has_it(bell, notify, replicate):
    notify("Fourth")
    assert bell.poll() == 204
    replicate()
    assert bell.poll() == 200
    assert bell.badge == "4"


def test_poll_never_shows_the_old_count_of_a_lagging_replica(bell, client, notify):
    act(client, "read")
    notify("Fourth")
    bell.poll_after_an_act()
    assert bell.badge == "3"
    assert bell.poll() == 204
    assert bell.badge == "3"
