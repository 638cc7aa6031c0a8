"""Assertions for the tests of a project that notifies, and a fixture for pytest.

The fixture is available once ``conftest.py`` says ``pytest_plugins = ["themis_htmx.testing"]``.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from themis_htmx.models import UserNotification
from themis_htmx.models.extras import clean_actions, clean_image
from themis_htmx.models.notification import NotificationQuerySet


def assert_notified(user: Any, **fields: Any) -> UserNotification:
    """Assert that ``user`` has a notification with these fields, and return the newest such one.

    ``fields`` are lookups of ``UserNotification``, such as ``level="danger"`` or
    ``title__contains="Deploy"``; ``image`` and ``actions`` are compared as a call gives them. The
    ``AssertionError`` lists the user's newest notifications.
    """
    found = _find(user, fields)
    if found is None:
        raise AssertionError(f"{user} has no notification with {fields}; {_inventory(user)}.")
    return found


def assert_not_notified(user: Any, **fields: Any) -> None:
    """Assert that ``user`` has no notification with these fields, or none at all without fields."""
    found = _find(user, fields)
    if found is not None:
        raise AssertionError(f"{user} has a notification {_describe(found)}.")


def themis_inbox(user: Any) -> list[UserNotification]:
    """Return the notifications that ``user`` would see now, newest first.

    One that is scheduled for later is not among them, and :func:`assert_notified` finds it.
    """
    return list(_newest(user).visible())


def _find(user: Any, fields: dict[str, Any]) -> UserNotification | None:
    """Return the newest notification with these fields, of which two are in no column."""
    checks = {"image": clean_image, "actions": clean_actions}
    lookups = {name: value for name, value in fields.items() if name not in checks}
    given = {name: checks[name](fields[name]) for name in checks if name in fields}
    for row in _newest(user).filter(**lookups):
        if all(getattr(row, name) == value for name, value in given.items()):
            return row
    return None


def _newest(user: Any) -> NotificationQuerySet:
    return UserNotification.objects.for_user(user).newest_first()


def _inventory(user: Any) -> str:
    found = ", ".join(_describe(notification) for notification in _newest(user)[:10])
    return f"the newest are {found}" if found else "there is none at all"


def _describe(notification: UserNotification) -> str:
    asleep = "" if notification.is_awake else f", visible from {notification.visible_from}"
    return f"{notification.title!r} ({notification.level}{asleep})"


with suppress(ImportError):  # a project may test with unittest
    import pytest

    @pytest.fixture(name="themis_inbox")
    def _themis_inbox(db: None) -> Callable[[Any], list[UserNotification]]:
        return themis_inbox
