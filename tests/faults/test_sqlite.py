"""SQLite locked by another process, on a full disk, and of which the file can only be read.

An answer of the kit carries the header Themis. Any other answer to a poll leaves the page as it is,
and is asked again: e2e/test_faults.py.
"""

import pytest
from django.db import OperationalError, connection, transaction
from django.urls import reverse

from tests.helpers.sqlite_faults import changed, locked, pragma
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="it is about SQLite"),
]


def test_while_sqlite_is_locked_pages_show_all_and_a_call_raises(page, user, notify, titles):
    kept = notify("Before")
    with changed("journal_mode", "wal"):
        with locked():
            assert page.shows(1)
            assert page.is_left_alone_by(page.read(kept))
            with pytest.raises(OperationalError, match="locked"):
                notify_user(user, "Meanwhile")
            with pytest.raises(OperationalError, match="locked"):
                notify_users([user], "Meanwhile")
        notify("After")

    assert titles() == ["Before", "After"]
    assert page.shows(2)


def test_sqlite_without_wal_lets_no_poll_through_a_lock_and_recovers(page, user, notify, titles):
    notify("Before")
    with changed("journal_mode", "delete"):
        with locked():
            assert page.is_left_alone_by(page.poll())
            with pytest.raises(OperationalError, match="locked"):
                notify_user(user, "Meanwhile")
        assert page.shows(1)
        notify("After")
        assert page.shows(2)

    assert titles() == ["Before", "After"]


def test_full_disk_raises_and_keeps_what_was_returned(page, user, notify, titles):
    written = [notify("Before").pk]
    # Rows that other tests deleted have left room in the file.
    connection.cursor().execute("VACUUM")
    [pages] = pragma("page_count")
    with changed("max_page_count", pages):
        with pytest.raises(OperationalError, match="full"):  # noqa: PT012
            while True:
                written.append(notify_user(user, "Meanwhile", "word " * 300).pk)
        with pytest.raises(OperationalError, match="full"), transaction.atomic():  # noqa: PT012
            for _time in range(9):
                notify_user(user, "Half", "word " * 300)
        assert page.shows(len(written))
        assert page.client.get(reverse("themis:inbox")).status_code == 200
    written.append(notify("After").pk)

    assert list(UserNotification.objects.order_by("pk").values_list("pk", flat=True)) == written
    assert "Half" not in titles()
    assert page.shows(len(written))


def test_while_sqlite_can_only_be_read_pages_show_all_and_a_call_raises(page, user, notify, titles):
    kept = notify("Before")
    own = connection.settings_dict
    name, options = own["NAME"], own["OPTIONS"]
    connection.close()
    own["NAME"], own["OPTIONS"] = f"file:{name}?mode=ro", {"uri": True}
    try:
        assert page.shows(1)
        assert page.client.get(reverse("themis:dropdown")).status_code == 200
        assert page.is_left_alone_by(page.read(kept))
        with pytest.raises(OperationalError, match="readonly"):
            notify_user(user, "Meanwhile")
    finally:
        connection.close()
        own["NAME"], own["OPTIONS"] = name, options

    notify("After")
    assert titles() == ["Before", "After"]
    assert page.shows(2)
