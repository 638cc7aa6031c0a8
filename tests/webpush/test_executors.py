"""The executors: a message is sent outside of the request, and none is lost if that fails."""

import sys
from threading import Event, get_ident
from time import monotonic
from types import ModuleType

import pytest
from django.db import connection, transaction

from tests.helpers import push
from tests.helpers.push import Browser, wait_until
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.webpush import executors
from themis_htmx.webpush.executors import Pool, submit
from themis_htmx.webpush.outlet import WebPushOutlet


@pytest.fixture(autouse=True)
def _at_once(monkeypatch):
    """A thread ends as soon as it has nothing to do."""
    monkeypatch.setattr(executors, "LINGER", 0)


@pytest.fixture
def done():
    """A pool, the jobs that it has done, and an event that holds each of them up."""

    class Done(list):
        may_go = Event()

    done = Done()
    done.may_go.set()

    def do(job, keys):
        done.may_go.wait(10)
        done.append((job, list(keys), get_ident()))

    done.pool = Pool(do)
    return done


@pytest.mark.django_db
def test_notification_is_handed_to_the_executor_after_the_commit(
    user, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        notify_user(user, "News")
        assert push.jobs == []

    assert push.jobs == [("push", [user.pk])]


@pytest.mark.django_db
def test_fan_out_is_handed_over_by_batches(users, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        notify_users(users, "News", batch_size=4)

    assert [len(keys) for _job, keys in push.jobs] == [4, 3]


@pytest.mark.django_db
def test_notification_that_is_rolled_back_is_handed_to_nobody(user):
    with transaction.atomic():
        notify_user(user, "News")
        transaction.set_rollback(True)

    assert push.jobs == []


@pytest.mark.django_db
def test_nothing_is_handed_over_without_a_key(user, settings, django_capture_on_commit_callbacks):
    settings.THEMIS_WEBPUSH = {}
    with django_capture_on_commit_callbacks(execute=True):
        notify_user(user, "News")

    assert push.jobs == []


@pytest.mark.django_db
def test_executor_that_fails_does_not_disturb_the_caller(
    user, settings, django_capture_on_commit_callbacks, caplog
):
    settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {"EXECUTOR": "no.such.module"}
    with django_capture_on_commit_callbacks(execute=True):
        notify_user(user, "News")

    assert "no.such.module" in caplog.text or "No module" in caplog.text


def test_pool_does_jobs_in_threads_of_its_own(done):
    done.pool.add("push", [1, 2])
    done.pool.add("test", [1])

    wait_until(lambda: len(done) == 2, "both jobs are done")
    assert sorted((job, keys) for job, keys, _thread in done) == [("push", [1, 2]), ("test", [1])]
    assert all(thread != get_ident() for *_job, thread in done)


def test_user_who_waits_already_is_told_once(done):
    done.may_go.clear()
    for _time in range(50):
        done.pool.add("push", range(8 * executors.BATCH + 10))
    done.may_go.set()

    last = 8 * executors.BATCH + 9
    wait_until(lambda: any(last in keys for _job, keys, _thread in done), "all are told")
    wait_until(lambda: done.pool._running == 0, "the threads have ended")
    told = [key for _job, keys, _thread in done for key in keys]
    # Once more at the most: who was being told as more was written.
    assert max(told.count(key) for key in set(told)) <= 2


def test_pool_has_at_most_eight_threads(done):
    done.may_go.clear()
    done.pool.add("push", range(100 * executors.BATCH))

    assert done.pool._running == 8
    done.may_go.set()
    wait_until(lambda: len(done) >= 100, "all are told")
    assert len({thread for *_job, thread in done}) <= 8


def test_caller_does_not_wait_and_what_is_too_much_is_left_to_the_command(
    done, monkeypatch, caplog
):
    monkeypatch.setattr(executors, "MOST_WAITING", 1000)
    done.may_go.clear()
    began = monotonic()
    for start in range(0, 20_000, 1000):
        done.pool.add("push", range(start, start + 1000))

    assert monotonic() - began < 1
    assert len(done.pool._waiting) <= 1000
    assert caplog.text.count("too many wait") == 1
    done.may_go.set()
    wait_until(lambda: done.pool._running == 0, "the threads have ended")


def test_job_that_fails_ends_no_thread(caplog):
    done = []

    def do(job, keys):
        if keys == [1]:
            raise ZeroDivisionError
        done.extend(keys)

    pool = Pool(do)
    pool.add("push", [1])
    wait_until(lambda: pool._running == 0, "the first one is done")
    pool.add("push", [2])
    wait_until(lambda: done == [2], "the second one is done")
    assert "ZeroDivisionError" in caplog.text


def test_process_that_can_start_no_thread_leaves_the_job_to_a_later_one(done, monkeypatch):
    class Refused:
        def __init__(self, **options):
            raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(executors, "Thread", Refused)
        done.pool.add("push", [1])
    assert done == []

    done.pool.add("push", [2])
    wait_until(lambda: {key for _job, keys, _thread in done for key in keys} == {1, 2}, "both")
    wait_until(lambda: done.pool._running == 0, "the threads have ended")


@pytest.mark.django_db(transaction=True)
def test_threads_send_what_was_written(browser, alerted, settings):
    settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {"EXECUTOR": "threads"}
    notify_user(alerted, "News")

    wait_until(lambda: browser.service.requests, "the message is sent")
    wait_until(lambda: executors._made[1]._running == 0, "the threads have ended")
    assert browser.titles == ["1 new notification"]


@pytest.mark.django_db
def test_celery_sends_what_was_written(browser, notify, settings):
    celery = pytest.importorskip("celery")
    settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {"EXECUTOR": "celery"}
    app = celery.Celery("tests", set_as_current=True)
    app.conf.task_always_eager = True
    notification = notify()

    submit("push", [notification.user_id])

    assert browser.titles == ["1 new notification"]


@pytest.mark.django_db
def test_django_tasks_send_what_was_written(browser, notify, settings, monkeypatch):
    """By a stand-in for django.tasks, which Django has since 6.0."""
    tasks = ModuleType("django.tasks")

    def task(function):
        function.enqueue = lambda *args: function(*args)
        return function

    tasks.task = task
    try:
        import django.tasks  # noqa: F401
    except ImportError:
        monkeypatch.setitem(sys.modules, "django.tasks", tasks)
    else:
        settings.TASKS = {
            "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}
        }
    settings.THEMIS_WEBPUSH = settings.THEMIS_WEBPUSH | {"EXECUTOR": "tasks"}
    notification = notify()

    submit("push", [notification.user_id])

    assert browser.titles == ["1 new notification"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_run_of_each_minute_sends_many_at_a_time(service, django_user_model, db):
    crowd = [django_user_model.objects.create(username=f"user-{n}") for n in range(250)]
    browsers = []
    for number, person in enumerate(crowd):
        person.themis_profile.browser_notifications_enabled = True
        person.themis_profile.save()
        browsers.append(Browser(service, f"number-{number}"))
        browsers[-1].subscribe(person)
    notify_users(crowd, "News")

    counts = WebPushOutlet().deliver_due(lambda share: None)

    assert counts == {"sent": 250}
    assert all(browser.titles == ["1 new notification"] for browser in browsers)
