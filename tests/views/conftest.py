"""Fixtures of the tests of views."""

import pytest

from themis_htmx.models import UserNotification


@pytest.fixture
def make(user):
    """Make that many notifications at once, titled by number."""

    def make(number, **fields):
        rows = [UserNotification(user=user, title=str(n), **fields) for n in range(number)]
        UserNotification.objects.bulk_create(rows)

    return make
