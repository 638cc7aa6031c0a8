"""Users who are deleted while the tables of an old app are still there, and the app is not.

Django cascades to the tables of installed apps only. The foreign keys of the old tables are still
in the database, which would refuse to delete a user who has a row there.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db import connections, models
from django.db.models.signals import pre_delete

from themis_htmx.databases import write_alias
from themis_htmx.importing import tables
from themis_htmx.importing.models import ranges
from themis_htmx.users import user_key


def listen() -> None:
    """Listen for users who are deleted."""
    for model in apps.get_models():
        # A proxy is the sender of its own signals. A child sends those of its parent, too.
        if model._meta.concrete_model is get_user_model():
            pre_delete.connect(delete_old_rows, sender=model, dispatch_uid=model._meta.label)


def delete_old_rows(instance: Any, using: str, **kwargs: Any) -> None:
    """Delete the rows of a user from the tables of old apps, as the apps themselves would have.

    A receiver of ``pre_delete``, in the transaction that deletes the user.
    """
    if using != write_alias():
        return
    key = user_key(instance)
    there = _orphaned(using)
    if tables.GENERIC in there:
        _delete_generic(using, key, there)
    for name in there - _GENERIC_TABLES.keys():
        _delete(_rows(there[name], using).filter(recipient_id=key))


def _delete_generic(using: str, key: Any, there: dict[str, type[models.Model]]) -> None:
    notifications = _rows(there[tables.GENERIC], using)
    mine = notifications.filter(recipient_id=key)
    if channels := there.get(tables.GENERIC_CHANNELS):
        _delete(_rows(channels, using).filter(notification_id__in=mine.values("pk")))
    _delete(mine)
    notifications.filter(actor_id=key).update(actor_id=None)
    for name in (tables.GENERIC_PREFERENCES, tables.GENERIC_FREQUENCIES):
        if name in there:
            _delete(_rows(there[name], using).filter(user_id=key))


_GENERIC_TABLES = {
    tables.GENERIC: tables.generic_table,
    tables.GENERIC_CHANNELS: tables.generic_channels_table,
    tables.GENERIC_PREFERENCES: tables.generic_preferences_table,
    tables.GENERIC_FREQUENCIES: tables.generic_frequencies_table,
}


def _orphaned(using: str) -> dict[str, type[models.Model]]:
    """Return the old tables that there are, and that belong to no installed app."""
    imported = ranges().values_list("table", flat=True)
    known = {tables.NOTIFICATIONS, *_GENERIC_TABLES, *imported}
    owned = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    connection = connections[using]
    with connection.cursor() as cursor:
        there = known.intersection(connection.introspection.table_names(cursor)) - owned
    return {name: model for name in there if (model := _model_of(name)) is not None}


def _model_of(name: str) -> type[models.Model] | None:
    """Return the model of an old table, ``None`` if it has not the columns of one.

    Something else may have the name. Or a bell of the project's own was imported, whose model has
    gone since.
    """
    make = _GENERIC_TABLES.get(name)
    model = make() if make else tables.notifications_table(name)
    try:
        tables.require_table(model)
    except tables.TableError:
        return None
    return model


def _rows(model: type[models.Model], using: str) -> models.QuerySet[Any]:
    rows: models.QuerySet[Any] = model._base_manager.using(using)
    return rows


def _delete(rows: models.QuerySet[Any]) -> None:
    # Without signals, as no receiver of the project's knows these models.
    rows._raw_delete(rows.db)
