"""The Celery tasks: registered by name, and equal to the command and the function."""

from datetime import timedelta
from functools import partial
from unittest.mock import patch
from uuid import uuid4

import pytest
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from celery.signals import task_prerun
from celery.utils.time import get_exponential_backoff_interval
from django.contrib.auth.models import User
from django.db import (
    DataError,
    InterfaceError,
    InternalError,
    OperationalError,
    connection,
    transaction,
)
from django.utils import timezone

from themis_htmx.cleanup import cleanup
from themis_htmx.models import FanOutChunk, UserNotification, UserProfile
from themis_htmx.notifications import notify_user
from themis_htmx.tasks import cleanup_notifications, notify_chunk, notify_users_later

AGED = {"created_at": timezone.now() - timedelta(days=60), "read_at": timezone.now()}
SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
EVERYTHING = {
    "message": "Body",
    "level": "danger",
    "url": "/a/",
    "expires_at": timezone.now() + timedelta(days=1, microseconds=1),
    "deduplicate": True,
    "visible_from": timezone.now() + timedelta(hours=1, microseconds=1),
    "image": "/ana.svg",
    "actions": [
        {"label": "Approve", "url": "/requests/42/approve/", "method": "post"},
        {"label": "View", "url": "https://example.org/"},
    ],
    **SOURCE,
}


@pytest.fixture
def eager():
    """Tasks run where they are called, each argument through JSON as a broker has it."""
    settings = {"task_always_eager": True, "task_store_eager_result": False}
    before = {name: current_app.conf[name] for name in settings}
    current_app.conf.update(settings)
    yield
    current_app.conf.update(before)


@pytest.fixture
def told():
    return lambda: [row.user for row in UserNotification.objects.order_by("pk")]


def columns(row):
    fields = [field.attname for field in row._meta.concrete_fields]
    return {n: getattr(row, n) for n in fields if n not in {"id", "user_id", "created_at"}}


@pytest.mark.parametrize("name", ["cleanup_notifications", "notify_users"])
def test_celery_tasks_are_registered_by_their_names(name):
    assert f"themis.{name}" in current_app.tasks


def test_cleanup_task_deletes_like_the_command_and_returns_the_counts(notify):
    notify("old", **AGED)
    notify("expired", expires_at=timezone.now())
    notify("unread")

    assert cleanup_notifications.apply().get() == {"read": 0, "dismissed": 0, "expired": 1}
    assert cleanup_notifications.apply(args=[30]).get() == {"read": 1, "dismissed": 0, "expired": 0}
    assert UserNotification.objects.get().title == "unread"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "way",
    [list, lambda users: User.objects.all(), iter],
    ids=["list", "queryset", "iterator"],
)
def test_notify_users_later_notifies_the_same_users_in_chunks(eager, users, told, way):
    UserProfile.objects.create(user=users[2], notifications_enabled=False)

    assert notify_users_later(way(users), "News", chunk_size=3) == 3
    assert told() == [*users[:2], *users[3:]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("title", ["News", "ü" * 300])
@pytest.mark.parametrize("options", [{}, EVERYTHING], ids=["plain", "everything"])
def test_notify_users_later_writes_the_same_row_as_notify_user(eager, user, other, title, options):
    notify_user(user, title, **options)
    notify_users_later([other], title, **options)

    now, later = UserNotification.objects.order_by("pk")
    assert later.user == other
    assert columns(now) == columns(later)


@pytest.mark.django_db(transaction=True)
def test_notify_users_later_waits_for_the_commit(eager, users, told):
    with transaction.atomic():
        assert notify_users_later(users, "News") == 1
        assert told() == []
    assert told() == users

    with transaction.atomic():
        notify_users_later(users, "Never")
        transaction.set_rollback(True)
    assert told() == users


@pytest.mark.django_db(transaction=True)
def test_fan_out_of_a_group_says_what_notify_user_would_say(eager, user, other):
    group = {"message": "Body", "group": True, "title_many": "%(others)d more", **SOURCE}
    for _time in range(2):
        notify_user(user, "ü" * 300, **group)
        notify_users_later([other], "ü" * 300, **group)

    [now], [later] = (UserNotification.objects.for_user(one).visible() for one in (user, other))
    assert columns(now) | {"dedup_key": None} == columns(later) | {"dedup_key": None}


@pytest.mark.django_db(transaction=True)
def test_message_of_a_plain_fan_out_is_one_that_an_older_worker_reads(users):
    sent = []
    with patch.object(notify_chunk, "delay", lambda *arguments: sent.append(arguments)):
        notify_users_later(users, "News")

    [[_key, _ids, columns]] = sent
    assert columns.keys() & {"group", "title_many", "visible_from", "image", "actions"} == set()
    assert {"expires_at", "deduplicate"} <= columns.keys()


@pytest.mark.django_db(transaction=True)
def test_fan_out_groups_for_each_user(eager, users):
    group = {"group": True, "title_many": "%(others)d more", **SOURCE}
    for number in (3, 7):
        notify_users_later(users[:number], "News", **group)

    rows = [UserNotification.objects.for_user(one).visible().get() for one in users]

    assert [row.title for row in rows] == ["1 more"] * 3 + ["News"] * 4


def test_function_for_the_words_of_a_group_is_refused_since_it_goes_to_a_worker(eager, users):
    with pytest.raises(TypeError, match=r"title_many: .* cannot be sent to a worker"):
        notify_users_later(users, "News", group=True, title_many=lambda others: "N", **SOURCE)


def test_chunk_that_runs_twice_writes_once_although_its_rows_were_read(users, told):
    key, ids = str(uuid4()), [user.pk for user in users]
    about = {"title": "News", "expires_at": None, "deduplicate": True, **SOURCE}

    assert notify_chunk(key, ids, about) == 7
    UserNotification.objects.mark_read()
    assert notify_chunk(key, ids, about) == 0
    assert notify_chunk(str(uuid4()), ids, about) == 7


@pytest.mark.django_db(transaction=True)
def test_failed_chunk_is_not_taken_for_done(users, told):
    key, ids = str(uuid4()), [user.pk for user in users]

    with pytest.raises(ValueError, match="title"):
        notify_chunk(key, ids, {"title": "", "expires_at": None})
    assert notify_chunk(key, ids, {"title": "News", "expires_at": None}) == 7


@pytest.fixture
def chunk(users):
    """Run one chunk of a fan-out to seven users, and again as often as it asks for."""
    about = {"title": "News", "expires_at": None, "deduplicate": True, **SOURCE}
    arguments = [str(uuid4()), [user.pk for user in users], about]
    return lambda: notify_chunk.apply(args=arguments).get()


@pytest.fixture
def runs():
    """The runs of tasks, each as a list of actions to do before it; counted as they begin."""
    before, begun = {}, []

    def begin(**kwargs):
        begun.append(kwargs["task_id"])
        before.get(len(begun), lambda: None)()

    task_prerun.connect(begin)
    yield before, begun
    task_prerun.disconnect(begin)


@pytest.mark.django_db(transaction=True)
def test_a_chunk_that_meets_a_database_that_can_only_be_read_is_tried_again(
    users, chunk, runs, told
):
    """As on the old primary during a failover, until the connection leads to the new one."""
    read_only, writable = {
        "postgresql": (
            "SET default_transaction_read_only = on",
            "SET default_transaction_read_only = off",
        ),
        "mysql": ("SET SESSION TRANSACTION READ ONLY", "SET SESSION TRANSACTION READ WRITE"),
        "sqlite": ("PRAGMA query_only = ON", "PRAGMA query_only = OFF"),
    }[connection.vendor]

    def execute(sql):
        with connection.cursor() as cursor:
            cursor.execute(sql)

    before, begun = runs
    before[1], before[3] = partial(execute, read_only), partial(execute, writable)

    try:
        assert chunk() == 7
    finally:
        execute(writable)
    assert len(begun) == 3
    assert told() == users


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "error", [OperationalError, InterfaceError, InternalError, SoftTimeLimitExceeded]
)
@pytest.mark.parametrize("where", ["INSERT", "COMMIT"])
def test_a_chunk_that_is_interrupted_is_tried_again_and_tells_nobody_twice(
    users, chunk, runs, told, error, where
):
    _before, begun = runs
    pending = [error]

    def interrupt(execute, sql, params, many, context):
        if pending and sql.startswith("INSERT") and "themis_usernotification" in sql:
            if where == "INSERT":
                raise pending.pop()
            transaction.on_commit(fail)
        return execute(sql, params, many, context)

    def fail():
        if pending:
            raise pending.pop()

    with connection.execute_wrapper(interrupt):
        assert chunk() == (7 if where == "INSERT" else 0)
    assert len(begun) == 2
    assert told() == users


@pytest.mark.django_db(transaction=True)
def test_a_chunk_with_a_mistake_in_its_data_is_not_tried_again(chunk, runs):
    _before, begun = runs

    def fail(execute, sql, params, many, context):
        raise DataError

    with connection.execute_wrapper(fail), pytest.raises(DataError):
        chunk()
    assert len(begun) == 1


def test_a_chunk_is_tried_for_half_an_hour_with_waits_that_redis_sits_out():
    waits = [
        get_exponential_backoff_interval(
            notify_chunk.retry_backoff, number, notify_chunk.retry_backoff_max
        )
        for number in range(notify_chunk.max_retries)
    ]

    assert not notify_chunk.retry_jitter
    assert 25 * 60 < sum(waits) < 35 * 60
    # Half of the visibility timeout that docs/scaling.md recommends.
    assert max(waits) <= 300


@pytest.mark.parametrize(
    ("mistake", "names"),
    [({"title": ""}, "title"), ({"chunk_size": 0}, "chunk_size"), ({"url": "x"}, "url")],
)
def test_notify_users_later_raises_for_a_mistake_at_once(users, mistake, names):
    with pytest.raises(ValueError, match=f"^{names}: "):
        notify_users_later(users, **{"title": "News"} | mistake)


def test_notify_users_later_sends_nothing_that_has_expired(users):
    assert notify_users_later(users, "News", expires_at=timezone.now()) == 0


def test_cleanup_forgets_chunks_after_thirty_days(db):
    for days in (29, 31):
        at = timezone.now() - timedelta(days=days)
        FanOutChunk.objects.create(key=uuid4(), created_at=at)

    cleanup(dry_run=True)
    assert FanOutChunk.objects.count() == 2
    cleanup()
    assert FanOutChunk.objects.get().created_at > timezone.now() - timedelta(days=30)
