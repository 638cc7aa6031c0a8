"""The example's brokers for Mercure and Centrifugo: what they send, and what a page opens."""

import base64
import hmac
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from time import monotonic, sleep, time
from urllib.error import HTTPError
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from example.live.centrifugo import Centrifugo
from example.live.mercure import Mercure
from example.live.signing import topic
from themis_htmx.notifications import notify_user, notify_users


class Engine(BaseHTTPRequestHandler):
    """An HTTP server that keeps what is posted, and answers as a test says."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), body.decode()))
        sleep(self.server.delay)
        self.send_response(self.server.answer)
        self.end_headers()

    def log_message(self, *args):
        """Keep the output of the tests clean."""


@pytest.fixture
def engine():
    server = HTTPServer(("127.0.0.1", 0), Engine)
    server.received, server.answer, server.delay = [], 200, 0
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def mercure(engine, settings):
    options = {"hub": f"{engine.url}/.well-known/mercure", "key": "hub-key"}
    settings.THEMIS_LIVE = {"BROKER": "example.live.mercure.Mercure", "OPTIONS": options}
    return Mercure(**options)


@pytest.fixture
def centrifugo(engine, settings):
    options = {
        "api": f"{engine.url}/api",
        "api_key": "api-key",
        "stream": "https://live.example.org/connection/uni_sse",
        "token_key": "token-key",
    }
    settings.THEMIS_LIVE = {"BROKER": "example.live.centrifugo.Centrifugo", "OPTIONS": options}
    return Centrifugo(**options)


def claims(token, key):
    """Return what a token claims, once its signature was found to be right."""
    head, body, signature = (
        base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)) for part in token.split(".")
    )
    signed = token.rpartition(".")[0].encode()
    assert signature == hmac.digest(key.encode(), signed, "sha256")
    assert json.loads(head) == {"typ": "JWT", "alg": "HS256"}
    claimed = json.loads(body)
    assert time() < claimed.pop("exp") <= time() + 24 * 3600
    return claimed


@pytest.mark.django_db(transaction=True)
def test_mercure_is_sent_one_private_update_to_the_topic_of_each_user(engine, mercure, user, other):
    notify_user(user, "News")
    notify_users([user, other], "Secret")

    (path, headers, body), (_path, _headers, of_two) = engine.received
    assert path == "/.well-known/mercure"
    scheme, bearer = headers["Authorization"].split()
    assert (scheme, claims(bearer, "hub-key")) == ("Bearer", {"mercure": {"publish": ["*"]}})
    assert parse_qsl(body) == [
        ("topic", topic(user.pk)),
        ("type", "changed"),
        ("data", "0"),
        ("private", "on"),
    ]
    fields = parse_qs(of_two)
    assert fields["topic"] == [topic(user.pk), topic(other.pk)]
    assert fields["data"] == ["10"]
    assert "Secret" not in of_two


@pytest.mark.django_db
def test_page_opens_a_stream_of_mercure_for_its_own_topic_alone(mercure, user, rf):
    request = rf.get("/")
    request.user = user

    address = urlsplit(mercure.stream_url(request))

    query = parse_qs(address.query)
    assert query["topic"] == [topic(user.pk)]
    claimed = claims(query["authorization"][0], "hub-key")
    assert claimed == {"mercure": {"subscribe": [topic(user.pk)]}}


@pytest.mark.django_db(transaction=True)
def test_centrifugo_is_sent_one_broadcast_to_the_channel_of_each_user(
    engine, centrifugo, user, other
):
    notify_user(user, "News")
    notify_users([user, other], "Secret")

    (path, headers, body), (_path, _headers, of_two) = engine.received
    assert path == "/api/broadcast"
    assert headers["X-Api-Key"] == "api-key"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"channels": [topic(user.pk)], "data": {"changed": 0}}
    assert json.loads(of_two) == {
        "channels": [topic(user.pk), topic(other.pk)],
        "data": {"changed": 10},
    }


@pytest.mark.django_db
def test_page_opens_a_stream_of_centrifugo_for_its_own_channel_alone(centrifugo, user, rf):
    request = rf.get("/")
    request.user = user

    address = urlsplit(centrifugo.stream_url(request))

    assert address.netloc == "live.example.org"
    connect = json.loads(parse_qs(address.query)["cf_connect"][0])
    mine = topic(user.pk)
    assert claims(connect["token"], "token-key") == {"sub": mine, "channels": [mine]}


@pytest.mark.parametrize("name", ["mercure", "centrifugo"])
def test_engine_that_refuses_or_hangs_raises_within_a_second(engine, name, request):
    broker = request.getfixturevalue(name)
    engine.answer = 401
    with pytest.raises(HTTPError) as refused:
        broker.publish(["1"])
    # It holds a connection, of which Python complains at the end of whichever test runs by then.
    refused.value.close()

    engine.delay = 1.5
    begin = monotonic()
    with pytest.raises(OSError, match="timed out"):
        broker.publish(["1"])
    assert monotonic() - begin < 1.4


def test_topic_is_the_same_each_time_and_tells_nothing_about_its_user():
    assert topic(1) == topic("1") != topic(2)
    assert len(topic(1)) == 32
