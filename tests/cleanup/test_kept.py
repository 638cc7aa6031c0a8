"""Rows of a project that keep an old notification: cleanup leaves it out and goes on."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, models
from django.db.models.signals import pre_delete

from tests.board.models import Pin
from themis_htmx.cleanup import cleanup
from themis_htmx.models import UserNotification
from themis_htmx.tasks import cleanup_notifications

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)
OLD = {"created_at": NOON - timedelta(days=91), "read_at": NOON}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)


@pytest.fixture
def five(notify):
    """Five old read notifications."""
    return [notify(f"Old {number}", **OLD) for number in range(5)]


@pytest.fixture
def table(transactional_db):
    """Make a table of the project for this test: a foreign key that does ``on_delete``."""
    made = []

    def table(on_delete, to=UserNotification, **options):
        members = {
            "__module__": __name__,
            "Meta": type("Meta", (), {"app_label": "board"}),
            "row": models.ForeignKey(to, on_delete, related_name="+", **options),
        }
        made.append(type("Receipt", (models.Model,), members))
        apps.clear_cache()
        with connection.schema_editor() as editor:
            editor.create_model(made[-1])
        return made[-1]

    yield table
    for model in made:
        with connection.schema_editor() as editor:
            editor.delete_model(model)
        del apps.all_models["board"]["receipt"]
        apps.clear_cache()


def left():
    return [row.title for row in UserNotification.objects.order_by("pk")]


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize("on_delete", [models.PROTECT, models.RESTRICT, models.DO_NOTHING])
@pytest.mark.parametrize("batch_size", [1, 3, 1000])
def test_a_notification_that_a_foreign_key_keeps_is_left_out(table, five, on_delete, batch_size):
    table(on_delete).objects.create(row=five[2])

    for deleted in (4, 0):
        counts = cleanup(batch_size=batch_size)
        assert counts == {"read": deleted, "dismissed": 0, "expired": 0, "kept": 1}
        assert left() == ["Old 2"]


@pytest.mark.parametrize("on_delete", [models.PROTECT, models.RESTRICT])
def test_a_notification_stays_if_a_row_that_would_be_deleted_with_it_is_protected(
    table, five, on_delete
):
    pin = Pin.objects.create(notification=five[1])
    table(on_delete, Pin, db_constraint=False).objects.create(row=pin)

    assert cleanup() == {"read": 4, "dismissed": 0, "expired": 0, "kept": 1}
    assert left() == ["Old 1"]


@pytest.mark.usefixtures("either_way")
def test_several_notifications_are_left_out_and_every_reason_goes_on(table, five, notify):
    notify("Dismissed", dismissed_at=NOON, **OLD)
    expired = notify("Expired", expires_at=NOON)
    notify("New", read_at=NOON)
    receipt = table(models.DO_NOTHING)
    for row in (five[0], five[1], five[4], expired):
        receipt.objects.create(row=row)

    assert cleanup() == {"read": 2, "dismissed": 1, "expired": 0, "kept": 4}
    assert left() == ["Old 0", "Old 1", "Old 4", "Expired", "New"]


def test_a_protected_notification_that_is_not_due_is_not_counted_as_kept(table, notify):
    receipt = table(models.PROTECT)
    receipt.objects.create(row=notify("Unread", created_at=OLD["created_at"]))

    assert cleanup() == {"read": 0, "dismissed": 0, "expired": 0}


def test_protecting_many_notifications_costs_no_more_than_protecting_one(table, five, statements):
    receipt = table(models.PROTECT)
    receipt.objects.create(row=five[0])
    one = statements(cleanup)
    for row in five:
        row.pk = None
        row.save()
        receipt.objects.create(row=row)

    assert len(statements(cleanup)) <= len(one)
    assert UserNotification.objects.count() == 6


def test_a_protected_notification_is_counted_by_a_dry_run_and_named_in_the_log(table, five, caplog):
    table(models.PROTECT).objects.create(row=five[2])

    assert cleanup(dry_run=True) == {"read": 4, "dismissed": 0, "expired": 0, "kept": 1}
    [record] = caplog.records
    assert record.name == "themis"
    assert record.levelname == "WARNING"
    assert (
        f"1 old notification(s) stay, since board.Receipt refers to them, such as {five[2].pk}."
        in (record.getMessage())
    )


def test_the_log_of_a_foreign_key_in_the_database_names_ten_notifications(table, notify, caplog):
    receipt = table(models.DO_NOTHING)
    rows = [notify(**OLD) for _ in range(12)]
    for row in rows:
        receipt.objects.create(row=row)

    assert cleanup()["kept"] == 12
    [record] = caplog.records
    assert "12 old notification(s) stay" in record.getMessage()
    assert record.getMessage().endswith(f"{', '.join(str(row.pk) for row in rows[:10])}.")


def test_the_command_and_the_task_say_how_many_were_kept(table, five):
    table(models.PROTECT).objects.create(row=five[2])
    said = StringIO()

    call_command("cleanup_notifications", stdout=said)

    assert said.getvalue().splitlines() == [
        "Deleted 4 notification(s): 4 read, 0 dismissed, 0 expired.",
        "Kept 1 to which other rows refer; the log says which.",
    ]
    kept = {"read": 0, "dismissed": 0, "expired": 0, "kept": 1}
    assert cleanup_notifications.apply().get() == kept


def test_any_other_error_still_ends_a_cleanup(five):
    def fail(**kwargs):
        raise LookupError

    pre_delete.connect(fail, sender=UserNotification)
    try:
        with pytest.raises(LookupError):
            cleanup()
    finally:
        pre_delete.disconnect(fail, sender=UserNotification)
    assert len(left()) == 5
