"""Indexes that each database has in the shape that serves it best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import F, Index, Model, OrderBy, Q

# Django executes whatever an index says.
_NOTHING = "SELECT 1"


class ShapedIndex(Index):
    """An index that each database has in a shape of its own, or not at all."""

    def create_sql(
        self,
        model: type[Model],
        schema_editor: BaseDatabaseSchemaEditor,
        using: str = "",
        **kwargs: Any,
    ) -> Statement:
        """The statement that creates it on the database of ``schema_editor``, or does nothing."""
        index = self._as_made_on(schema_editor.connection.vendor)
        if index is None:
            return Statement(_NOTHING)
        return index.create_sql(model, schema_editor, using, **kwargs)

    def remove_sql(
        self, model: type[Model], schema_editor: BaseDatabaseSchemaEditor, **kwargs: Any
    ) -> str:
        """The statement that removes it, or does nothing."""
        if self._as_made_on(schema_editor.connection.vendor) is None:
            return _NOTHING
        return super().remove_sql(model, schema_editor, **kwargs)

    def _as_made_on(self, vendor: str) -> Index | None:
        raise NotImplementedError


class LatestIndex(ShapedIndex):
    """Those of an owner in which a column is unset, newest first.

    ``fields`` are the owner, the column, the key, and what else is read from the index; ``mariadb``
    is what it is to hold besides on MariaDB, where the list looks for ids first. Rows in which the
    column is set are left out of it, and so cost nothing, but MariaDB's indexes hold every row.
    """

    def __init__(self, *, mariadb: Sequence[str] = (), **options: Any) -> None:
        super().__init__(**options)
        self.mariadb = list(mariadb)

    def deconstruct(self) -> Any:
        """What a migration writes down of it."""
        path, arguments, options = super().deconstruct()
        return path, arguments, options | ({"mariadb": self.mariadb} if self.mariadb else {})

    def _as_made_on(self, vendor: str) -> Index:
        owner, unset, key, *others = self.fields
        if vendor == "mysql":
            return Index(fields=[*self.fields, *self.mariadb], name=self.name)
        condition = Q(**{f"{unset}__isnull": True})
        if vendor != "postgresql":
            return Index(fields=[owner, key, *others], name=self.name, condition=condition)
        columns: list[Any] = [F(owner), newest_first(vendor, key), *map(F, others)]
        return Index(*columns, name=self.name, condition=condition)


class AnySetIndex(ShapedIndex):
    """The rows in which any of the columns ``any_set`` is set, on PostgreSQL alone.

    With a ``condition`` MariaDB would warn at each check that it does not make it.
    """

    def __init__(self, *, any_set: Sequence[str], **options: Any) -> None:
        super().__init__(**options)
        self.any_set = list(any_set)

    def deconstruct(self) -> Any:
        """What a migration writes down of it."""
        path, arguments, options = super().deconstruct()
        return path, arguments, options | {"any_set": self.any_set}

    def _as_made_on(self, vendor: str) -> Index | None:
        if vendor != "postgresql":
            return None
        is_set = Q(*((f"{name}__isnull", False) for name in self.any_set), _connector=Q.OR)
        return Index(fields=self.fields, name=self.name, condition=is_set)


def newest_first(vendor: str, key: str = "id") -> OrderBy:
    """The order in which a ``LatestIndex`` is read."""
    # Asked for the newest, PostgreSQL would often rather go through the primary key, in the hope
    # that some of the owner's come soon. In this order, which names what is not there, it cannot.
    return F(key).desc(nulls_last=True if vendor == "postgresql" else None)
