"""The import of django-generic-notifications: each row becomes the notification that it was."""

from datetime import timedelta

import pytest

from tests.importing.conftest import LONG_AGO
from themis_htmx.importing import kits


def test_row_becomes_a_notification_whose_source_is_its_type(generic, imported, user, task):
    read = LONG_AGO + timedelta(hours=1)
    generic(subject="New comment", text="Hi!", url="/tasks/1/#c2", target=task, read=read)

    [one] = imported("generic_notifications")
    assert (one.user, one.title, one.message) == (user, "New comment", "Hi!")
    assert (one.source_app, one.source_model, one.source_id) == ("comment", "Task", str(task.pk))
    assert (one.url, one.level) == ("/tasks/1/#c2", "info")
    assert (one.created_at, one.read_at, one.dismissed_at) == (LONG_AGO, read, None)


def test_row_that_is_for_other_channels_than_the_website_is_left_out(generic, run, titles):
    generic(subject="In both", channels=["website", "email"])
    generic(subject="By e-mail", channels=["email"])
    generic(subject="Nowhere", channels=[])

    said = run("generic_notifications")
    assert titles() == ["In both"]
    assert "Left out 2: not on the channel 'website'." in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/x/", "/x/"),
        ("x/1/", "/x/1/"),
        ("https://example.org/x/", "https://example.org/x/"),
        ("mailto:ada@example.org", "/tasks/{}/"),
        ("http://[x", "/tasks/{}/"),
        ("", "/tasks/{}/"),
    ],
)
def test_row_leads_to_its_address_or_else_to_its_target(generic, imported, task, before, after):
    generic(subject="News", url=before, target=task)

    assert imported("generic_notifications")[0].url == after.format(task.pk)


def test_row_without_words_says_its_type(generic, imported):
    generic("new_comment")

    assert imported("generic_notifications")[0].title == "New comment"


def test_type_whose_words_raise_says_its_key(generic, imported, monkeypatch):
    class Raises:
        """A type whose words need something that is gone."""

        def get_subject(self, row):
            raise KeyError("sprint")

        get_text = get_subject

    monkeypatch.setattr(kits, "_type_of", lambda key: Raises())
    generic("new_comment")

    [one] = imported("generic_notifications")
    assert (one.title, one.message) == ("New comment", "")


def test_map_gets_the_old_row_with_its_metadata_and_its_people(generic, imported, other, user):
    generic(subject="Hi", actor_id=other.pk, metadata={"count": 3})

    path = "tests.importing.test_generic_notifications.by_metadata"
    [one] = imported("generic_notifications", "--map", path)
    assert one.title == "grace to ada: Hi ×3"


def by_metadata(row, fields):
    people = f"{row.actor.username} to {row.recipient.username}"
    return {"title": f"{people}: {fields['title']} ×{row.metadata['count']}"}
