"""The objects to which old rows refer by content type and id, and what is said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model

from themis_htmx.models.address import safe_address

Reference = tuple[int, str]


class Objects:
    """The objects of a batch, read by one query for each model; what is gone is ``None``."""

    def __init__(self, references: Iterable[Reference]) -> None:
        keys: dict[int, set[str]] = defaultdict(set)
        for content_type, key in references:
            keys[content_type].add(key)
        self._found = {number: self._read(number, keys[number]) for number in sorted(keys)}

    def get(self, content_type: int | None, key: str | None) -> Any:
        """Return an object, ``None`` if it is gone, or nothing was named."""
        if content_type is None or key is None:
            return None
        return self._found.get(content_type, {}).get(key)

    def _read(self, content_type: int, keys: set[str]) -> dict[str, Any]:
        model = model_of(content_type)
        if model is None:
            return {}
        by_key = {key: value for key in keys if (value := _value(model, key)) is not None}
        found = model._base_manager.in_bulk(set(by_key.values()))
        return {key: found[value] for key, value in by_key.items() if value in found}


def model_of(content_type: int) -> type[Model] | None:
    """Return the model of a content type, ``None`` if the project does not have it any more."""
    try:
        return ContentType.objects.get_for_id(content_type).model_class()
    except ContentType.DoesNotExist:
        return None


def source_of(content_type: int) -> tuple[str, str]:
    """Return the app and the model of a content type, as ``source_app`` and ``source_model``."""
    try:
        found = ContentType.objects.get_for_id(content_type)
    except ContentType.DoesNotExist:
        return "", ""
    model = found.model_class()
    return found.app_label, model.__name__ if model else found.model


def is_user(content_type: int) -> bool:
    """Return whether a content type is that of the project's users."""
    model = model_of(content_type)
    return model is not None and issubclass(model, get_user_model())


def address_of(obj: Any) -> str:
    """Return where ``get_absolute_url()`` leads, ``""`` if nowhere that a notification may lead.

    Old objects often have an address no more, and then the method raises anything.
    """
    get = getattr(obj, "get_absolute_url", None)
    if get is None:
        return ""
    try:
        return safe_address(get())
    except Exception:
        return ""


def text_of(say: Callable[[], Any]) -> str:
    """Return what ``say()`` returns as text, ``""`` if it raises, as code about old rows may."""
    try:
        return str(say() or "")
    except Exception:
        return ""


def _value(model: type[Model], key: str) -> Any:
    """Return the primary key that a text stands for, ``None`` if it cannot be one."""
    try:
        return model._meta.pk.to_python(key)
    except (ValidationError, ValueError, TypeError):
        return None
