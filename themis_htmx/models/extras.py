"""The extras of a notification, which few have, in one JSON column: an image, actions, and whether
its title counts the others of its group.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from django.db import models

from themis_htmx.models.address import clean_address
from themis_htmx.models.source import CONTROL, clean_text

ACTIONS = 2
LABEL_LENGTH = 40
METHODS = ("get", "post")
# Set in the extras of a notification whose title says how many others it stands for.
SAYS_OTHERS = "says_others"

_EXAMPLE = '{"label": "Approve", "url": "/requests/42/approve/", "method": "post"}'


class Action(NamedTuple):
    """A button of a notification: a link to ``url``, or a form that posts to it."""

    label: str
    url: str
    method: str

    @property
    def is_post(self) -> bool:
        """True if it posts to a view of the project, False if it is a link."""
        return self.method == "post"


class ExtrasField(models.JSONField):
    """A ``JSONField`` in which ``None`` is NULL, however it is written.

    An ``INSERT … SELECT`` writes it as an expression, and Django makes JSON's ``null`` of that.
    """

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Return ``value`` as text of JSON, and ``None`` as it is."""
        return None if value is None else super().get_db_prep_value(value, connection, prepared)


def make_extras(image: Any, actions: Any) -> dict[str, Any] | None:
    """Return the column's value for ``image`` and ``actions``, ``None`` for neither.

    Raises ``ValueError`` or ``TypeError`` that names the argument.
    """
    extras: dict[str, Any] = {}
    if address := clean_image(image):
        extras["image"] = address
    if buttons := clean_actions(actions):
        extras["actions"] = [each._asdict() for each in buttons]
    return extras or None


def clean_image(value: Any) -> str:
    """Return ``value`` as the address of an image, ``""`` for none.

    Anything else than a path on this site or an absolute https address raises ``ValueError``. A
    browser refuses an image over http on a page over https.
    """
    address = clean_address(value, "image")
    if address.lower().startswith("http:"):
        raise ValueError(
            f"image: {address!r} is neither a path on this site (/…) nor an absolute https address."
        )
    return address


def clean_actions(value: Any) -> list[Action]:
    """Return ``value``, an iterable of at most two mappings, as actions; ``None`` has none.

    Each has a ``label`` of at most 40 characters, a ``url``, and a ``method``, which is ``"get"``
    unless given. An action that posts leads to a path on this site, since a form sends the token
    that protects the site's forms. Anything else raises ``ValueError`` or ``TypeError`` that names
    the argument.
    """
    if value is None:
        return []
    if isinstance(value, str | Mapping) or not isinstance(value, Iterable):
        raise TypeError(f"actions: {value!r} is not a list of mappings such as [{_EXAMPLE}].")
    actions = [_clean_action(each) for each in value]
    if len(actions) > ACTIONS:
        raise ValueError(f"actions: {len(actions)} are given, at most {ACTIONS} fit into a row.")
    return actions


def stored_image(extras: Any) -> str:
    """Return the image in a column's value; ``""`` for none, or for one that is not safe.

    An import or ``update()`` may have written anything, so it is checked as in a call.
    """
    if not isinstance(extras, dict):
        return ""
    try:
        return clean_image(extras.get("image"))
    except ValueError:
        return ""


def stored_actions(extras: Any) -> list[Action]:
    """Return the actions in a column's value; none if any of them is not as it should be."""
    if not isinstance(extras, dict):
        return []
    try:
        return clean_actions(extras.get("actions"))
    except (TypeError, ValueError):
        return []


def says_others(extras: Any) -> bool:
    """Return whether a column's value says that the title counts the others of its group."""
    return isinstance(extras, dict) and bool(extras.get(SAYS_OTHERS))


def _clean_action(value: Any) -> Action:
    if not isinstance(value, Mapping):
        raise TypeError(f"actions: {value!r} is not a mapping such as {_EXAMPLE}.")
    for name in value.keys() - set(Action._fields):
        raise ValueError(f"actions: {name!r} is unknown; use {', '.join(Action._fields)}.")
    label = " ".join(CONTROL.sub(" ", clean_text(value.get("label"))).split())
    if not label:
        raise ValueError(f"actions: {value!r} has no label.")
    if len(label) > LABEL_LENGTH:
        raise ValueError(
            f"actions: the label {label!r} has {len(label)} characters, at most {LABEL_LENGTH} fit."
        )
    method = value.get("method", METHODS[0])
    if method not in METHODS:
        raise ValueError(f"actions: the method {method!r} is unknown; use {' or '.join(METHODS)}.")
    url = clean_address(value.get("url"), "actions")
    if not url:
        raise ValueError(f"actions: {label!r} has no url.")
    if method == "post" and not url.startswith("/"):
        raise ValueError(f"actions: {url!r} is not on this site (/…), so nothing is posted to it.")
    return Action(label, url, method)
