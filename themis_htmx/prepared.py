"""The statements of a single send, each compiled once a database and kept.

Building one takes the ORM several times as long as the database takes to answer. Where the choice
is asked for alone it is judged here and not in SQL, whose conditions PostgreSQL plans for longer
than it answers them.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connections
from django.db.models import BigIntegerField, DateTimeField, Expression, Q, Subquery, Value
from django.utils import timezone

from themis_htmx.drafts import SOURCE_LENGTHS, Draft
from themis_htmx.models import MutedSource, UserNotification
from themis_htmx.preferences import Choice, wanting
from themis_htmx.recipients import Recipient, database, duplicate_of, key_of
from themis_htmx.selecting import insert_of, written_fields


class Parameter(Expression):
    """A value that is not known yet; it stands among the parameters of the compiled query."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Its place, with itself as the value."""
        return "%s", (self,)


class Kind(NamedTuple):
    """What the text of the query depends on."""

    database: str
    has_source: bool
    deduplicates: bool


def recipient(user: Any, draft: Draft) -> Recipient | None:
    """``user`` as the recipient of ``draft``; ``None`` where it is not wanted or a duplicate."""
    row = _ask(user, draft)
    if row is None:
        return None
    *stored, duplicate, stale_holder = row
    if duplicate is not None or not Choice(*stored).wants(draft.level):
        return None
    return Recipient(user.pk, stale_holder)


def insert_wanted(row: UserNotification) -> Any:
    """Write ``row`` if its user wants it; return its key or ``None``.

    One statement for both, for databases that return what an ``INSERT … SELECT`` has made.
    """
    alias = database()
    connection: Any = connections[alias]
    sql, places = _compiled_insert(alias, row.level, bool(row.source_app))
    values = {field.name: getattr(row, field.attname) for field in written_fields()}
    with connection.cursor() as cursor:
        cursor.execute(sql, [_value(place, values, connection) for place in places])
        made = cursor.fetchone()
    return made[0] if made else None


def _ask(user: Any, draft: Draft) -> tuple[Any, ...] | None:
    kind = Kind(database(), bool(draft.source_app), draft.dedup_key is not None)
    connection: Any = connections[kind.database]
    sql, places = _compiled(kind)
    values = {"user": user.pk, "now": timezone.now(), "dedup_key": draft.dedup_key, **draft.source}
    with connection.cursor() as cursor:
        cursor.execute(sql, [_value(place, values, connection) for place in places])
        row: tuple[Any, ...] | None = cursor.fetchone()
    return row


@cache
def _compiled(kind: Kind) -> tuple[str, tuple[Any, ...]]:
    user = Parameter("user", get_user_model()._meta.pk)
    nothing: Any = Value(None, output_field=BigIntegerField())
    query = get_user_model()._base_manager.using(kind.database).filter(pk=user).order_by()
    asked = query.values_list(
        "themis_profile__notifications_enabled",
        "themis_profile__notifications_min_level",
        _muted(user) if kind.has_source else nothing,
        key_of(_duplicate(), user) if kind.deduplicates else nothing,
        key_of(Q(dedup_key=_parameter("dedup_key")), user) if kind.deduplicates else nothing,
    )
    sql, places = asked.query.get_compiler(kind.database).as_sql()
    return sql, tuple(places)


@cache
def _compiled_insert(alias: str, level: str, has_source: bool) -> tuple[str, tuple[Any, ...]]:  # noqa: FBT001
    user = Parameter("user", get_user_model()._meta.pk)
    source: Any = _parameter("source_app") if has_source else ""
    wanted = get_user_model()._base_manager.using(alias).filter(wanting(level, source), pk=user)
    _user, *others = written_fields()
    selected = wanted.order_by().values_list("pk", *(_parameter(field.name) for field in others))
    sql, places = insert_of(selected, connections[alias])
    return f"{sql} RETURNING {UserNotification._meta.pk.column}", tuple(places)


def _muted(user: Parameter) -> Subquery:
    muted = MutedSource.objects.filter(user_id=user, source_app=_parameter("source_app"))
    return Subquery(muted.values("including_urgent")[:1])


def _duplicate() -> Q:
    source = {name: _parameter(name) for name in SOURCE_LENGTHS}
    return duplicate_of(source, Parameter("now", DateTimeField()))


def _parameter(name: str) -> Parameter:
    return Parameter(name, UserNotification._meta.get_field(name))


def _value(place: Any, values: dict[str, Any], connection: Any) -> Any:
    if not isinstance(place, Parameter):
        return place
    return place.output_field.get_db_prep_value(values[place.name], connection)
