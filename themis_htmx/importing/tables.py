"""The tables of other kits, as models of our own: a kit need not be installed to be read.

django-notifications-hq cannot be, since it does not run on Django 5.1 or newer.
"""

from __future__ import annotations

from typing import Any

from django.apps.registry import Apps
from django.contrib.auth import get_user_model
from django.db import connections, models

from themis_htmx.databases import write_alias

NOTIFICATIONS = "notifications_notification"
GENERIC = "generic_notifications_notification"
GENERIC_CHANNELS = "generic_notifications_notificationchannel"
GENERIC_PREFERENCES = "generic_notifications_notificationtypechannelpreference"
GENERIC_FREQUENCIES = "generic_notifications_notificationfrequencypreference"


class TableError(Exception):
    """The rows of another kit cannot be read; the words say why."""


def notifications_table(name: str = "") -> type[models.Model]:
    """Return the model of the notifications of django-notifications."""
    return _model(
        name or NOTIFICATIONS,
        level=_text(),
        recipient_id=_user_key(),
        unread=models.BooleanField(),
        actor_content_type_id=_number(),
        actor_object_id=_text(),
        verb=_text(),
        description=_text(),
        target_content_type_id=_number(),
        target_object_id=_text(),
        action_object_content_type_id=_number(),
        action_object_object_id=_text(),
        timestamp=models.DateTimeField(),
        public=models.BooleanField(),
        deleted=models.BooleanField(),
        emailed=models.BooleanField(),
        data=models.JSONField(null=True),
    )


def generic_table(name: str = "") -> type[models.Model]:
    """Return the model of the notifications of django-generic-notifications."""
    return _model(
        name or GENERIC,
        recipient_id=_user_key(),
        actor_id=_user_key(null=True),
        notification_type=_text(),
        added=models.DateTimeField(),
        read=models.DateTimeField(null=True),
        subject=_text(),
        text=_text(),
        url=_text(),
        content_type_id=_number(),
        object_id=_text(),
        metadata=models.JSONField(null=True),
    )


def generic_channels_table() -> type[models.Model]:
    """Return the model of the channels of each notification."""
    return _model(GENERIC_CHANNELS, notification_id=_number(), channel=_text())


def generic_preferences_table() -> type[models.Model]:
    """Return the model of the channels that users have turned on or off."""
    return _model(
        GENERIC_PREFERENCES,
        user_id=_user_key(),
        notification_type=_text(),
        channel=_text(),
        enabled=models.BooleanField(),
    )


def generic_frequencies_table() -> type[models.Model]:
    """Return the model of how often users want e-mails."""
    return _model(
        GENERIC_FREQUENCIES, user_id=_user_key(), notification_type=_text(), frequency=_text()
    )


def require_table(model: type[models.Model]) -> None:
    """Raise :class:`TableError` if the table or a column is missing."""
    alias, table = write_alias(), model._meta.db_table
    connection = connections[alias]
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            name = connection.settings_dict["NAME"]
            raise TableError(f"The database {alias!r} ({name}) has no table {table!r}.")
        columns = connection.introspection.get_table_description(cursor, table)
    names = {column.name for column in columns}
    for field in model._meta.concrete_fields:
        if field.column not in names:
            raise TableError(f"The table {table!r} has no column {field.column!r}.")


def _model(db_table: str, **fields: Any) -> type[models.Model]:
    """Return an unmanaged model that no registry of the project knows."""
    options = {
        "apps": Apps(),
        "app_label": "themis_importing",
        "managed": False,
        "db_table": db_table,
    }
    attributes = {
        "__module__": __name__,
        "Meta": type("Meta", (), options),
        "id": models.BigAutoField(primary_key=True),
        **fields,
    }
    return type("OldRow", (models.Model,), attributes)


def _text() -> Any:
    return models.TextField(null=True)


def _number() -> Any:
    return models.BigIntegerField(null=True)


def _user_key(*, null: bool = False) -> Any:
    """Return a field for a column that refers to a user: as the user's primary key, but no key."""
    key: Any = get_user_model()._meta.pk
    while key.remote_field:
        key = key.target_field
    if isinstance(key, models.AutoField | models.BigAutoField | models.SmallAutoField):
        return models.BigIntegerField(null=null)
    _name, _path, args, options = key.deconstruct()
    kept = {name: options[name] for name in ("max_length", "db_collation") if name in options}
    return type(key)(*args, **kept, null=null)
