"""Back out again: what was imported goes, and everything else stays as it is."""

import pytest
from django.core.management import CommandError
from django.db import models

from tests.board.models import Pin
from themis_htmx.importing.tables import notifications_table
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user


def test_undo_deletes_what_was_imported_and_nothing_else(old, run, user, titles):
    notify_user(user, "Before")
    for number in range(5):
        old(f"did {number}")
    run()
    after = notify_user(user, "After")
    UserNotification.objects.filter(title="grace did 1").mark_read()
    UserNotification.objects.filter(pk=after.pk).dismiss()

    assert run("notifications", "--undo", "--batch-size", "2") == (
        "Deleted 5 notification(s) and 0 preference(s).\n"
    )
    assert titles() == ["Before", "After"]
    after.refresh_from_db()
    assert after.is_dismissed
    assert notifications_table()._base_manager.count() == 5


def test_import_after_an_undo_brings_everything_again(old, run, titles):
    old("was here")
    run()
    run("notifications", "--undo")
    old("came later")

    assert run("notifications", "--dry-run").startswith("Would import 2 ")
    run()
    assert titles() == ["grace was here", "grace came later"]


def test_what_was_sent_before_a_second_import_stands_above_it(old, run, user, titles):
    old("was first")
    run()
    old("was second")
    run()
    notify_user(user, "News")
    run("notifications", "--undo")

    run()
    assert titles() == ["grace was first", "grace was second", "News"]


def test_dry_run_of_an_undo_counts_and_deletes_nothing(old, run, titles):
    old()
    run()

    assert run("notifications", "--undo", "--dry-run") == "Would delete 1 notification(s).\n"
    assert len(titles()) == 1


def test_undo_of_one_kit_leaves_the_other_one(old, generic, run, titles):
    old("said")
    generic(subject="Comment")
    run()
    run("generic_notifications")

    run("notifications", "--undo")
    assert titles() == ["Comment"]


def test_undo_that_is_refused_says_which_rows_refer_to_a_notification(
    old, run, titles, monkeypatch
):
    old()
    run()
    Pin.objects.create(notification=UserNotification.objects.get())
    key = Pin._meta.get_field("notification").remote_field
    monkeypatch.setattr(key, "on_delete", models.PROTECT)

    with pytest.raises(CommandError, match=r"rows of the project refer to them.*Pin\.notification"):
        run("notifications", "--undo")
    assert len(titles()) == 1
    monkeypatch.undo()
    run("notifications", "--undo")
    assert titles() == []
