"""Who reads at the same time: the first reading counts, and what arrives meanwhile stays unread."""

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
def test_ten_who_read_at_once_keep_the_first_time(notify, together, verb):
    row = everything().filter(pk=notify().pk)
    instants = [NOON + timedelta(minutes=number) for number in range(10)]

    counts = together(*(lambda at=at: insist(lambda: row.mark_read(at)) for at in instants))

    assert sorted(counts) == [0] * 9 + [1]
    assert row.get().read_at == instants[counts.index(1)]
    getattr(row, verb)()
    assert row.get().read_at == instants[counts.index(1)]


def test_all_are_marked_read_while_others_arrive_and_none_of_these_is_lost(user, notify, together):
    """Up to what the page had shown; whatever comes later stays unread."""
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
