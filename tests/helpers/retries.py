"""The retries that a project at REPEATABLE READ needs on PostgreSQL."""

from django.db import OperationalError


def insist(action):
    """Try again where PostgreSQL refuses to change what another has changed since the snapshot.

    Its documentation says so of every transaction at that level; nowhere else is it refused.
    """
    for _attempt in range(1000):
        try:
            return action()
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != "40001":
                raise
    raise AssertionError("refused a thousand times")
