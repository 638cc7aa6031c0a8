"""Model fields: exactly compared text, an address, and a link that has defaults."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.fields.related_descriptors import ReverseOneToOneDescriptor

from themis_htmx.databases import binary_collation
from themis_htmx.models.address import safe_address, validate_address

# These classes are generic for the type checker only.
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

    A looser comparison, MariaDB's default, would merge the notifications of two sources.
    """

    def db_parameters(self, connection: BaseDatabaseWrapper) -> Any:
        """Add the binary collation where the default one compares more loosely."""
        parameters: Any = super().db_parameters(connection)
        if collation := binary_collation(connection.alias):
            parameters["collation"] = collation
        return parameters


class AddressField(CharField):
    """A ``CharField`` for an address to which a click leads: what is read from it is safe or empty.

    ``full_clean()`` refuses any other address. One that was written past that, by ``update()``, a
    fixture or plain SQL, is read as ``""``. So neither a template nor an e-mail of the project can
    make a link of it.
    """

    default_validators = [validate_address]

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """Return the address as ``notify_user()`` would have stored it, ``""`` if not at all."""
        return value and safe_address(value)


class _DefaultingDescriptor(ReverseDescriptor):
    """A reverse accessor that returns an unsaved instance if there is no row."""

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
