"""Queries that are compiled to SQL once, with placeholders for the values of each call.

To build such a query takes the ORM several times as long as the database takes to answer it.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import Expression, QuerySet

from themis_htmx.models import UserNotification


class Placeholder(Expression):
    """A stand-in among the parameters of a query, replaced by a value when the query runs."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the SQL of a parameter, with the placeholder itself as its value."""
        return "%s", (self,)


class CompiledQuery(NamedTuple):
    """SQL and its parameters, of which some are placeholders."""

    sql: str
    parameters: tuple[Any, ...]

    @classmethod
    def of(cls, query: QuerySet[Any, Any]) -> CompiledQuery:
        """Compile ``query`` for its database."""
        sql, parameters = query.query.get_compiler(query.db).as_sql()
        return cls(sql, tuple(parameters))

    def first(self, values: dict[str, Any], alias: str) -> tuple[Any, ...] | None:
        """Run the query with ``values`` in place of the placeholders, and return the first row."""
        return next(iter(self.all(values, alias)), None)

    def all(self, values: dict[str, Any], alias: str) -> list[tuple[Any, ...]]:
        """Run the query with ``values`` in place of the placeholders, and return its rows."""
        connection = connections[alias]
        parameters = [_value(each, values, connection) for each in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, parameters)
            return list(cursor.fetchall())


def field_placeholder(name: str) -> Placeholder:
    """Return the placeholder for a value of the notification field ``name``."""
    return Placeholder(name, UserNotification._meta.get_field(name))


def user_placeholder() -> Placeholder:
    """Return the placeholder ``user``, for the key of a user."""
    return Placeholder("user", get_user_model()._meta.pk)


def _value(parameter: Any, values: dict[str, Any], connection: Any) -> Any:
    if not isinstance(parameter, Placeholder):
        return parameter
    return parameter.output_field.get_db_prep_value(values[parameter.name], connection)
