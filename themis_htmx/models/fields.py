"""Model fields that behave alike on every database."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.fields.related_descriptors import ReverseOneToOneDescriptor

# Generic for the type checker alone.
if TYPE_CHECKING:
    CharField = models.CharField[str, str]
    OneToOneField = models.OneToOneField[Any, Any]
    ReverseDescriptor = ReverseOneToOneDescriptor[Any, Any]
else:
    ReverseDescriptor = ReverseOneToOneDescriptor
    CharField = models.CharField
    OneToOneField = models.OneToOneField


class ExactCharField(CharField):
    """A ``CharField`` that compares character by character.

    MariaDB's default collation takes ``"A"`` for ``"a"`` and ``"a "`` for ``"a"``, which would
    merge the notifications of two sources; SQLite and PostgreSQL tell them apart.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """Add the binary collation where the database's own would fold."""
        parameters: Any = super().db_parameters(connection)
        if connection.vendor == "mysql":
            parameters["collation"] = _binary_collation(connection)
        return parameters


def _binary_collation(connection: Any) -> str:
    return "utf8mb4_nopad_bin" if connection.mysql_is_mariadb else "utf8mb4_0900_bin"


class _DefaultingDescriptor(ReverseDescriptor):
    """A reverse accessor that answers with an unsaved instance where there is no row."""

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        try:
            return super().__get__(instance, cls)
        except ObjectDoesNotExist:
            default = self.related.related_model(**{self.related.field.name: instance})
            self.related.set_cached_value(instance, default)
            return default


class DefaultingOneToOneField(OneToOneField):
    """A ``OneToOneField`` whose other side never raises ``DoesNotExist``."""

    related_accessor_class = _DefaultingDescriptor
