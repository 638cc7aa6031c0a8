"""Query plans: the database reads as much with a million rows as with a hundred thousand.

``THEMIS_TEST_ROWS`` makes it a million. None of the limits below depends on it.
"""

import os

import pytest
from django.db import connection
from django.db.models import Min

from tests.helpers.plans import plans, plans_of
from tests.helpers.rows import (
    BACK,
    PER_SOURCE,
    RARE_LEVEL,
    RARE_SOURCE,
    SLEEPING,
    empty,
    fill,
)
from themis_htmx.cleanup import cleanup
from themis_htmx.databases import has_conditional_indexes
from themis_htmx.models import UserNotification
from themis_htmx.models.notification import SEARCH_WINDOW, UNREAD_CAP
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.polling.arrivals import NEVER, Arrivals, Known
from themis_htmx.polling.digest import current_digest, unread_of
from themis_htmx.ui.filters import Filters
from themis_htmx.ui.list import list_page

ROWS = int(os.environ.get("THEMIS_TEST_ROWS", "100000"))
# The most that looking up one row costs: the pages of an index down to it, and its own.
EACH = 5
# Rows that are passed over beside that, above all those that have expired.
SOME = 60
PAGE, AMONG, BATCH = 20, 500, 1000
COUNTED = 2 * UNREAD_CAP + SOME
SEARCHED = SEARCH_WINDOW + EACH * PAGE + SOME
SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "5000"}

pytestmark = pytest.mark.django_db
everybody = pytest.mark.parametrize("who", ["reader", "hoarder", "tidy", "light"])


class EnoughError(Exception):
    pass


@pytest.fixture(scope="module")
def people(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        yield fill(ROWS)
        empty()


def touched(action, *by):
    """Return the most that one statement of the action touched; it must use these indexes."""
    found = plans_of(action)
    assert not [plan.sql for plan in found if plan.is_scan], "the whole table was read"
    assert set(by) & set().union(*(plan.indexes for plan in found))
    return max(plan.touched for plan in found)


def deep(share):
    """An id that this share of all rows is older than."""
    # Rows that other tests rolled back have used up ids.
    return UserNotification.objects.aggregate(first=Min("id"))["first"] + int(share * ROWS)


@everybody
def test_a_poll_and_a_badge_read_as_many_entries_as_the_badge_counts(people, who):
    user = getattr(people, who)

    assert touched(lambda: current_digest(user.pk, "default"), "themis_unread") <= COUNTED


@everybody
def test_query_for_new_arrivals_reads_unread_entries_only(people, who):
    user = getattr(people, who)

    assert (
        touched(
            lambda: Arrivals.since(user, Known(1, NEVER), 0, alerts="full").words, "themis_unread"
        )
        <= COUNTED
    )


def test_poll_of_a_user_whose_newest_are_snoozed_reads_the_index_alone(people):
    [plan] = plans_of(lambda: current_digest(people.sleeper.pk, "default"))

    assert plan.touched <= SLEEPING + COUNTED
    assert plan.indexes == {"themis_unread"}
    assert plan.is_index_only


@pytest.mark.parametrize("who", ["reader", "hoarder", "tidy", "light", "sleeper"])
def test_what_is_back_and_what_is_snoozed_is_found_by_its_time(people, who):
    user = getattr(people, who)
    mine = UserNotification.objects.for_user(user)
    snoozed = mine.snoozed().count()
    assert (snoozed, mine.back().count()) == ((SLEEPING, BACK) if who == "sleeper" else (0, 0))

    # On MariaDB all that is unread is looked through, in the index.
    all_unread = 0 if has_conditional_indexes("default") else mine.unread().count()
    limit = EACH * (snoozed + BACK + PAGE) + SOME + 2 * all_unread + COUNTED
    # MariaDB may take another index that begins with the user.
    indexes = ["themis_timed", "themis_unread", "themis_dedup_key"]
    assert touched(lambda: unread_of(user), *indexes) <= limit
    # Asked only if there are some.
    if who == "sleeper":
        for ask in (
            lambda: Filters().back(mine, PAGE),
            lambda: list_page(user, Filters(state="snoozed"), None),
            lambda: list_page(user, Filters(state="snoozed"), deep(0.5)),
        ):
            assert touched(ask, *indexes) <= limit


@everybody
@pytest.mark.parametrize("state", ["", "unread"])
def test_first_page_of_a_list_reads_no_more_than_a_page(people, who, state):
    user, filters = getattr(people, who), Filters(state=state)
    index = "themis_unread" if state else "themis_inbox"

    assert touched(lambda: list_page(user, filters, None), index) <= EACH * PAGE + SOME


@everybody
@pytest.mark.parametrize("state", ["", "unread"])
@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_page_far_down_a_list_reads_no_more_than_the_first(people, who, state, share):
    user, filters = getattr(people, who), Filters(state=state)
    index = "themis_unread" if state else "themis_inbox"

    assert touched(lambda: list_page(user, filters, deep(share)), index) <= EACH * PAGE + SOME


@everybody
def test_unfolded_list_reads_ten_pages_at_most(people, who):
    user = getattr(people, who)

    def unfold():
        list_page(user, Filters(), None, through=1)

    assert touched(unfold, "themis_inbox") <= EACH * 10 * PAGE + SOME


@everybody
def test_the_names_of_recent_sources_come_from_the_newest(people, who):
    mine = UserNotification.objects.for_user(getattr(people, who)).visible()

    def look():
        mine.recent_sources(AMONG)

    assert touched(look, "themis_inbox") <= EACH * AMONG


@everybody
@pytest.mark.parametrize("state", ["", "unread"])
@pytest.mark.parametrize(
    "sought",
    [
        {"level": "info"},
        {"source": "tasks"},
        {"level": RARE_LEVEL},
        {"source": RARE_SOURCE},
        {"level": "success"},
        {"source": "nobody"},
        {"level": "success", "source": "tasks"},
    ],
    ids=str,
)
@pytest.mark.parametrize("share", [None, 0.5])
def test_filtered_list_looks_through_no_more_than_the_search_window(
    people, who, state, sought, share
):
    """A filter walks the list as it is without a filter, however rare its matches are."""
    user, filters = getattr(people, who), Filters(state=state, **sought)
    before = share and deep(share)
    index = "themis_unread" if state else "themis_inbox"

    assert touched(lambda: list_page(user, filters, before), index) <= SEARCHED


@everybody
@pytest.mark.parametrize("level", ["info", RARE_LEVEL, "success"])
def test_unfolded_search_looks_through_no_more_than_the_search_window(people, who, level):
    user, filters = getattr(people, who), Filters(level=level)

    def unfold():
        list_page(user, filters, None, through=1)

    # PostgreSQL may read everybody's rows of these ids, a fifth of which are theirs, as cheaper.
    assert touched(unfold, "themis_inbox") <= EACH * SEARCHED


@pytest.mark.parametrize("who", ["reader", "hoarder", "light"])
@pytest.mark.parametrize("filters", [Filters(level="info"), Filters(source="tasks")], ids=str)
def test_filter_with_many_matches_reads_only_the_rows_of_a_page(people, who, filters):
    found = plans_of(lambda: list_page(getattr(people, who), filters, None))

    # Beside them only the index is read, for the id that the search would go down to.
    assert max(plan.touched for plan in found if "OFFSET" not in plan.sql) <= EACH * PAGE + SOME


@everybody
def test_duplicate_check_reads_only_the_rows_of_the_source(people, who):
    user = getattr(people, who)

    def notify():
        notify_user(user, "News", deduplicate=True, **SOURCE)

    # For who has few, what they have not read may be as good.
    assert touched(notify, "themis_source", "themis_unread") <= EACH * PER_SOURCE + SOME


def test_duplicate_check_of_a_fan_out_reads_only_the_rows_of_the_source(people):
    def notify():
        assert notify_users(list(people), "News", deduplicate=True, **SOURCE)

    assert touched(notify, "themis_source") <= len(people) * (EACH * PER_SOURCE + SOME)


def test_deleting_by_source_reads_only_the_rows_of_the_source(people):
    rows = UserNotification.objects.filter(**SOURCE)
    assert rows.count() == PER_SOURCE

    assert touched(rows.delete, "themis_source") <= EACH * PER_SOURCE + SOME


def test_cleanup_batch_reads_no_more_rows_than_its_size(people):
    def stop(share):
        raise EnoughError

    def clean():
        with pytest.raises(EnoughError):
            cleanup(batch_size=BATCH, progress=stop)

    with plans() as found:
        clean()

    assert not [plan.sql for plan in found if plan.is_scan], "the whole table was read"
    assert max(plan.touched for plan in found) <= EACH * BATCH


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Elsewhere there is no such index.")
def test_cleanup_scans_the_table_only_for_read_notifications(unpinned, people):
    found = [plan for plan in plans_of(cleanup) if plan.sql.startswith("DELETE")]

    ways = ["themis_ended" in plan.indexes for plan in found]
    assert ways == [True, True, False] * (len(ways) // 3)
    assert ways
