"""The import of django-notifications: each row becomes the notification that it was."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from tests.board.models import Task
from tests.helpers.browsers import browser
from tests.importing.conftest import LONG_AGO
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user


def test_row_becomes_a_notification_about_its_target_that_leads_there(old, imported, user, task):
    old("commented on", target=task, description="Looks good.")

    [one] = imported()
    assert (one.user, one.title, one.message) == (user, "grace commented on Deploy", "Looks good.")
    assert (one.source_app, one.source_model, one.source_id) == ("board", "Task", str(task.pk))
    assert (one.url, one.level, one.created_at) == (f"/tasks/{task.pk}/", "info", LONG_AGO)
    assert list(UserNotification.objects.about("board", "Task", task.pk)) == [one]


def test_title_says_actor_verb_object_and_target_as_the_old_row_did(old, imported, task, other):
    second = Task.objects.create(title="Test", due_date=task.due_date)
    old("reached level 60")
    old("closed", target=task)
    old("closed", action=task)
    old("moved", action=second, target=task)
    old("added", action=second, target=other)

    assert [one.title for one in imported()] == [
        "grace reached level 60",
        "grace closed Deploy",
        "grace closed Deploy",
        "grace moved Test on Deploy",
        "grace added Test on grace",
    ]
    # A user has no address, so the last one leads to what was added.
    moved, added = UserNotification.objects.order_by("-pk")[:2][::-1]
    assert (moved.url, added.url) == (f"/tasks/{task.pk}/", f"/tasks/{second.pk}/")
    assert (added.source_app, added.source_model) == ("auth", "User")


def test_row_without_a_target_is_about_its_actor_unless_that_is_a_user(old, imported, task):
    old("joined")
    old("is due", actor=task)

    joined, due = imported()
    assert (joined.source_app, joined.source_id, joined.url) == ("", "", "")
    assert (due.title, due.source_app, due.url) == ("Deploy is due", "board", f"/tasks/{task.pk}/")


@pytest.mark.parametrize(
    ("before", "after"),
    [("info", "info"), ("success", "success"), ("warning", "warning"), ("error", "danger")],
)
def test_level_keeps_its_meaning(old, imported, before, after):
    old(level=before)

    assert imported()[0].level == after


def test_read_row_is_read_since_its_time_and_a_deleted_one_is_dismissed(old, imported, user):
    old("unread")
    old("read", unread=False)
    old("unread and deleted", deleted=True)
    old("read and deleted", deleted=True, unread=False)

    unread, read, deleted, both = imported()
    assert (unread.read_at, read.read_at) == (None, LONG_AGO)
    assert (unread.dismissed_at, read.dismissed_at) == (None, None)
    assert deleted.is_dismissed
    assert both.is_dismissed
    assert UserNotification.objects.for_user(user).unread().get() == unread
    # Undoing the dismissal brings each back as it was.
    UserNotification.objects.all().restore()
    unread = UserNotification.objects.filter(read_at=None)
    assert {one.title.removeprefix("grace ") for one in unread} == {
        "unread",
        "unread and deleted",
    }


def test_object_that_is_gone_is_left_out_of_the_words_and_stays_the_source(old, imported, task):
    row = old("commented on", target=task)
    nobody = ContentType.objects.create(app_label="gone", model="thing")
    old("painted", target_content_type_id=nobody.pk, target_object_id="7")
    old("saw", target_content_type_id=row.target_content_type_id, target_object_id="no number")
    old("heard", target_content_type_id=10**6, target_object_id="8")
    key = str(task.pk)
    task.delete()

    gone, model, key_of_another, type_ = imported()
    assert (gone.title, gone.source_id, gone.url) == ("grace commented on", key, "")
    assert (model.source_app, model.source_model, model.source_id) == ("gone", "thing", "7")
    assert (key_of_another.title, key_of_another.source_id) == ("grace saw", "no number")
    assert (type_.source_app, type_.source_id) == ("", "")


@pytest.mark.parametrize("address", ["//evil.example", "javascript:alert(1)", None, KeyError])
def test_target_that_leads_nowhere_safe_gives_no_address(old, run, task, address, monkeypatch):
    def get_absolute_url(self):
        if address is KeyError:
            raise KeyError("slug")
        return address

    monkeypatch.setattr(Task, "get_absolute_url", get_absolute_url)
    old(target=task)

    assert "1 of them lead nowhere." in run()
    assert UserNotification.objects.get().url == ""


def test_object_that_cannot_say_what_it_is_leaves_the_rest_of_the_words(
    old, imported, task, monkeypatch
):
    def say(self):
        raise AttributeError("sprint")

    monkeypatch.setattr(Task, "__str__", say)
    old("closed", target=task)

    assert imported()[0].title == "grace closed"


def test_list_shows_what_was_imported_below_what_is_new(old, run, user, other):
    for number in range(3):
        old(f"did {number}", timestamp=LONG_AGO + timedelta(days=number))
    run()
    notify_user(user, "New")

    page = browser(user).get("/notifications/").content.decode()
    places = [page.index(words) for words in ("New", "grace did 2", "grace did 1", "grace did 0")]
    assert places == sorted(places)


def test_time_in_the_future_becomes_the_time_of_the_import(old, imported):
    old(timestamp=timezone.now() + timedelta(days=400))

    assert imported()[0].created_at <= timezone.now()


def test_awkward_text_is_repaired_as_notify_user_would(old, imported):
    old("x" * 250, description="one\r\ntwo")

    [one] = imported()
    assert one.title.endswith("…")
    assert one.message == f"grace {'x' * 250}\n\none\ntwo"


def test_map_changes_what_is_stored_or_leaves_a_row_out(old, imported, run, task):
    old("liked")
    old("said", target=task)

    [one] = imported("notifications", "--map", "tests.importing.mappers.leave_out_likes")
    assert one.title == "grace said Deploy"

    old("asked")
    [_, two] = imported("notifications", "--map", "tests.importing.mappers.shout")
    assert (two.title, two.level) == ("GRACE ASKED", "warning")


def test_map_gets_the_old_row_with_its_data_and_its_objects(old, imported, task):
    old(target=task)
    [one] = imported("notifications", "--map", "tests.importing.mappers.knows_the_people")
    assert one.title == "grace to ada: Deploy"

    old(data={"title": "Hi", "face": "/faces/1.png"})
    [_, two] = imported("notifications", "--map", "tests.importing.mappers.by_data")
    assert (two.title, two.image, two.source_app) == ("Hi", "/faces/1.png", "people")


def test_map_that_asks_for_deduplication_loses_no_row(old, imported, user):
    old("said")
    old("said")

    assert len(imported("notifications", "--map", "tests.importing.mappers.groups")) == 2
    # One that is written later finds them, by their source.
    again = {"source_app": "x", "source_model": "y", "source_id": 1, "deduplicate": True}
    assert notify_user(user, "Said", **again) is None


def test_number_of_queries_does_not_grow_with_the_batch(old, run, statements, task, user):
    def write(number):
        for _ in range(number):
            old(target=task)

    write(2)
    run()
    write(2)
    few = len(statements(run))
    write(40)

    assert len(statements(run)) == few
