"""The import of a bell of the project's own, by a class of a few lines."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError
from django.db import models
from django.test.utils import isolate_apps

from tests.board.models import Task
from tests.importing.conftest import LONG_AGO
from themis_htmx.importing.kits import Kit, State
from themis_htmx.models import UserNotification


class Tasks(Kit):
    """Tasks, as if a project had put its notifications into them."""

    model = Task
    user = "assignee"

    def rows(self):
        return super().rows().exclude(status="draft")

    def fields(self, row):
        return {"title": f"{row.assignee.username}: {row.title}", "url": row.get_absolute_url()}

    def state(self, row, now):
        return State(LONG_AGO, read_at=now if row.status == "done" else None)


class Raises(Tasks):
    """It does not know what to say of a task that is done."""

    def fields(self, row):
        return super().fields(row) | {"level": {"open": "info"}[row.status]}


class NoUser(Tasks):
    """Its author has forgotten to name the foreign key, which is not called "user"."""

    user = "user"


class NoKeyToUser(Tasks):
    """Its author has named a column that is no foreign key."""

    user = "title"


class NoFields(Kit):
    """Its author has forgotten to say what stands in a notification."""

    model = Task
    user = "assignee"

    def state(self, row, now):
        return State(LONG_AGO)


class NoState(Kit):
    """Its author has forgotten to say when a notification was written."""

    model = Task
    user = "assignee"

    def fields(self, row):
        return {"title": row.title}


class StateIsATime(Tasks):
    def state(self, row, now):
        return LONG_AGO


class StateIsNaive(Tasks):
    def state(self, row, now):
        return State(LONG_AGO, read_at=LONG_AGO.replace(tzinfo=None))


class StateHasNoTime(Tasks):
    def state(self, row, now):
        return State(None)


class StateRaises(Tasks):
    def state(self, row, now):
        return State(row.written)


class NoModel(Kit):
    """Its author has forgotten the model."""


class NoNumber(Kit):
    """The primary key of its model is a text."""

    with isolate_apps("tests.board"):

        class Code(models.Model):
            code = models.CharField(primary_key=True, max_length=9)

            class Meta:
                app_label = "board"

            def __str__(self):
                return self.code

    model = Code


PATH = "tests.importing.test_home_made."


@pytest.fixture
def tasks(user, task):
    shared = {"due_date": task.due_date, "assignee": user}
    Task.objects.create(title="Draft", status="draft", **shared)
    Task.objects.create(title="Done", status="done", **shared)
    Task.objects.create(title="Nobody's", due_date=task.due_date)


def test_class_says_whose_a_row_is_what_it_says_and_in_what_state_it_is(tasks, run, user, task):
    said = run(f"{PATH}Tasks")

    first, second = UserNotification.objects.order_by("pk")
    assert (first.user, first.title, first.url) == (user, "ada: Deploy", f"/tasks/{task.pk}/")
    assert (first.created_at, first.is_read) == (LONG_AGO, False)
    assert (second.title, second.is_read) == ("ada: Done", True)
    assert "Left out 1: of users who are gone." in said


def test_import_of_a_class_is_resumed_and_taken_out_like_any_other(tasks, run, titles, task):
    run(f"{PATH}Tasks")
    Task.objects.create(title="Later", due_date=task.due_date, assignee=task.assignee)

    run(f"{PATH}Tasks")
    assert titles() == ["ada: Deploy", "ada: Done", "ada: Later"]
    run(f"{PATH}Tasks", "--undo")
    assert titles() == []
    assert Task.objects.count() == 5


def test_row_of_which_a_class_says_nothing_stops_the_run_unless_a_map_leaves_it_out(
    tasks, run, titles
):
    with pytest.raises(CommandError) as error:
        run(f"{PATH}Raises")
    assert str(error.value).endswith(
        f"KeyError: 'done'. Mend fields() of {PATH}Raises, or give --map a function that returns "
        "None to leave the row out."
    )

    run(f"{PATH}Raises", "--map", "tests.importing.mappers.leaves_out_what_has_no_words")
    assert titles() == ["ada: Deploy"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (f"{PATH}Nothing", 'does not define a "Nothing"'),
        (f"{PATH}PATH", "which is no subclass of Kit"),
        (f"{PATH}NoModel", "Its attribute model is None, which is no model"),
        (f"{PATH}NoNumber", "The primary key of Code is no number"),
        (f"{PATH}NoUser", "'user', which is no foreign key of Task to the user; use 'assignee'"),
        (f"{PATH}NoKeyToUser", "'title', which is no foreign key of Task to the user"),
        (f"{PATH}NoFields", "It has no method fields(). Write one."),
        (f"{PATH}NoState", "It has no method state(). Write one."),
    ],
)
def test_class_that_cannot_work_is_named_with_the_reason(run, path, words):
    with pytest.raises(CommandError) as error:
        run(path)

    assert str(error.value).startswith("--from")
    assert words in str(error.value)
    assert path in str(error.value)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("StateIsATime", f"state() returned {LONG_AGO!r}, which is no State."),
        ("StateIsNaive", "read_at: datetime.datetime(2022, 1, 5, 9, 30) is naive while USE_TZ is"),
        ("StateHasNoTime", "created_at: None is not a datetime."),
        ("StateRaises", "state() raised AttributeError: 'Task' object has no attribute 'written'."),
    ],
)
def test_state_that_cannot_be_stored_is_named_with_the_row_and_the_method(
    tasks, run, titles, task, name, words
):
    with pytest.raises(CommandError) as error:
        run(f"{PATH}{name}")

    assert str(error.value).startswith(f"board_task {task.pk}: ")
    assert words in str(error.value)
    assert str(error.value).endswith(f" Mend state() of {PATH}{name}.")
    assert titles() == []


def test_table_is_refused_beside_a_class(run):
    with pytest.raises(CommandError, match="--table is for the kits that are named without a dot"):
        run(f"{PATH}Tasks", "--table", Group._meta.db_table)
