"""Notifications about one source: which ones are found, for one user and for all, and the verbs."""

import re

import pytest

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_users
from themis_htmx.testing import assert_notified

DEPLOY = {"source_app": "tasks", "source_model": "Task", "source_id": 42}


def about(*source):
    return UserNotification.objects.about(*source)


def names(rows):
    return sorted(row.title for row in rows)


def test_about_finds_the_notifications_of_all_users_about_exactly_that_source(notify, other):
    notify("Mine", **DEPLOY)
    notify("Theirs", to=other, **DEPLOY)
    notify("Another task", **DEPLOY | {"source_id": 421})
    notify("Another model", **DEPLOY | {"source_model": "task"})
    notify("Another app", **DEPLOY | {"source_app": "task"})
    notify("No source")

    assert names(about("tasks", "Task", 42)) == ["Mine", "Theirs"]
    assert names(about("tasks", "Task", "42")) == ["Mine", "Theirs"]


def test_about_after_for_user_finds_the_notifications_of_that_user_alone(notify, user, other):
    notify("Mine", **DEPLOY)
    notify("Theirs", to=other, **DEPLOY)

    mine = UserNotification.objects.for_user(user).about("tasks", "Task", 42)
    assert names(mine) == ["Mine"]
    assert mine.mark_read() == 1
    assert names(UserNotification.objects.unread()) == ["Theirs"]


def test_empty_model_and_id_are_those_of_notifications_sent_without_them(notify):
    notify("The app", source_app="tasks")
    notify("A task", **DEPLOY)

    assert names(about("tasks", "", "")) == ["The app"]


def test_awkward_source_is_found_by_what_it_was_sent_with(notify):
    notify("Awkward", source_app="a\x00pp", source_model="Ünïcode ", source_id="\ud8004/2")

    assert names(about("a\x00pp", "Ünïcode ", "\ud8004/2")) == ["Awkward"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ((None, "Task", 42), "source_app: None names no source"),
        (("tasks", None, 42), "source_model: None names no source"),
        (("tasks", "Task", None), "source_id: None names no source. Is the object saved?"),
        (("", "Task", 42), "source_app: '' names no source"),
        (("\x00", "Task", 42), "source_app: '\\x00' names no source"),
        (("tasks", "Task", "4" * 256), "source_id: 256 characters, at most 255 fit"),
    ],
)
def test_source_that_names_nothing_is_refused(source, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        about(*source)


def test_dismissing_what_is_about_a_source_puts_it_away_for_everybody(users, user, notify):
    everybody = [*users, user]
    notify_users(everybody, "Please approve", **DEPLOY)
    notify("Something else")

    assert about("tasks", "Task", 42).dismiss() == len(everybody)
    assert names(UserNotification.objects.visible()) == ["Something else"]
    assert about("tasks", "Task", 42).restore() == len(everybody)
    assert_notified(users[0], title="Please approve")


def test_source_that_was_dismissed_is_notified_about_again_with_deduplicate(notify):
    notify("Once", deduplicate=True, **DEPLOY)
    assert notify("Still unread", deduplicate=True, **DEPLOY) is None
    about("tasks", "Task", 42).dismiss()

    assert notify("Again", deduplicate=True, **DEPLOY).title == "Again"


def test_marking_read_by_source_is_one_query(users, django_assert_num_queries):
    notify_users(users, "News", **DEPLOY)

    with django_assert_num_queries(1):
        about("tasks", "Task", 42).mark_read()
