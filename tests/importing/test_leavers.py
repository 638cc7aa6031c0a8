"""Users are deleted while the tables of an old app are there, whose foreign keys know them."""

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection, models
from django.test.utils import isolate_apps

from themis_htmx.importing import leavers, tables
from themis_htmx.importing.models import ImportedRange
from themis_htmx.models import UserNotification


@pytest.fixture
def reader():
    return get_user_model().objects.create_user("reader")


def recipients(table):
    return list(table()._base_manager.order_by("pk").values_list("recipient_id", flat=True))


def test_rows_of_django_notifications_go_with_their_user_and_all_others_stay(old, reader, other):
    old(to=reader)
    old(to=other, actor=reader)

    reader.delete()
    assert recipients(tables.notifications_table) == [other.pk]


def test_rows_that_nobody_has_imported_yet_go_as_well_as_those_that_were(old, run, reader, other):
    old(to=reader)
    run()
    old(to=reader)

    get_user_model().objects.filter(pk=reader.pk).delete()
    assert recipients(tables.notifications_table) == []
    assert not UserNotification.objects.exists()


def test_rows_of_django_generic_notifications_go_and_what_a_user_did_stays_without_a_name(
    generic, reader, other
):
    generic(to=reader, channels=("website", "email"))
    generic(to=other, actor_id=reader.pk)
    for user in (reader, other):
        chosen = {"user_id": user.pk, "notification_type": "comment"}
        tables.generic_preferences_table()._base_manager.create(enabled=True, **chosen)
        tables.generic_frequencies_table()._base_manager.create(**chosen)

    reader.delete()
    [row] = tables.generic_table()._base_manager.all()
    assert (row.recipient_id, row.actor_id) == (other.pk, None)
    [channel] = tables.generic_channels_table()._base_manager.all()
    assert channel.notification_id == row.pk
    for made in (tables.generic_preferences_table, tables.generic_frequencies_table):
        assert [each.user_id for each in made()._base_manager.all()] == [other.pk]


def test_rows_go_also_where_the_user_is_deleted_as_one_of_a_proxy(old, reader, monkeypatch):
    with isolate_apps("tests.board"):

        class Member(get_user_model()):
            class Meta:
                app_label = "board"
                proxy = True

    old(to=reader)
    monkeypatch.setattr(leavers.apps, "get_models", lambda **options: [get_user_model(), Member])
    leavers.listen()
    Member.objects.get(pk=reader.pk).delete()
    assert recipients(tables.notifications_table) == []
    assert models.signals.pre_delete.disconnect(sender=Member, dispatch_uid="board.Member")


def test_tables_of_an_app_that_is_installed_are_left_to_it(old, reader, monkeypatch):
    old(to=reader)
    model = tables.notifications_table()
    monkeypatch.setattr(leavers.apps, "get_models", lambda **options: [model])

    reader.delete()
    assert len(recipients(tables.notifications_table)) == 1


@pytest.mark.django_db(transaction=True)
def test_table_that_looks_otherwise_keeps_nobody_from_being_deleted(reader):
    """A bell of the project's own was imported, and its model has gone since."""
    here = {"offset": 0, "first": 1, "last": 1, "done": 1}
    ImportedRange.objects.create(table="shop_bell", after=0, **here)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE shop_bell (id integer, owner_id integer)")
        try:
            cursor.execute("INSERT INTO shop_bell VALUES (1, 1)")
            reader.delete()
            cursor.execute("SELECT COUNT(*) FROM shop_bell")
            assert cursor.fetchone() == (1,)
        finally:
            cursor.execute("DROP TABLE shop_bell")


def test_no_receiver_of_the_project_is_told_of_old_rows(old, reader):
    told = []

    def receive(sender, **kwargs):
        told.append(sender)

    old(to=reader)
    models.signals.pre_delete.connect(receive)
    try:
        reader.delete()
    finally:
        models.signals.pre_delete.disconnect(receive)
    assert get_user_model() in told
    assert "OldRow" not in {sender.__name__ for sender in told}


@pytest.mark.django_db(transaction=True)
def test_table_whose_foreign_key_the_database_checks_lets_the_user_go(run, reader, other):
    """The table has another name, and was imported."""
    model = with_foreign_key()
    with connection.schema_editor() as editor:
        editor.create_model(model)
    try:
        shared = {"verb": "left", "timestamp": reader.date_joined, "level": "info"}
        for user in (reader, other):
            model._base_manager.create(recipient=user, **shared)
        with pytest.raises(DatabaseError):
            delete_by_sql(reader)
        run("notifications", "--table", "old_bells")

        reader.delete()
        assert [each.recipient for each in model._base_manager.all()] == [other]
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(model)


def delete_by_sql(user):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM auth_user WHERE id = %s", [user.pk])


def with_foreign_key():
    """Return the model of a table of the old kit, as Django made it for the kit."""
    columns = {
        field.name: field.clone()
        for field in tables.notifications_table()._meta.concrete_fields
        if field.name not in {"id", "recipient_id"}
    }
    for name in ("unread", "public"):
        columns[name] = models.BooleanField(default=True)
    for name in ("deleted", "emailed"):
        columns[name] = models.BooleanField(default=False)
    with isolate_apps("tests.board"):
        meta = type("Meta", (), {"app_label": "board", "db_table": "old_bells"})
        recipient = models.ForeignKey(get_user_model(), models.CASCADE, related_name="+")
        attributes = {"__module__": __name__, "Meta": meta, "recipient": recipient, **columns}
        return type("OldBell", (models.Model,), attributes)
