"""Query plans in a small project: every row is one person's, and nothing expires."""

import pytest
from django.db import connection
from django.utils import timezone

from tests.helpers.daily import daily
from tests.helpers.plans import plans_of
from tests.helpers.rows import STATISTICS, TABLE
from themis_htmx.databases import has_conditional_indexes
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import UNREAD_CAP
from themis_htmx.polling.digest import current_digest
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.list import list_context
from themis_htmx.ui.page_user import PageUser

ROWS = 20_000

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mine(user):
    now = timezone.now()
    UserNotification.objects.bulk_create(
        [
            UserNotification(user=user, title="News", read_at=(n % 2 and now) or None)
            for n in range(ROWS)
        ],
        batch_size=1000,
    )
    with connection.cursor() as cursor:
        cursor.execute(STATISTICS[connection.vendor].format(table=TABLE))
    return user


def most_touched(action):
    return max(plan.touched for plan in plans_of(action))


def test_poll_in_a_small_project_reads_as_many_entries_as_the_badge_counts(mine):
    assert most_touched(lambda: current_digest(mine.pk, "default")) <= 3 * UNREAD_CAP


@pytest.mark.parametrize("state", daily(["", "unread"], ["unread"]))
def test_page_and_source_names_in_a_small_project_read_few_entries(mine, state):
    filters = Filters(state=state)

    # On MariaDB what is back, and what is asleep, is looked for among all that is unread.
    unread = (
        0
        if has_conditional_indexes("default")
        else UserNotification.objects.for_user(mine).unread().count()
    )
    limit = 5 * UNREAD_CAP + 2 * unread
    assert most_touched(lambda: list_context(PageUser(mine), filters)) <= limit
    assert most_touched(lambda: list_context(PageUser(mine), filters, ROWS // 2)) <= limit
