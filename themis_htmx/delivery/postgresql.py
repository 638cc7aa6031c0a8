"""PostgreSQL's statements that ask whether one user is to get a row, and write it if so."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.db import connections
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.utils import timezone

from themis_htmx.delivery.compiled import Statement, asked_user, column, duplicate, key_holder
from themis_htmx.delivery.recipients import Recipient, database, locking
from themis_htmx.delivery.selecting import insert_into, insert_of, written_fields
from themis_htmx.delivery.wishes import wanting
from themis_htmx.models import UserNotification
from themis_htmx.users import all_users

# A conflict that a snapshot hides is an error of the whole transaction, not something that a
# statement may pass over. So where there are snapshots, nothing is written here.
_INSERT_ONCE = """
WITH asked (is_wanted, duplicate, key_holder) AS ({question}),
made AS (
    {insert} SELECT {values} FROM asked
    WHERE is_wanted AND duplicate IS NULL
    AND current_setting('transaction_isolation') = 'read committed'
    ON CONFLICT (user_id, dedup_key) DO NOTHING RETURNING id
)
SELECT is_wanted AND duplicate IS NULL, key_holder, made.id FROM asked LEFT JOIN made ON TRUE
"""


class Attempt(NamedTuple):
    """What came of it: the key of the new row, or who is still to get one."""

    made: Any = None
    recipient: Recipient | None = None


def insert_wanted(row: UserNotification) -> Any:
    """Write ``row`` if its user wants it; return its key or ``None``."""
    made = _conditional_insert(*_kind(row)).first(_values(row), database())
    return made[0] if made else None


def insert_once(row: UserNotification) -> Attempt:
    """Write ``row`` if its user wants it and nothing stands in the way.

    It needs no savepoint, since a conflict is passed over and so breaks no transaction. What is
    wanted and was not written, because of a stale key or of a competitor, has its recipient.
    """
    answer = _insert_once(*_kind(row)).first(_values(row) | {"now": timezone.now()}, database())
    if answer is None:
        return Attempt()
    may_be_written, key_holder, made = answer
    to = Recipient(row.user_id, key_holder) if may_be_written and made is None else None
    return Attempt(made, to)


def _kind(row: UserNotification) -> tuple[str, str, bool]:
    return database(), row.level, bool(row.source_app)


def _values(row: UserNotification) -> dict[str, Any]:
    return {field.name: getattr(row, field.attname) for field in written_fields()}


@cache
def _conditional_insert(alias: str, level: str, has_source: bool) -> Statement:  # noqa: FBT001
    wanted = _asked(alias).filter(_wanting(level, has_source))
    _user, *others = written_fields()
    selected = wanted.values_list("pk", *(column(field.name) for field in others))
    sql, places = insert_of(selected, connections[alias])
    return Statement(f"{sql} RETURNING id", tuple(places))


@cache
def _insert_once(alias: str, level: str, has_source: bool) -> Statement:  # noqa: FBT001
    is_wanted = ExpressionWrapper(_wanting(level, has_source), output_field=BooleanField())
    asked = _asked(alias).values_list(is_wanted, duplicate(), key_holder())
    question, fields = Statement.of(asked), written_fields()
    sql = _INSERT_ONCE.format(
        question=locking(question.sql, connections[alias]),
        insert=insert_into(connections[alias]),
        values=", ".join("%s" for _field in fields),
    )
    return Statement(sql, (*question.places, *(column(field.name) for field in fields)))


def _asked(alias: str) -> QuerySet[Any]:
    return all_users(alias).filter(pk=asked_user()).order_by()


def _wanting(level: str, has_source: bool) -> Q:  # noqa: FBT001
    source: Any = column("source_app") if has_source else ""
    return wanting(level, source)
