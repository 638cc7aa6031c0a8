"""A Celery app for real workers; the environment says which broker, queue and database."""

import os
import re
from ast import literal_eval
from pathlib import Path
from time import sleep

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

SETTINGS = {
    # With Redis a worker looks each second for what nobody has acknowledged within three.
    "broker_transport_options": {
        "visibility_timeout": 3,
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
    },
    "broker_connection_retry_on_startup": True,
    "worker_enable_remote_control": False,
    "worker_prefetch_multiplier": 1,
    "worker_hijack_root_logger": False,
}


def celery_app(broker_url, queue, **options):
    app = Celery("tests", **options)
    app.conf.update(SETTINGS, broker_url=broker_url, task_default_queue=queue)
    return app


def pause_after_the_commit(file):
    """Let the worker's process stop between the commit and the acknowledgement."""
    from themis_htmx.signals import notification_created

    def pause(**kwargs):
        Path(file).touch()
        sleep(60)

    notification_created.connect(pause, weak=False)


def schedule_of_the_docs():
    """Return the schedule of docs/deliver.md; each second stands for each minute."""
    page = Path(__file__).resolve().parents[2] / "docs" / "deliver.md"
    [block] = re.findall(r"^CELERY_BEAT_SCHEDULE = (.*?)^```", page.read_text(), re.M | re.S)
    schedule = literal_eval(block)
    for entry in schedule.values():
        assert entry["schedule"] == 60
        entry["schedule"] = 1
    return schedule


if "THEMIS_TEST_BROKER" in os.environ:
    app = celery_app(os.environ["THEMIS_TEST_BROKER"], os.environ["THEMIS_TEST_QUEUE"])
    # Of each app that is installed, as the pages tell a project to do it.
    app.autodiscover_tasks()
    if "THEMIS_TEST_PUSH" in os.environ:
        settings.THEMIS_WEBPUSH["ALLOWED_HOSTS"] = [os.environ["THEMIS_TEST_PUSH"]]
    if "THEMIS_TEST_BEAT" in os.environ:
        app.conf.beat_schedule = schedule_of_the_docs()
    if "THEMIS_TEST_RETRIES" in os.environ:
        most = {"max_retries": int(os.environ["THEMIS_TEST_RETRIES"])}
        app.conf.task_annotations = {"themis.notify_users": most}
    if "THEMIS_TEST_PAUSE" in os.environ:
        app.on_after_finalize.connect(
            lambda **kwargs: pause_after_the_commit(os.environ["THEMIS_TEST_PAUSE"]), weak=False
        )
