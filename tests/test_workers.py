"""Real workers: a fan-out that is killed or cut off notifies once, and what is due is delivered."""

import os
from contextlib import contextmanager
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Count

from tests.helpers.brokers import BROKERS, Worker, available, sending, wait_until
from tests.helpers.push import Browser, push_service
from tests.helpers.worker import celery_app
from themis_htmx import outlets
from themis_htmx.models import FanOutChunk, UserNotification
from themis_htmx.notifications import notify_user
from themis_htmx.tasks import notify_users_later
from themis_htmx.webpush.models import PushMessage
from themis_htmx.webpush.outlet import WebPushOutlet

CHUNKS, SIZE = 6, 300
EVERYONE = CHUNKS * SIZE
ONCE = {"deduplicate": True, "source_app": "tasks", "source_model": "Task", "source_id": "42"}

pytestmark = [
    pytest.mark.services,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the workers use PostgreSQL"),
]


@pytest.fixture(params=BROKERS)
def broker(request, tmp_path):
    if not available(request.param):
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing(f"There is no {request.param} on this machine.")
    broker = BROKERS[request.param](tmp_path)
    broker.queue = f"themis-{uuid4()}"
    with sending(celery_app(broker.url, broker.queue, set_as_current=False)):
        yield broker
    broker.stop(broker.queue)


@pytest.fixture
def start(broker, tmp_path):
    """Start a worker; none outlives the test."""
    started = []

    def start(**options):
        log = tmp_path / f"worker-{len(started)}.log"
        name = connection.settings_dict["NAME"]
        started.append(Worker(broker.url, broker.queue, name, log, **options))
        return started[-1]

    yield start
    for worker in started:
        worker.kill()


@pytest.fixture
def crowd(db):
    User.objects.bulk_create([User(username=f"member-{n}") for n in range(EVERYONE)])
    return User.objects.all()


def send(crowd, **options):
    # Everything is in the queue before a worker starts.
    assert notify_users_later(crowd, "News", chunk_size=SIZE, **options) == CHUNKS


@contextmanager
def held(user):
    """Let the insert of this user's row wait, and go on in the end."""
    with transaction.atomic():
        notify_user(user, "Never", **ONCE)
        yield
        transaction.set_rollback(True)


def in_mid_chunk():
    """Tell whether a worker has written some rows of a chunk and waits for the one that is held."""
    with connection.cursor() as cursor:
        # Within a transaction PostgreSQL would repeat what it saw first.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query LIKE 'INSERT INTO \"themis_usernotif%'"
        )
        return cursor.fetchone()[0] == 1


def written():
    return UserNotification.objects.count()


def told_once():
    counts = User.objects.annotate(heard=Count("themis_notifications"))
    return counts.filter(heard=1).count(), counts.exclude(heard=1).count()


def test_worker_killed_in_mid_chunk_leaves_everyone_notified_once(broker, start, crowd):
    send(crowd, **ONCE)
    worker = start()
    with held(crowd.order_by("pk")[SIZE + 50]):
        wait_until(in_mid_chunk, "a worker is in mid-chunk")
        others = EVERYONE - SIZE
        wait_until(lambda: written() == others + 1, "all other chunks are written")
        worker.kill()

    second = start()
    wait_until(lambda: SIZE in second.outcomes(), "the chunk is done again")
    assert told_once() == (EVERYONE, 0)
    assert FanOutChunk.objects.count() == CHUNKS


def test_worker_whose_process_is_killed_in_mid_chunk_leaves_nobody_out(broker, start, crowd):
    """As by the kernel, for want of memory; the worker itself goes on."""
    send(crowd, **ONCE)
    with held(crowd.order_by("pk")[SIZE + 50]):
        worker = start(concurrency=1)
        wait_until(in_mid_chunk, "a worker is in mid-chunk")
        worker.kill_its_process()

    wait_until(lambda: written() == EVERYONE, "everybody is told")
    wait_until(lambda: sum(worker.outcomes()) == EVERYONE, "the worker says so")
    assert told_once() == (EVERYONE, 0)


def test_worker_killed_before_acknowledging_notifies_nobody_twice(broker, start, crowd, tmp_path):
    send(crowd)
    paused = tmp_path / "paused"
    worker = start(concurrency=1, pause=paused)
    wait_until(paused.exists, "the first chunk is committed")
    assert written() == SIZE
    worker.kill()

    second = start()
    wait_until(lambda: len(second.outcomes()) == CHUNKS, "all chunks were handed out")
    assert sorted(second.outcomes()) == [0] + [SIZE] * (CHUNKS - 1)
    assert told_once() == (EVERYONE, 0)


def test_broker_restarted_in_mid_chunk_leaves_everyone_notified_once(broker, start, crowd):
    send(crowd, **ONCE)
    worker = start(concurrency=1)
    with held(crowd.order_by("pk")[SIZE + 50]):
        wait_until(in_mid_chunk, "a worker is in mid-chunk")
        broker.restart()

    wait_until(lambda: written() == EVERYONE, "everybody is told")
    # The worker may have acknowledged the chunk, or have been handed it once more.
    wait_until(lambda: sum(worker.outcomes()) == EVERYONE, "the worker is done")
    assert told_once() == (EVERYONE, 0)


SOFT, HARD = "--soft-time-limit=2", "--time-limit=2"
AGAIN = {SOFT: "retry: Retry in", HARD: "out of time, and sent again"}


@contextmanager
def read_only():
    """New connections to the database can only read, as to a primary that is being replaced."""
    with connection.cursor() as cursor:
        database = connection.ops.quote_name(connection.settings_dict["NAME"])
        cursor.execute(f"ALTER DATABASE {database} SET default_transaction_read_only = on")
        try:
            yield
        finally:
            cursor.execute(f"ALTER DATABASE {database} RESET default_transaction_read_only")


def test_fan_out_during_a_failover_leaves_nobody_out(broker, start, crowd):
    send(crowd)
    with read_only():
        worker = start()
        wait_until(lambda: worker.says("retry: Retry in") >= CHUNKS, "all chunks have met it")
        assert written() == 0

    wait_until(lambda: written() == EVERYONE, "everybody is told", 60)
    assert told_once() == (EVERYONE, 0)


@pytest.mark.parametrize("limit", AGAIN)
def test_chunk_that_ran_out_of_time_is_done_later(broker, start, crowd, limit):
    send(crowd, **ONCE)
    with held(crowd.order_by("pk")[SIZE + 50]):
        worker = start(options=[limit])
        wait_until(in_mid_chunk, "a worker is in mid-chunk")
        wait_until(lambda: worker.says(AGAIN[limit]), "its time is up")
        wait_until(lambda: written() == EVERYONE - SIZE + 1, "all other chunks are written")

    wait_until(lambda: written() == EVERYONE, "the chunk is done", 60)
    wait_until(lambda: sum(worker.outcomes()) == EVERYONE, "the worker says so")
    assert told_once() == (EVERYONE, 0)
    assert FanOutChunk.objects.count() == CHUNKS


@pytest.mark.parametrize("limit", AGAIN)
def test_chunk_that_always_runs_out_of_time_fails_in_the_end(broker, start, crowd, limit):
    send(crowd, **ONCE)
    with held(crowd.order_by("pk")[SIZE + 50]):
        worker = start(options=[limit], retries=1)
        given_up = "Task handler raised error" if limit == HARD else "raised unexpected"
        wait_until(lambda: worker.says(given_up), "it is given up")
        others = EVERYONE - SIZE
        wait_until(lambda: sum(worker.outcomes()) == others, "all other chunks are written")
        assert worker.says(AGAIN[limit]) == 1

    assert told_once() == (EVERYONE - SIZE, SIZE)
    assert FanOutChunk.objects.count() == CHUNKS - 1


@pytest.fixture
def browser(user, machine_clock):
    """The browser of somebody who has turned desktop alerts on, at a push service."""
    user.themis_profile.browser_notifications_enabled = True
    user.themis_profile.save()
    with push_service() as service:
        browser = Browser(service)
        browser.subscribe(user)
        yield browser


# One broker is enough to see that a worker knows the tasks.
on_redis = pytest.mark.parametrize("broker", ["redis"], indirect=True)


@on_redis
def test_worker_pushes_to_the_browser_of_whoever_is_notified(start, user, browser, settings):
    outlets.register(WebPushOutlet())
    settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {"EXECUTOR": "celery"}
    notify_user(user, "News")
    assert browser.titles == []

    worker = start(more={"THEMIS_TEST_PUSH": browser.service.origin})
    wait_until(lambda: worker.says("{'sent': 1}"), "the worker says that it has sent one")
    assert browser.titles == ["1 new notification"]


@on_redis
def test_beat_delivers_what_is_due_and_fails_where_something_was_not(
    start, user, browser, tmp_path
):
    notify_user(user, "News")
    more = {"THEMIS_TEST_PUSH": browser.service.origin, "THEMIS_TEST_BEAT": "1"}
    worker = start(more=more, options=["--beat", f"--schedule={tmp_path / 'beat'}"])
    wait_until(lambda: worker.says("'webpush': {'sent': 1}"), "the worker says that it has sent")
    assert browser.titles == ["1 new notification"]

    browser.service.answer = 403
    notify_user(user, "News")
    failed = "RuntimeError('Something was not delivered. webpush: 1 failed.')"
    wait_until(lambda: worker.says(failed), "the task has failed")
    assert PushMessage.objects.filter(answer=403).count() == 1
