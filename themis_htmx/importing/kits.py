"""The kits from which notifications are imported: how each one's rows are read and understood."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import IntegerField, Max, Min, QuerySet
from django.db.models.options import Options
from django.utils.module_loading import import_string

from themis_htmx.databases import write_alias
from themis_htmx.importing.objects import Objects, address_of, is_user, source_of, text_of
from themis_htmx.importing.tables import (
    TableError,
    generic_channels_table,
    generic_table,
    notifications_table,
    require_table,
)
from themis_htmx.models.address import safe_address
from themis_htmx.users import all_users

WEBSITE = "website"
_WAY_OUT = (
    "If it has another name, give --table. If the old app is of an old version, bring it to the "
    "newest one and run its migrations first."
)


class State(NamedTuple):
    """The instants of an old row. ``read_at`` and ``dismissed_at`` may be ``None``."""

    created_at: datetime
    read_at: datetime | None = None
    dismissed_at: datetime | None = None


class Kit:
    """One kit. Rows are read in order of their primary keys, which is nearly that of their age.

    A project derives a class from it for a bell of its own, with :attr:`model`, :attr:`user`,
    :meth:`fields` and :meth:`state`.
    """

    # The model whose rows are imported. Its primary key is a whole number.
    model: Any = None
    # The name of the foreign key to the user whose bell it is.
    user = "user"
    # What the command advises where the table is not as it should be.
    way_out = "Run: python manage.py migrate"

    def __init__(self, table: str = "") -> None:
        self.model = self._model(table)
        self.require(self.model)

    def require(self, model: Any) -> None:
        """Raise :class:`TableError` with the way out if a table or a column is missing."""
        try:
            require_table(model)
        except TableError as error:
            raise TableError(f"{error} {self.way_out}") from error

    def _model(self, table: str) -> Any:
        if table:
            raise TableError("--table is for the kits that are named without a dot.")
        if not isinstance(getattr(self.model, "_meta", None), Options):
            raise TableError(f"Its attribute model is {self.model!r}, which is no model.")
        if not isinstance(self.model._meta.pk, IntegerField):
            raise TableError(
                f"The primary key of {self.model.__name__} is no number, and rows are imported in "
                "the order of their numbers."
            )
        self._require_user()
        for name in ("fields", "state"):
            if getattr(type(self), name) is getattr(Kit, name):
                raise TableError(f"It has no method {name}(). Write one.")
        return self.model

    def _require_user(self) -> None:
        """Raise :class:`TableError` unless :attr:`user` names a foreign key to the user."""
        user = get_user_model()
        keys = {
            field.name
            for field in self.model._meta.concrete_fields
            if (model := field.related_model)
            and (issubclass(model, user) or issubclass(user, model))
        }
        if self.user not in keys:
            known = f"use {' or '.join(map(repr, sorted(keys)))}" if keys else "it has none"
            raise TableError(
                f"Its attribute user is {self.user!r}, which is no foreign key of "
                f"{self.model.__name__} to the user; {known}."
            )

    @property
    def table(self) -> str:
        """The name of the table in the database."""
        return str(self.model._meta.db_table)

    def span(self, after: int) -> tuple[int, int]:
        """Return the first and the last primary key beyond ``after``; both are 0 without a row."""
        found = self.rows().filter(pk__gt=after).aggregate(first=Min("pk"), last=Max("pk"))
        return found["first"] or 0, found["last"] or 0

    def read(self, after: int, through: int, size: int) -> list[Any]:
        """Return at most ``size`` rows beyond ``after``, with the objects to which they refer."""
        rows = list(self.rows().filter(pk__gt=after, pk__lte=through).order_by("pk")[:size])
        users = all_users(write_alias()).in_bulk({self.user_key(row) for row in rows})
        for row in rows:
            row._has_user = self.user_key(row) in users
            if row._has_user:
                setattr(row, self.user, users[self.user_key(row)])
        self._complete(rows, users)
        return rows

    def rows(self) -> QuerySet[Any]:
        """Return all rows; a class that is derived may add ``select_related()`` or a filter."""
        rows: QuerySet[Any] = self.model._base_manager.using(write_alias())
        return rows

    def user_key(self, row: Any) -> Any:
        """Return the primary key of the user of a row."""
        return getattr(row, f"{self.user}_id")

    def _complete(self, rows: list[Any], users: dict[Any, Any]) -> None:
        """Give the rows what they refer to."""

    def reason_to_leave_out(self, row: Any) -> str:
        """Return why a row belongs into no bell, ``""`` if it does."""
        return "" if row._has_user else "of users who are gone"

    def fields(self, row: Any) -> dict[str, Any]:
        """Return the arguments that ``notify_user()`` would be given for a row."""
        raise NotImplementedError

    def state(self, row: Any, now: datetime) -> State:
        """Return the instants of a row."""
        raise NotImplementedError


class Notifications(Kit):
    """django-notifications-hq, and its fork django-notifications-community: the same table."""

    user = "recipient"
    way_out = _WAY_OUT
    _roles = ("actor", "target", "action_object")

    def _model(self, table: str) -> Any:
        return notifications_table(table)

    def _complete(self, rows: list[Any], users: dict[Any, Any]) -> None:
        objects = Objects(
            named for row in rows for role in self._roles if (named := _reference(row, role))
        )
        for row in rows:
            for role in self._roles:
                setattr(row, role, objects.get(*(_reference(row, role) or (None, None))))

    def fields(self, row: Any) -> dict[str, Any]:
        """Return the sentence of actor and verb as the title, and the target as the source."""
        about = self._about(row)
        number, key = (_reference(row, about) if about else None) or (None, "")
        source_app, source_model = source_of(number) if number else ("", "")
        return {
            "title": self._title(row),
            "message": row.description or "",
            "level": "danger" if row.level == "error" else row.level,
            "url": self._address(row),
            "source_app": source_app,
            "source_model": source_model,
            "source_id": key if source_app else "",
        }

    def state(self, row: Any, now: datetime) -> State:
        """Return the instants. The old row has only flags, so reading is dated back to its time."""
        created_at = min(row.timestamp, now)
        # The two are equal only where the row was unread: so restoring it makes it unread again.
        dismissed_at = now if row.deleted else None
        return State(created_at, dismissed_at if row.unread else created_at, dismissed_at)

    def _title(self, row: Any) -> str:
        # As the old row says it itself, without "3 days ago".
        words = [row.actor, row.verb, row.action_object]
        if row.target is not None:
            words += ["on", row.target] if row.action_object is not None else [row.target]
        texts = (text_of(word.__str__) for word in words if word is not None)
        return " ".join(filter(None, texts))

    def _about(self, row: Any) -> str:
        """Return the role of what a row is about, ``""`` if that is a user alone."""
        for role in ("target", "action_object"):
            if _reference(row, role):
                return role
        actor = _reference(row, "actor")
        return "actor" if actor and not is_user(actor[0]) else ""

    def _address(self, row: Any) -> str:
        about = self._about(row)
        roles = (about, "action_object") if about == "target" else (about,)
        addresses = (address_of(getattr(row, role)) for role in roles if role)
        return next(filter(None, addresses), "")


class GenericNotifications(Kit):
    """django-generic-notifications, of which the website's notifications are taken."""

    user = "recipient"
    way_out = _WAY_OUT

    def __init__(self, table: str = "") -> None:
        super().__init__(table)
        self._channels: Any = generic_channels_table()
        self.require(self._channels)

    def _model(self, table: str) -> Any:
        return generic_table(table)

    def _complete(self, rows: list[Any], users: dict[Any, Any]) -> None:
        by_pk = {row.pk: row for row in rows}
        actors = {row.actor_id for row in rows} - users.keys() - {None}
        users = users | all_users(write_alias()).in_bulk(actors)
        objects = Objects(named for row in rows if (named := _reference(row)))
        for row in rows:
            row.actor = users.get(row.actor_id)
            row.target = objects.get(row.content_type_id, row.object_id)
            row.channels = []
        channels = self._channels._base_manager.using(write_alias())
        found = channels.filter(notification_id__in=by_pk)
        for pk, channel in found.values_list("notification_id", "channel"):
            by_pk[pk].channels.append(channel)

    def reason_to_leave_out(self, row: Any) -> str:
        """Return why a row belongs into no bell: e-mails have rows there, too."""
        if reason := super().reason_to_leave_out(row):
            return reason
        return "" if WEBSITE in row.channels else f"not on the channel {WEBSITE!r}"

    def fields(self, row: Any) -> dict[str, Any]:
        """Return subject and text, and the type as the source, by which users have chosen."""
        named = _reference(row)
        title, text = self._words(row)
        return {
            "title": title,
            "message": text,
            "level": "info",
            "url": _own_address(row) or address_of(row.target),
            "source_app": row.notification_type,
            "source_model": source_of(named[0])[1] if named else "",
            "source_id": named[1] if named else "",
        }

    def state(self, row: Any, now: datetime) -> State:
        """Return the instants, which the old row has."""
        return State(min(row.added, now), row.read, None)

    def _words(self, row: Any) -> tuple[str, str]:
        """Return subject and text; a type that is installed makes those that are not stored."""
        subject, text = row.subject or "", row.text or ""
        kind = _type_of(row.notification_type)
        if kind is not None:
            subject = subject or text_of(lambda: kind.get_subject(row))
            subject = subject or getattr(kind, "description", "")
            text = text or text_of(lambda: kind.get_text(row))
        return subject or str(row.notification_type).replace("_", " ").capitalize(), text


KITS: dict[str, type[Kit]] = {
    "notifications": Notifications,
    "generic_notifications": GenericNotifications,
}


def _reference(row: Any, role: str = "") -> tuple[int, str] | None:
    """Return content type and id of an object that a row names, ``None`` if it names none."""
    names = (
        (f"{role}_content_type_id", f"{role}_object_id")
        if role
        else ("content_type_id", "object_id")
    )
    number, key = (getattr(row, name) for name in names)
    return None if number is None or key is None else (number, key)


def _own_address(row: Any) -> str:
    """Return the address that a row has, ``""`` if a notification may not lead there."""
    url = row.url or ""
    try:
        # A path without a slash was one of the site's, too.
        is_path = bool(url) and not url.startswith("/") and not urlsplit(url).scheme
    except ValueError:
        return ""
    return safe_address(f"/{url}" if is_path else url)


def _type_of(key: str) -> Any:
    """Return the type of that name, ``None`` where the old app or the type is not installed."""
    if not apps.is_installed("generic_notifications"):
        return None
    # Which registers the kit's own types; those of the project come with its apps.
    registry = import_string("generic_notifications.types.registry")
    try:
        return registry.get_type(key)()
    except KeyError:
        return None
