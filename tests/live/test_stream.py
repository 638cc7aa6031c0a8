"""The stream: who gets one, what it says, how it ends, and what happens when the broker is lost."""

import asyncio
import subprocess
import sys
from time import monotonic, time
from unittest.mock import patch

import pytest
from django.core.signing import TimestampSigner, b62_encode
from django.urls import clear_url_caches

from tests.helpers.asgi import Connection, FakeBroker, settle, until
from tests.helpers.brokers import ROOT
from themis_htmx.live import config
from themis_htmx.live.hub import STREAMS_OF_SESSION, Hub
from themis_htmx.live.stream import TOKEN_LIFETIME, StreamApplication, in_front_of
from themis_htmx.tokens import Digest, SignedToken, hash_cookie

COOKIE = "her-session"
# Seconds between two users who are told.
SLOT = 0.005
ALIVE, BROKER_IS_AWAY = b"event: alive\ndata: 1\n\n", b"event: alive\ndata: 0\n\n"


def token(user="1", cookie=COOKIE, age=0):
    with patch.object(TimestampSigner, "timestamp", lambda self: _base62(time() - age)):
        return SignedToken(hash_cookie(cookie), Digest(1, 2, 3), str(user)).sign()


def _base62(seconds):
    return b62_encode(int(seconds))


class Site:
    """An application with a hub and a broker of its own."""

    def __init__(self, slot=SLOT, **options):
        self.broker = FakeBroker()
        self.hub = Hub(self.broker.listen, slot, **options)
        self.application = StreamApplication(lambda: self.hub)

    async def connect(self):
        """Start to listen, long enough ago for no page to wonder what it missed."""
        self.hub.start()
        await settle()
        self.hub._recent._heard_since = 0.0

    async def open(self, user="1", cookie=COOKIE, **options):
        connection = Connection(self.application, token(user, cookie), cookie, **options)
        assert await connection.begun() == 200
        await settle()
        return connection

    async def told(self, connection, number):
        await until(lambda: connection.events == number, f"{number} events, {connection.events=}")


def run(story, **options):
    """Run ``story`` with a connected site, and stop that."""

    async def whole():
        site = Site(**options)
        await site.connect()
        try:
            await asyncio.wait_for(story(site), 20)
        finally:
            await site.hub.stop()

    asyncio.run(whole())


# Who gets a stream


def test_stream_answers_the_token_of_the_session_with_events_that_no_proxy_holds_back():
    async def story(site):
        stream = await site.open()
        assert stream.headers == {
            b"content-type": b"text/event-stream",
            b"cache-control": b"no-store",
            b"content-encoding": b"identity",
            b"x-accel-buffering": b"no",
        }
        assert stream.body == b"retry: 5000\n\n"
        await stream.leave()

    run(story)


@pytest.mark.parametrize(
    ("text", "cookie"),
    [
        ("", COOKIE),
        ("forged", COOKIE),
        (token()[:-1], COOKIE),
        (token(), ""),
        (token(), "another-session"),
        (token(cookie=""), ""),
        (token(age=TOKEN_LIFETIME + 5), COOKIE),
    ],
    ids=["none", "forged", "altered", "no cookie", "another's", "of nobody", "old"],
)
def test_a_token_that_is_wrong_foreign_or_old_is_answered_by_204(text, cookie):
    async def story(site):
        connection = Connection(site.application, text, cookie)
        assert await connection.begun() == 204
        assert connection.headers == {b"cache-control": b"no-store"}
        assert connection.body == b""

    run(story)


def test_a_token_may_be_as_old_as_one_gets_while_the_page_polls_each_ten_minutes():
    async def story(site):
        # Kept by a poll at 10 minutes, renewed by that at 22, and named again by two reconnections.
        aged = Connection(site.application, token(age=(10 + 12 + 2 * 11) * 60), COOKIE)
        assert await aged.begun() == 200

    run(story)


@pytest.mark.parametrize("method", ["POST", "HEAD", "OPTIONS"])
def test_any_method_but_get_is_refused(method):
    async def story(site):
        connection = Connection(site.application, token(), COOKIE, method=method)
        assert await connection.begun() == 405
        assert connection.headers[b"allow"] == b"GET"

    run(story)


def test_cookie_that_comes_in_several_headers_is_found():
    async def story(site):
        headers = [(b"cookie", b"a=1"), (b"cookie", f"sessionid={COOKIE}".encode())]
        connection = Connection(site.application, token(), headers=headers)
        assert await connection.begun() == 200

    run(story)


# What it says


def test_only_the_streams_of_a_changed_user_are_told():
    async def story(site):
        hers, also_hers, his = await site.open(1), await site.open(1), await site.open(2)
        site.broker.tell(1, 3)
        await site.told(hers, 1)
        await site.told(also_hers, 1)
        site.broker.tell(2)
        await site.told(his, 1)
        assert (hers.events, also_hers.events) == (1, 1)

    run(story)


def test_page_is_told_at_once_of_a_change_between_its_rendering_and_its_stream():
    async def story(site):
        rendered = token(1)
        site.broker.tell(1)
        await settle()
        late = Connection(site.application, rendered, COOKIE)
        await site.told(late, 1)
        unconcerned = await site.open(2, "his-session")
        assert unconcerned.events == 0

    run(story)


def test_lone_change_is_told_without_delay_and_a_crowd_in_turns():
    async def story(site):
        crowd = [await site.open(number, f"session-{number}") for number in range(20)]
        site.broker.tell(0)
        await settle()  # No timer can run out in that.
        assert [stream.events for stream in crowd] == [1, *[0] * 19]

        await asyncio.sleep(0.05)
        begin = monotonic()
        site.broker.tell(*range(20))
        for stream in crowd[1:]:
            await site.told(stream, 1)
        assert monotonic() - begin >= 19 * 0.03

    run(story, slot=0.03)


def test_client_that_does_not_read_keeps_nobody_waiting_and_is_told_once_later():
    async def story(site):
        slow, quick = await site.open(1), await site.open(1)
        gate, at_once = asyncio.Event(), []
        send = slow.send

        async def blocked(message):
            at_once.append(message)
            assert len(at_once) == 1, "two messages were sent to one client at the same time"
            await gate.wait()
            at_once.remove(message)
            await send(message)

        [stuck, _other] = site.hub._streams["1"]
        stuck._send = blocked
        # Before the first is written at all.
        site.hub.tell(["1"])
        site.hub.tell(["1"])
        for number in (1, 2, 3):
            await site.told(quick, number)
            site.broker.tell(1)
        assert len(at_once) == 1
        gate.set()
        await site.told(slow, 2)  # The one that was on its way, and one for all the others.

    run(story, slot=0)


def test_heartbeat_keeps_a_quiet_stream_alive_until_it_is_ended_for_good():
    async def story(site):
        begin = monotonic()
        stream = await site.open()
        await until(lambda: ALIVE in stream.body, "a heartbeat")
        await until(stream.task.done, "the end")
        assert 0.9 <= monotonic() - begin < 3
        assert stream.sent[-1] == {"type": "http.response.body", "body": b""}
        assert stream.body.count(ALIVE) >= 3
        assert site.hub._streams == {}

    run(story, heartbeat=0.1, life=1.0)


def test_one_stream_too_many_of_a_session_ends_its_oldest():
    async def story(site):
        streams = [await site.open() for _time in range(STREAMS_OF_SESSION)]
        elsewhere = await site.open(cookie="her-phone")
        newest = await site.open()
        await until(streams[0].task.done, "the oldest has ended")
        site.broker.tell(1)
        for stream in [*streams[1:], newest, elsewhere]:
            await site.told(stream, 1)
        assert streams[0].events == 0

    run(story)


def test_stream_that_the_browser_left_is_forgotten():
    async def story(site):
        stream = await site.open()
        await stream.leave()
        assert site.hub._streams == {}
        assert not any(site.hub._buckets)

    run(story)


def test_browser_that_is_gone_when_it_is_told_keeps_nobody_else_waiting(caplog):
    caplog.set_level("DEBUG", logger="themis")

    async def story(site):
        gone, other = await site.open(), await site.open(cookie="her-phone")

        async def fail(message):
            raise ConnectionResetError

        [stream] = [each for each in site.hub._streams["1"] if each.session == hash_cookie(COOKIE)]
        stream._send = fail
        site.broker.tell(1)
        await site.told(other, 1)
        await until(lambda: caplog.messages == ["A stream could not be written to."], "a note")
        assert gone.events == 0

    run(story)


def test_stream_that_the_server_cancels_ends_in_good_order():
    async def story(site):
        stream = await site.open()
        stream.task.cancel()
        await stream.task
        assert stream.sent[-1] == {"type": "http.response.body", "body": b""}
        assert site.hub._streams == {}

    run(story)


# The broker


def test_broker_that_comes_back_is_heard_again_and_every_stream_told_once(monkeypatch, caplog):
    monkeypatch.setattr("themis_htmx.live.hub.SHORTEST_PAUSE", 0.01)

    async def story(site):
        hers, his = await site.open(1), await site.open(2)
        site.broker.is_up = False
        site.broker.cut()
        await until(lambda: site.broker.attempts > 4, "it is tried again and again")
        assert (hers.events, his.events) == (0, 0)

        site.broker.is_up = True
        await site.told(hers, 1)
        await site.told(his, 1)
        site.broker.tell(1)
        await site.told(hers, 2)
        assert his.events == 1

    run(story)
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


def test_heartbeat_tells_pages_to_poll_as_before_while_the_broker_is_away(monkeypatch):
    monkeypatch.setattr("themis_htmx.live.hub.SHORTEST_PAUSE", 0.01)

    async def story(site):
        stream = await site.open()
        site.broker.is_up = False
        site.broker.cut()
        await until(lambda: BROKER_IS_AWAY in stream.body, "it is told that the broker is away")
        site.broker.is_up = True
        await until(lambda: ALIVE in stream.body.split(BROKER_IS_AWAY)[-1], "it is told it is back")

    run(story, heartbeat=0.1)


def test_pause_between_attempts_is_a_fifth_of_the_absence_between_1_and_30_seconds(monkeypatch):
    from themis_htmx.live.hub import _Absence

    now = [100.0]
    monkeypatch.setattr("themis_htmx.live.hub.monotonic", lambda: now[0])
    absence = _Absence()
    assert absence.pause() == 1
    absence.note(ConnectionError())
    for away, pause in [(0, 1), (5, 1), (20, 4), (100, 20), (1000, 30)]:
        now[0] = 100.0 + away
        assert absence.pause() == pause


# The process


def test_server_hears_of_a_setting_that_names_no_broker_when_it_starts(settings):
    settings.THEMIS_LIVE = {"BROKER": "project.live.Engine"}

    async def start():
        sent, inbox = [], asyncio.Queue()
        inbox.put_nowait({"type": "lifespan.startup"})

        async def send(message):
            sent.append(message)

        await StreamApplication()({"type": "lifespan"}, inbox.get, send)
        return sent

    [answer] = asyncio.run(start())
    assert answer["type"] == "lifespan.startup.failed"
    assert "THEMIS_LIVE" in answer["message"]


def test_server_that_shuts_down_ends_the_streams():
    async def story(site):
        sent, inbox = [], asyncio.Queue()

        async def send(message):
            sent.append(message["type"])

        inbox.put_nowait({"type": "lifespan.startup"})
        lifespan = asyncio.create_task(site.application({"type": "lifespan"}, inbox.get, send))
        stream = await site.open()
        inbox.put_nowait({"type": "lifespan.shutdown"})
        await lifespan
        await until(stream.task.done, "the stream has ended")
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]

    run(story)


def test_websocket_is_refused():
    async def open_it():
        await StreamApplication()({"type": "websocket"}, None, None)

    with pytest.raises(ValueError, match="websocket"):
        asyncio.run(open_it())


def test_in_front_of_a_site_the_path_is_that_of_each_language(settings):
    settings.ROOT_URLCONF = "tests.urls_by_language"
    settings.LANGUAGES = [("en", "English"), ("de", "German")]
    clear_url_caches()
    paths = set()

    async def site(scope, receive, send):
        await send({"type": "http.response.start", "status": 418, "headers": []})

    async def story():
        application = in_front_of(site)
        for language in ("en", "de", "fr"):
            path = f"/{language}/a/notifications/stream/"
            connection = Connection(application, "forged", COOKIE, path=path)
            paths.add((language, await connection.begun()))

    asyncio.run(story())
    clear_url_caches()
    assert paths == {("en", 204), ("de", 204), ("fr", 418)}


@pytest.mark.parametrize("path", [None, "/live/"])
def test_in_front_of_a_site_only_its_one_path_streams(settings, monkeypatch, path):
    settings.THEMIS_LIVE = {"BROKER": "redis"}
    broker = FakeBroker()
    monkeypatch.setattr(config, "broker", lambda: broker)

    async def site(scope, receive, send):
        await send({"type": "http.response.start", "status": 418, "headers": []})

    async def story():
        application = in_front_of(site, path) if path else in_front_of(site)
        at = path or "/notifications/stream/"
        stream = Connection(application, token(), COOKIE, path=at)
        assert await stream.begun() == 200
        assert await Connection(application, token(), COOKIE, path="/page/").begun() == 418
        lifespan = Connection(application, path=at, type="lifespan")
        assert await lifespan.begun() == 418
        await settle()
        before = stream.events
        broker.tell(1)
        await until(lambda: stream.events == before + 1, "the event")

    asyncio.run(story())


def test_stream_needs_neither_apps_nor_a_database():
    """A process of its own imports it, and looks at what was loaded with it."""
    program = (
        "import sys, themis_htmx.live.stream as stream;"
        "from django.apps import apps;"
        "assert stream.application.hub and not apps.ready;"
        "assert 'themis_htmx.models' not in sys.modules, 'a model was loaded';"
        "assert 'redis' not in sys.modules, 'the library of a broker was loaded'"
    )
    environment = {"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
