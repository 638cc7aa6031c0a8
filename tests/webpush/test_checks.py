"""The system checks of Web Push: each names the mistake and the line that mends it."""

import sys
from types import ModuleType

import pytest
from django.core.checks import run_checks

from themis_htmx.webpush import checks, config
from themis_htmx.webpush.keys import new_key

# Django looks into the database while it checks the fields of models.
pytestmark = pytest.mark.django_db
KEY = new_key()
GOOD = {"PRIVATE_KEY": KEY, "SUBJECT": "mailto:webmaster@example.com"}


def found():
    return [each for each in run_checks() if each.id.startswith("themis_webpush")]


@pytest.mark.parametrize(
    "value",
    [
        GOOD,
        GOOD | {"SUBJECT": "https://example.com/contact"},
        GOOD | {"ALLOWED_HOSTS": ["push.example.com", ".example.org"], "EXECUTOR": "celery"},
        GOOD | {"EXECUTOR": "tests.helpers.push.keep"},
    ],
)
def test_checks_report_nothing_for_a_setting_that_works(settings, value):
    settings.THEMIS_WEBPUSH = value

    assert found() == []


def test_check_names_the_line_that_installs_the_library(monkeypatch):
    monkeypatch.setattr(checks, "find_spec", lambda name: None)

    [error] = found()
    assert error.id == "themis_webpush.E001"
    assert "pip install themis-htmx[webpush]" in error.hint
    assert error.is_serious()


def test_site_runs_without_the_library_and_pushes_nothing(monkeypatch):
    monkeypatch.setitem(sys.modules, "themis_htmx.webpush.keys", None)

    assert config.key() is None


@pytest.mark.parametrize(
    ("value", "number", "words"),
    [
        ({}, "E002", "PRIVATE_KEY is missing"),
        ({"SUBJECT": "mailto:a@example.com"}, "E002", "PRIVATE_KEY is missing"),
        (GOOD | {"PRIVATE_KEY": "none"}, "E002", "no key of the curve P-256"),
        (GOOD | {"PRIVATE_KEY": 5}, "E002", "no key of the curve P-256"),
        ({"PRIVATE_KEY": KEY}, "E003", "SUBJECT is missing"),
        (GOOD | {"SUBJECT": "webmaster@example.com"}, "E003", "'webmaster@example.com'"),
        (GOOD | {"SUBJECT": "mailto:root@localhost"}, "E003", "refuse"),
        (GOOD | {"SUBJECT": "mailto:root@web.localhost"}, "E003", "refuse"),
        (GOOD | {"SUBJECT": "mailto:root"}, "E003", "refuse"),
        (GOOD | {"SUBJECT": "mailto: root@example.com"}, "E003", "refuse"),
        (GOOD | {"SUBJECT": "https://localhost/"}, "E003", "refuse"),
        (GOOD | {"SUBJECT": "https://127.0.0.1/"}, "E003", "refuse"),
        (GOOD | {"SUBJECT": "http://example.com/"}, "E003", "refuse"),
        (GOOD | {"HOSTS": []}, "E004", "'HOSTS' is no key"),
        (GOOD | {"ALLOWED_HOSTS": "fcm.googleapis.com"}, "E004", "ALLOWED_HOSTS is"),
        (GOOD | {"ALLOWED_HOSTS": ["*"]}, "E004", "ALLOWED_HOSTS is"),
        (GOOD | {"ALLOWED_HOSTS": ["."]}, "E004", "ALLOWED_HOSTS is"),
        (GOOD | {"ALLOWED_HOSTS": [5]}, "E004", "ALLOWED_HOSTS is"),
        ("key", "E004", "no dictionary"),
        (GOOD | {"EXECUTOR": "rq"}, "E005", "EXECUTOR is 'rq'"),
        (GOOD | {"EXECUTOR": "no.such.module"}, "E005", "No module"),
        (GOOD | {"EXECUTOR": "tests.helpers.push.jobs"}, "E005", "cannot be called"),
        (GOOD | {"ALLOWED_HOSTS": ["http://127.0.0.1:9"]}, "W002", "without encryption"),
    ],
)
def test_check_reports_what_does_not_work(settings, value, number, words):
    settings.THEMIS_WEBPUSH = value

    [message] = [each for each in found() if each.id == f"themis_webpush.{number}"]
    assert words in message.msg
    assert message.hint


def test_key_is_not_repeated_in_the_message(settings):
    settings.THEMIS_WEBPUSH = GOOD | {"PRIVATE_KEY": f"{KEY}x"}

    [error] = found()
    assert KEY not in f"{error}"


def test_check_reports_that_the_urls_are_not_included(settings):
    settings.ROOT_URLCONF = "django.contrib.auth.urls"

    assert [each.id for each in found()] == ["themis_webpush.W001"]


@pytest.mark.parametrize(
    ("backend", "is_good"),
    [
        ("", False),
        ("django.tasks.backends.immediate.ImmediateBackend", False),
        ("django.tasks.backends.dummy.DummyBackend", False),
        ("django_tasks_db.DatabaseBackend", True),
    ],
)
def test_django_tasks_need_a_backend_with_a_worker(settings, monkeypatch, backend, is_good):
    monkeypatch.setattr(checks, "find_spec", lambda name: ModuleType(name))
    settings.THEMIS_WEBPUSH = GOOD | {"EXECUTOR": "tasks"}
    settings.TASKS = {"default": {"BACKEND": backend}} if backend else {}

    # Django's own check of the tasks would import the backend.
    assert (list(checks.check_webpush(None)) == []) is is_good


def test_django_without_tasks_is_reported(settings, monkeypatch):
    monkeypatch.setattr(checks, "find_spec", lambda name: None if name == "django.tasks" else name)
    settings.THEMIS_WEBPUSH = GOOD | {"EXECUTOR": "tasks"}

    [error] = found()
    assert "since 6.0" in error.msg


def test_celery_that_is_not_installed_is_reported_with_the_line_that_installs_it(
    settings, monkeypatch
):
    monkeypatch.setattr(checks, "find_spec", lambda name: None if name == "celery" else name)
    settings.THEMIS_WEBPUSH = GOOD | {"EXECUTOR": "celery"}

    [error] = found()
    assert (error.id, error.hint) == ("themis_webpush.E005", "Install it: pip install celery")


def test_check_of_the_urls_is_silent_without_a_root_urlconf(settings):
    del settings.ROOT_URLCONF

    assert found() == []
