"""Concurrent reads: the first one counts, and notifications that arrive meanwhile stay unread."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from tests.helpers.browsers import browser
from tests.helpers.retries import insist
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


def everything():
    return UserNotification.objects.order_by("pk")


@pytest.mark.parametrize("verb", ["mark_read", "dismiss"])
def test_ten_concurrent_reads_keep_the_instant_of_the_first(notify, together, verb):
    row = everything().filter(pk=notify().pk)
    instants = [NOON + timedelta(minutes=number) for number in range(10)]

    counts = together(*(lambda at=at: insist(lambda: row.mark_read(at)) for at in instants))

    assert sorted(counts) == [0] * 9 + [1]
    assert row.get().read_at == instants[counts.index(1)]
    getattr(row, verb)()
    assert row.get().read_at == instants[counts.index(1)]


def test_concurrent_mark_all_read_leaves_later_notifications_unread(user, notify, together):
    """``up_to`` names the newest that the page had shown; later ones stay unread."""
    shown = [notify(f"shown {number}").pk for number in range(40)]

    def mark():
        client, up_to = browser(user), {"up_to": shown[-1]}
        return insist(lambda: client.post(reverse("themis:read_all"), up_to)).status_code

    def arrive():
        return [notify_user(user, f"late {number}").pk for number in range(40)]

    *codes, late = together(mark, mark, arrive)

    assert set(codes) <= {200, 302}
    assert [row.pk for row in everything().filter(read_at=None)] == late
    assert [row.pk for row in everything().exclude(read_at=None)] == shown
