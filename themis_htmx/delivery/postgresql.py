"""Delivery to one user on PostgreSQL: one INSERT that checks preferences and duplicates itself."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet, Value
from django.utils import timezone

from themis_htmx.compiled import CompiledQuery, field_placeholder, user_placeholder
from themis_htmx.databases import write_alias
from themis_htmx.delivery.duplicates import duplicate, key_holder
from themis_htmx.delivery.locks import locking
from themis_htmx.delivery.many import insert_prefix, insert_select_sql, written_fields
from themis_htmx.delivery.recipients import Recipient
from themis_htmx.delivery.wishes import wants_q
from themis_htmx.models import UserNotification
from themis_htmx.policies import Policy, policy_of
from themis_htmx.users import all_users

# ON CONFLICT cannot pass over a conflict with a row that the snapshot hides: that is an error,
# and ends the whole transaction. So nothing is written above the level "read committed".
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
    """The outcome of an attempt: the key of the new row, or the recipient still to serve."""

    pk: Any = None
    recipient: Recipient | None = None


def attempt_insert(row: UserNotification) -> Attempt:
    """Write ``row`` if its user wants it and has no duplicate.

    No savepoint is needed, since a conflict is passed over and so breaks no transaction. A row
    that is wanted and was not written, because of a stale holder or of a competitor, is answered
    with its recipient.
    """
    return Attempt(_insert_wanted(row)) if row.dedup_key is None else _insert_once(row)


def _insert_wanted(row: UserNotification) -> Any:
    made = _insert_wanted_query(*_query_key(row)).first(_values(row), write_alias())
    return made[0] if made else None


def _insert_once(row: UserNotification) -> Attempt:
    values = _values(row) | {"now": timezone.now()}
    is_scheduled = row.visible_from is not None
    answer = _insert_once_query(*_query_key(row), is_scheduled).first(values, write_alias())
    if answer is None:
        return Attempt()
    may_be_written, holder, pk = answer
    recipient = Recipient(row.user_id, holder) if may_be_written and pk is None else None
    return Attempt(pk, recipient)


def _query_key(row: UserNotification) -> tuple[str, str, Policy | None]:
    return write_alias(), row.level, policy_of(row.source_app) if row.source_app else None


def _values(row: UserNotification) -> dict[str, Any]:
    return {field.name: getattr(row, field.attname) for field in written_fields()}


@cache
def _insert_wanted_query(alias: str, level: str, policy: Policy | None) -> CompiledQuery:
    wanted = _user(alias).filter(_wants(level, policy))
    _first, *others = written_fields()
    selected = wanted.values_list("pk", *(field_placeholder(field.name) for field in others))
    sql, parameters = insert_select_sql(selected, alias)
    return CompiledQuery(f"{sql} RETURNING id", tuple(parameters))


@cache
def _insert_once_query(
    alias: str,
    level: str,
    policy: Policy | None,
    is_scheduled: bool,  # noqa: FBT001
) -> CompiledQuery:
    is_wanted = _is_wanted(level, policy)
    asked = _user(alias).values_list(is_wanted, duplicate(is_scheduled=is_scheduled), key_holder())
    question, fields = CompiledQuery.of(asked), written_fields()
    sql = _INSERT_ONCE.format(
        question=locking(question.sql, alias),
        insert=insert_prefix(alias),
        values=", ".join("%s" for _field in fields),
    )
    placeholders = (field_placeholder(field.name) for field in fields)
    return CompiledQuery(sql, (*question.parameters, *placeholders))


def _user(alias: str) -> QuerySet[Any]:
    return all_users(alias).filter(pk=user_placeholder()).order_by()


def _wants(level: str, policy: Policy | None) -> Q:
    source: Any = field_placeholder("source_app")
    return wants_q(level) if policy is None else wants_q(level, source, policy)


def _is_wanted(level: str, policy: Policy | None) -> Any:
    if policy is Policy.REQUIRED:
        return Value(True, output_field=BooleanField())  # noqa: FBT003
    return ExpressionWrapper(_wants(level, policy), output_field=BooleanField())
