"""Indexes that have a different shape on each database, and the order in which they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import F, Index, Model, OrderBy, Q

from themis_htmx.databases import (
    gains_from_index_on_ended,
    has_conditional_indexes,
    names_nulls_in_newest_first,
)

# Django executes the SQL of an index in any case, so an index that is not made needs some too.
_NOTHING = "SELECT 1"


class ShapedIndex(Index):
    """An index that has a different shape on each database, or is not made there at all."""

    def create_sql(
        self,
        model: type[Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Statement:
        """Return the statement that creates the index, or one that does nothing."""
        index = self._shape_on(schema_editor.connection.alias)
        if index is None:
            return Statement(_NOTHING)
        return index.create_sql(model, schema_editor, using, **kwargs)

    def remove_sql(
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor, **kwargs: Any
    ) -> str:
        """Return the statement that removes the index, or one that does nothing."""
        if self._shape_on(schema_editor.connection.alias) is None:
            return _NOTHING
        return super().remove_sql(model, schema_editor, **kwargs)

    def _shape_on(self, alias: str) -> Index | None:
        raise NotImplementedError


class LatestIndex(ShapedIndex):
    """An index of the rows of an owner in which a column is unset, newest first.

    ``fields`` are the owner, the column, the key, and further columns that are read from the index.
    ``mariadb`` names columns to add on MariaDB, where lists look for ids first. Rows in which the
    column is set are left out, and so cost nothing, except on MariaDB, whose indexes hold every
    row.
    """

    def __init__(self, *, mariadb: Sequence[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.mariadb = list(mariadb)

    def deconstruct(self) -> Any:
        """Return the path and the arguments that a migration writes down."""
        path, arguments, options = super().deconstruct()
        return path, arguments, options | ({"mariadb": self.mariadb} if self.mariadb else {})

    def _shape_on(self, alias: str) -> Index:
        owner, unset, key, *others = self.fields
        if not has_conditional_indexes(alias):
            return Index(fields=[*self.fields, *self.mariadb], name=self.name)
        condition = Q(**{f"{unset}__isnull": True})
        if not names_nulls_in_newest_first(alias):
            # SQLite asks for the column, although the condition tells it: it is in the index too.
            columns = [owner, key, *others, *([unset] if others else [])]
            return Index(fields=columns, name=self.name, condition=condition)
        expressions: list[Any] = [F(owner), newest_first(alias, key), *map(F, others)]
        return Index(*expressions, name=self.name, condition=condition)


class TimedIndex(ShapedIndex):
    """An index of the rows of an owner in which one column is unset and a time is set, by time.

    ``fields`` are the owner, the column, the time, and further columns that are read from the
    index. Few rows have a time, and the rest of them costs nothing. It is not made on MariaDB,
    whose indexes hold every row, and where lists would be read by it and sorted. There the
    ``LatestIndex`` of the column answers, which has the time.
    """

    def _shape_on(self, alias: str) -> Index | None:
        if not has_conditional_indexes(alias):
            return None
        owner, unset, time, *others = self.fields
        condition = Q(**{f"{unset}__isnull": True, f"{time}__isnull": False})
        columns = [owner, time, *others, *([] if names_nulls_in_newest_first(alias) else [unset])]
        return Index(fields=columns, name=self.name, condition=condition)


class AnySetIndex(ShapedIndex):
    """An index of the rows in which any of the columns ``any_set`` is set, on PostgreSQL only.

    It is not an ``Index`` with a condition, since MariaDB would warn at each check that it does not
    make such an index.
    """

    def __init__(self, *, any_set: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.any_set = list(any_set)

    def deconstruct(self) -> Any:
        """Return the path and the arguments that a migration writes down."""
        path, arguments, options = super().deconstruct()
        return path, arguments, options | {"any_set": self.any_set}

    def _shape_on(self, alias: str) -> Index | None:
        if not gains_from_index_on_ended(alias):
            return None
        is_set = Q(*((f"{name}__isnull", False) for name in self.any_set), _connector=Q.OR)
        return Index(fields=self.fields, name=self.name, condition=is_set)


def newest_first(alias: str, key: str = "id") -> OrderBy:
    """Return the order in which a ``LatestIndex`` is read."""
    return F(key).desc(nulls_last=True if names_nulls_in_newest_first(alias) else None)
