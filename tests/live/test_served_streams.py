"""Streams of a real process, with a real broker that is lost and comes back."""

import os
import re
import shutil
from time import monotonic
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction
from django.test import RequestFactory

from tests.helpers.brokers import Redis, Way, wait_until
from tests.helpers.databases import address
from tests.helpers.streams import Stream, StreamServer
from themis_htmx.notifications import notify_user
from themis_htmx.polling.digest import unread_of
from themis_htmx.polling.token import Token

COOKIE = "her-session"
# Seconds in which a packet certainly arrives on one machine.
SILENCE = 0.5
# Seconds for which the broker is away, and within which it is heard again.
AWAY, SOON = 4, 6

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the broker may be PostgreSQL"),
]


class OwnRedis(Redis):
    """A Redis that a test stops and starts."""

    def __init__(self, folder):
        super().__init__(folder)
        self.config = {"BROKER": "redis", "URL": self.url, "CHANNEL": "tests"}

    leave = Redis.stop


class Listened(Way):
    """The database of the tests, whose listener comes through a way that a test cuts and mends."""

    def __init__(self, folder):
        server = urlsplit(address("postgres", connection.settings_dict["NAME"]))
        super().__init__((server.hostname, server.port or 5432))
        there = server._replace(scheme="postgresql", netloc=self._through(server))
        self.config = {"BROKER": "postgresql", "CHANNEL": "tests", "DSN": there.geturl()}

    def _through(self, server):
        names = f"{server.username}:{server.password or ''}@" if server.username else ""
        return f"{names}127.0.0.1:{self.port}"

    def leave(self):
        if not self.down.is_set():
            self.drop()


BROKERS = {"redis": OwnRedis, "postgresql": Listened}


@pytest.fixture(params=BROKERS)
def broker(request, tmp_path):
    """A broker that a test may stop, and the setting that names it."""
    if request.param == "redis" and not shutil.which("redis-server"):
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("There is no redis-server on this machine.")
    broker = BROKERS[request.param](tmp_path)
    yield broker
    broker.leave()


@pytest.fixture
def server(broker, settings, tmp_path):
    settings.THEMIS_LIVE = broker.config
    server = StreamServer(broker.config, tmp_path / "stream.log", environment_of_tests())
    yield server
    server.stop()


def environment_of_tests():
    return {
        "THEMIS_TEST_DATABASE": "postgres",
        "THEMIS_POSTGRES_URL": address("postgres", connection.settings_dict["NAME"]),
    }


def token_of(user, cookie=COOKIE):
    request = RequestFactory().get("/")
    request.user = user
    request.COOKIES["sessionid"] = cookie
    return Token.of(request, unread_of(user).digest).sign()


@pytest.fixture
def open_stream(server):
    opened = []

    def open_stream(user, cookie=COOKIE):
        opened.append(Stream(server.port, token_of(user, cookie), cookie))
        assert opened[-1].status == 200
        opened[-1].forget()
        return opened[-1]

    yield open_stream
    for stream in opened:
        stream.close()


def test_stream_tells_the_notified_user_alone(open_stream, user, other):
    hers, his = open_stream(user), open_stream(other, "his-session")
    assert hers.headers["content-type"] == "text/event-stream"
    assert hers.headers["cache-control"] == "no-store"
    assert hers.headers["x-accel-buffering"] == "no"
    assert hers.headers["content-encoding"] == "identity"

    notify_user(user, "News")

    assert hers.waits_for(1)
    assert not his.waits_for(1, SILENCE)
    assert b"News" not in hers.received


def test_stream_tells_after_the_commit_and_never_after_a_rollback(open_stream, user):
    stream = open_stream(user)

    with transaction.atomic():
        notify_user(user, "News")
        assert not stream.waits_for(1, SILENCE)
    assert stream.waits_for(1)

    with transaction.atomic():
        notify_user(user, "Never")
        transaction.set_rollback(True)
    assert not stream.waits_for(2, SILENCE)


def test_change_while_the_broker_was_away_is_told_soon_after_it_is_back(broker, open_stream, user):
    """The stream outlives the loss, and tells its page once that it may have missed something."""
    stream = open_stream(user)
    broker.leave()
    notify_user(user, "Written meanwhile")
    assert not stream.waits_for(1, AWAY)

    broker.start()
    assert stream.waits_for(1, SOON)

    stream.forget(quiet=1)
    notify_user(user, "Written afterwards")
    assert stream.waits_for(1, SOON)


def test_server_that_was_restarted_tells_of_what_it_missed(server, open_stream, user):
    stream = open_stream(user)
    rendered = token_of(user)
    server.stop()
    wait_until(lambda: stream.hear(0.1), "the stream has ended")
    assert "Traceback" not in server.log.read_text()
    notify_user(user, "Written meanwhile")
    server.start()

    again = Stream(server.port, rendered, COOKIE)
    assert again.waits_for(1)
    again.close()


@pytest.mark.parametrize("token", ["forged", ""])
def test_a_token_that_is_wrong_is_answered_by_204(server, user, token):
    refused = Stream(server.port, token, COOKIE)

    assert (refused.status, refused.headers.get("content-length")) == (204, None)
    refused.close()


def test_broker_that_is_down_delays_no_notification(broker, server, user):
    broker.leave()

    begin = monotonic()
    for _time in range(50):
        assert notify_user(user, "News")
    assert monotonic() - begin < 2


def test_site_behind_the_stream_in_one_process_answers_as_before(
    broker, settings, tmp_path, client, user
):
    settings.THEMIS_LIVE = broker.config
    client.force_login(user)
    cookie = client.cookies["sessionid"].value
    server = StreamServer(
        broker.config,
        tmp_path / "stream.log",
        environment_of_tests(),
        application="tests.helpers.served_live:application",
    )
    try:
        page = Stream(server.port, "", cookie, path="/page/")
        page.hear(1)
        text = page.received.decode()
        page.close()
        assert 'data-themis-stream="/notifications/stream/"' in text
        token = re.search(r'name="token"\s+value="([^"]+)"', text)[1]
        stream = Stream(server.port, token, cookie)
        assert stream.headers["content-type"] == "text/event-stream"
        stream.forget(quiet=1)
        notify_user(user, "News")
        assert stream.waits_for(1)
        stream.close()
    finally:
        server.stop()
