"""The code of docs/moving-over.md does what the page says."""

import re
import sys
from contextlib import contextmanager
from datetime import date
from types import ModuleType

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import connection, models
from django.test.utils import isolate_apps
from django.urls import NoReverseMatch

from tests.board.models import Task
from tests.helpers.blocks import ROOT, blocks
from themis_htmx.importing import tables
from themis_htmx.models import UserNotification
from themis_htmx.testing import assert_notified

PAGE = ROOT / "docs" / "moving-over.md"
CODE = {
    text.splitlines()[0].removeprefix("# ") + (" of a class" if "class OurBell" in text else ""): (
        text
    )
    for kind, text in blocks(PAGE)
    if kind == "python"
}
# What the tables give for the calls of others.
OURS = [
    code.replace("\\|", "|")
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| `")
    for code in re.findall(r"`(UserNotification\.[^`]+)`", line.split(" | ", 1)[1])
]


@pytest.fixture
def task(user):
    return Task.objects.create(title="Deploy", due_date=date(2026, 6, 1), assignee=user)


@pytest.fixture
def module(monkeypatch):
    """Put a block where the page says that it is."""

    def module(name, code, **names):
        made = ModuleType(name)
        made.__dict__.update(names, __package__="tests.board")
        exec(code, made.__dict__)  # noqa: S102 - a file of this repository
        monkeypatch.setitem(sys.modules, name.partition(".")[0], ModuleType("tasks"))
        monkeypatch.setitem(sys.modules, name, made)
        return made

    return module


@pytest.mark.parametrize("code", OURS)
def test_query_of_a_table_is_there(code, notify, user, task):
    names = {"user": user, "task": task, "notification": notify(), "ids": [1]}

    found = eval(code, {"UserNotification": UserNotification, **names})  # noqa: S307

    assert found is not None
    if isinstance(found, models.QuerySet):
        list(found)


def test_page_gives_a_query_for_each_that_it_names():
    assert len(OURS) >= 12


def test_function_of_the_old_signature_notifies_as_the_old_one_did(module, user, other, task):
    send = module("tasks.notify", CODE["tasks/notify.py"], ana=other, ben=user, task=task).send
    assert_notified(user, title="grace changed Deploy", url=f"/tasks/{task.pk}/")

    team = Group.objects.create(name="Team")
    team.user_set.add(user, other)
    assert send(other, recipient=team, verb="closed", action_object=task, target=team) == 2
    assert send(other, recipient=user, verb="left", level="error", description="Bye") == 1
    assert_notified(user, title="grace closed Deploy on Team", source_model="Group")
    assert_notified(user, title="grace left", level="danger", message="Bye", source_app="")


def test_function_of_the_old_signature_takes_what_there_is_not_here(module, user, other, task):
    send = module("tasks.notify", CODE["tasks/notify.py"], ana=other, ben=user, task=task).send

    kept = {"public": False, "timestamp": user.date_joined, "colour": "red"}
    assert send(sender=other, recipient=user, verb="waved", description=None, **kept) == 1
    assert_notified(user, title="grace waved", message="")


@pytest.mark.parametrize("raised", [NoReverseMatch, AttributeError])
def test_function_of_the_old_signature_sends_also_what_has_no_address(
    module, user, other, task, raised, monkeypatch
):
    def nowhere(task):
        raise raised

    send = module("tasks.notify", CODE["tasks/notify.py"], ana=other, ben=user, task=task).send
    monkeypatch.setattr(Task, "get_absolute_url", nowhere)

    assert send(other, recipient=user, verb="closed", target=task) == 1
    assert_notified(user, title="grace closed Deploy", url="", source_model="Task")


def test_statements_of_the_page_drop_every_table_of_the_old_kits():
    statements = [
        line.strip() for kind, text in blocks(PAGE) if kind == "sql" for line in text.splitlines()
    ]
    dropped = [line.split()[2].strip(";") for line in statements if line.startswith("DROP TABLE")]
    old = [name for name in dropped if not name.startswith("themis_")]
    made = [
        tables.notifications_table(),
        tables.generic_table(),
        tables.generic_channels_table(),
        tables.generic_preferences_table(),
        tables.generic_frequencies_table(),
    ]
    assert set(old) == {table._meta.db_table for table in made}
    # A table that others refer to is the last one.
    assert old[-1] == tables.GENERIC
    own = {model._meta.db_table for model in apps.get_app_config("themis_importing").get_models()}
    assert set(dropped) - set(old) == own
    apps_forgotten = [line.split("'")[1] for line in statements if line.startswith("DELETE")]
    assert apps_forgotten == ["notifications", "generic_notifications", "themis_importing"]


@pytest.mark.django_db(transaction=True)
def test_function_for_map_leaves_out_changes_levels_and_adds_data(module, user):
    module("tasks.moving", CODE["tasks/moving.py"])
    table = tables.notifications_table("old_bells")
    shared = {"recipient_id": user.pk, "public": True, "deleted": False, "emailed": False}
    with made(table):
        for verb, level, data in [
            ("logged in", "info", None),
            ("painted", "info", {"colour": "red"}),
            ("failed", "critical", None),
        ]:
            table._base_manager.create(
                verb=verb, level=level, data=data, unread=True, timestamp=user.date_joined, **shared
            )
        words = ["--from", "notifications", "--table", "old_bells", "--map", "tasks.moving.fields"]
        call_command("import_notifications", *words, verbosity=0)

    rows = UserNotification.objects.order_by("pk").values_list("title", "message", "level")
    assert list(rows) == [("painted", "\nred", "info"), ("failed", "", "danger")]


@isolate_apps("tests.board")
@pytest.mark.django_db(transaction=True)
def test_class_for_a_bell_of_ones_own_imports_it(module, user, monkeypatch):
    # The isolated registry knows no user by name.
    code = CODE["tasks/models.py"].replace("settings.AUTH_USER_MODEL", "User")
    names = {"models": models, "User": type(user), "__name__": "tests.board.bells"}
    bell = module("tasks.models", code, **names).Bell
    monkeypatch.setattr("tests.board.models.Bell", bell, raising=False)
    module("tasks.moving", CODE["tasks/moving.py of a class"])
    with made(bell):
        bell._base_manager.create(owner_id=user.pk, text="Hello", link="/x/", seen=True)
        bell._base_manager.create(owner_id=user.pk, text="Broken", is_error=True)
        call_command("import_notifications", "--from", "tasks.moving.OurBell", verbosity=0)

    read, broken = UserNotification.objects.order_by("pk")
    assert (read.title, read.url, read.is_read, read.source_app) == ("Hello", "/x/", True, "tasks")
    assert (broken.title, broken.level, broken.is_read) == ("Broken", "danger", False)


@contextmanager
def made(model):
    """Make the table of a model, and drop it afterwards."""
    with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
        editor.create_model(model)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {model._meta.db_table}")
