"""Statements that are compiled once and kept, with places for values that are not known yet.

Building one takes the ORM several times as long as the database takes to answer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import DateTimeField, Expression, Q, QuerySet, Subquery

from themis_htmx.delivery.recipients import duplicate_of, key_of
from themis_htmx.models import UserNotification
from themis_htmx.models.source import SOURCE_LENGTHS


class Parameter(Expression):
    """A value that is not known yet; it stands among the parameters of the compiled query."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Its place, with itself as the value."""
        return "%s", (self,)


class Statement(NamedTuple):
    """SQL and what goes into its places: values, and parameters that stand for one."""

    sql: str
    places: tuple[Any, ...]

    @classmethod
    def of(cls, query: QuerySet[Any, Any]) -> Statement:
        """What ``query`` asks its database."""
        sql, places = query.query.get_compiler(query.db).as_sql()
        return cls(sql, tuple(places))

    def first(self, values: dict[str, Any], alias: str) -> tuple[Any, ...] | None:
        """Execute it with these values, and return the first row."""
        connection = connections[alias]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [_value(place, values, connection) for place in self.places])
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def column(name: str) -> Parameter:
    """The parameter that goes into, or is compared with, a notification's field."""
    return Parameter(name, UserNotification._meta.get_field(name))


def asked_user() -> Parameter:
    """The parameter ``user``: the key of whom it is about."""
    return Parameter("user", get_user_model()._meta.pk)


def duplicate() -> Subquery:
    """What stands in the way of another one about the same source."""
    source = {name: column(name) for name in SOURCE_LENGTHS}
    return key_of(duplicate_of(source, Parameter("now", DateTimeField())), asked_user())


def key_holder() -> Subquery:
    """The row that holds the dedup key; where that is no duplicate any more, it is stale."""
    return key_of(Q(dedup_key=column("dedup_key")), asked_user())


def _value(place: Any, values: dict[str, Any], connection: Any) -> Any:
    if not isinstance(place, Parameter):
        return place
    return place.output_field.get_db_prep_value(values[place.name], connection)
