"""The blocks of Python and the templates of all pages run, in a project like that of the page.

What a block does is tested beside this where it matters: in test_triggers_docs.py,
test_notify_docs.py, test_channels_docs.py, test_put_it_into_docs.py, test_scaling_docs.py,
test_moving_over_docs.py and test_pattern.py.
"""

import ast
import doctest
import re
import sys
import textwrap
from datetime import date, timedelta
from types import ModuleType, SimpleNamespace
from unittest import TestCase

import pytest
from django.apps import AppConfig
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.core import exceptions
from django.db import models
from django.db.models.signals import post_save
from django.template import RequestContext, Template, TemplateDoesNotExist
from django.template.loader import get_template
from django.test import Client
from django.test.utils import isolate_apps
from django.urls import include, path
from django.utils import timezone
from django.utils.translation import gettext_lazy

from tests import urls as urls_of_the_tests
from tests.board import models as board
from tests.helpers.blocks import every
from tests.helpers.hosts import request_by
from themis_htmx import notifications
from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.signals import notification_created
from themis_htmx.testing import assert_notified

# A line of which the page says that it raises.
FAILING = re.compile(r"^(.+?)  # (\w+Error)$", re.M)

# Packages that the tests have nowhere, or not with every Django.
SELDOM = {
    "csp": "django-csp is not installed",
    "django.tasks": "it is in Django from 6.0 on",
    "django.utils.csp": "it is in Django from 6.0 on",
    "jinja2": "Jinja2 is not installed; test_put_it_into_docs.py runs the block without it",
}
SELDOM_TAGS = {"compress": "django-compressor is not installed"}


@pytest.fixture
def project(user, other, notify, monkeypatch, settings, tmp_path):
    """The names that the pages take for granted: objects of a project, and what it has imported."""
    settings.CELERY_TASK_ALWAYS_EAGER = True
    settings.ROOT_URLCONF = urls()
    for signal in (post_save, notification_created):
        monkeypatch.setattr(signal, "receivers", list(signal.receivers))
        signal.sender_receivers_cache.clear()
    monkeypatch.setenv("WEBPUSH_PRIVATE_KEY", settings.THEMIS_WEBPUSH["PRIVATE_KEY"])
    stand_in(monkeypatch)
    task = board.Task.objects.create(title="Deploy", due_date=date(2026, 6, 1), assignee=user)
    thing = thing_about(task, user)
    approve = {"label": "Approve", "url": f"/approve/{task.pk}/", "method": "post"}
    asked = notify("Ana asks: Second monitor", actions=[approve])
    team = board.Team.objects.create(name="Red")
    team.members.add(user, other)
    case = TestCase()
    case.client = Client()
    yield {
        "__name__": "tests.board.page",
        "__package__": "tests.board",
        "user": user,
        "ana": user,
        "approver": user,
        "attendee": user,
        "duplicate": other,
        "ben": other,
        "task": task,
        "team": team,
        "self": case,
        "BASE_DIR": tmp_path,
        "notification": asked,
        "notifications": [asked],
        **dict.fromkeys(["comment", "event", "invoice", "report", "req"], thing),
        "notify_report_ready": SimpleNamespace(delay=lambda *keys: None),
        "schedule_reminders": lambda event: None,
        **imported(),
    }
    for signal in (post_save, notification_created):
        signal.sender_receivers_cache.clear()


def urls():
    """The addresses of the tests, and those that the pages name."""
    found = ModuleType("urls_of_the_pages")
    names = ["request-approve", "letters"]
    found.urlpatterns = [
        *urls_of_the_tests.urlpatterns,
        *(path(f"{name}/<int:pk>/", page_of_the_project, name=name) for name in names),
        *(path(f"{name}/", page_of_the_project, name=name) for name in names),
    ]
    return found


def page_of_the_project(request, pk=None):
    """Nothing that a test looks at."""


def imported():
    """The names that a page imports once, or that a file of every project has."""
    return {
        "_": gettext_lazy,
        "assert_notified": assert_notified,
        "AppConfig": AppConfig,
        "SourcePreference": SourcePreference,
        "Task": board.Task,
        "User": get_user_model(),
        "UserNotification": UserNotification,
        "get_user_model": get_user_model,
        "include": include,
        "login_required": login_required,
        "models": models,
        "notify_user": notifications.notify_user,
        "notify_users": notifications.notify_users,
        "os": __import__("os"),
        "path": path,
        "timedelta": timedelta,
    }


def thing_about(task, user):
    """A comment, an event, an invoice, a report or a request."""
    task.watchers = SimpleNamespace(all=lambda: [user])
    return SimpleNamespace(
        pk=task.pk,
        title="Monitor",
        author="Ana",
        owner=user,
        requester=user,
        start_time=timezone.now() + timedelta(hours=1),
        get_absolute_url=lambda: "/thing/",
        save=lambda: None,
    )


def stand_in(monkeypatch):
    """Put the app of the tests where the pages have an app ``tasks``."""
    for name in ("Request", "Bell"):
        monkeypatch.setattr(board, name, board.Task, raising=False)
    monkeypatch.setitem(sys.modules, "tasks", ModuleType("tasks"))
    monkeypatch.setitem(sys.modules, "tasks.models", board)
    if "model_utils" not in sys.modules:
        model_utils = ModuleType("model_utils")
        model_utils.FieldTracker = lambda fields: None
        monkeypatch.setitem(sys.modules, "model_utils", model_utils)


def as_python(text):
    """The code of a block, which may be lines of a function or of a dictionary."""
    text = textwrap.dedent(text)
    try:
        ast.parse(text)
    except SyntaxError:
        text = f"{{{text}}}"
    return compile(text, "the block", "exec")


@isolate_apps("tests.board", "themis_htmx")
def run(text, names):
    """Run a block. A line that ends with the name of an error has to raise it."""
    exec(as_python(FAILING.sub("", text)), names)  # noqa: S102 - a file of this repository
    for line, error in FAILING.findall(text):
        with pytest.raises(getattr(exceptions, error)):
            list(eval(line, names))  # noqa: S307 - a file of this repository


@every("python")
def test_python_block_of_a_page_runs(text, project):
    try:
        run(text, project)
    except ModuleNotFoundError as error:
        if error.name not in SELDOM:
            raise
        pytest.skip(SELDOM[error.name])


@every("pycon")
def test_session_of_a_page_answers_as_the_page_says(text, user, capsys):
    user.username = "ana"
    user.save()
    test = doctest.DocTestParser().get_doctest(text, {}, "the block", None, None)

    failed = doctest.DocTestRunner(verbose=False).run(test).failed

    assert not failed, capsys.readouterr().out


@every("html")
def test_template_of_a_page_can_be_rendered(text, project, settings, tmp_path):
    for tags, reason in SELDOM_TAGS.items():
        if f"{{% {tags}" in text:
            pytest.skip(reason)
    put_frames(text, tmp_path)
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [engine | {"DIRS": [*engine["DIRS"], tmp_path]}]
    load = "" if "{% extends" in text else "{% load cache django_htmx i18n static themis %}"
    context = {name: project[name] for name in ("task", "event", "notification")} | {"scope": "s"}

    html = Template(load + text).render(RequestContext(request_by(project["user"]), context))

    assert "themis" in html or "{% themis_" not in text


def put_frames(text, folder):
    """Write templates in the place of those of other packages that a block extends or includes."""
    names = re.findall(r'{% (?:extends|include) "(.+?)"', text)
    blocks = dict.fromkeys(re.findall(r"{% block (\w+) %}", text))
    for name in {*names, "base.html"}:
        try:
            get_template(name)
        except TemplateDoesNotExist:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            frame = "".join(f"{{% block {block} %}}{{% endblock %}}" for block in blocks)
            path.write_text(frame, encoding="utf-8")
