"""Counting and paging an inbox: never further than needed, never by offset."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.models.notification import UNREAD_CAP, Page
from themis_htmx.notifications import notify_user
from themis_htmx.polling.digest import unread_of

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def mine(user):
    return UserNotification.objects.for_user(user)


def names(rows):
    return [row.title for row in rows]


def test_digest_holds_unread_number_newest_id_and_sum_of_ids(user, other, notify):
    assert unread_of(user).digest == (0, 0, 0)

    ids = [notify().pk, notify().pk]
    notify(read_at=NOON)
    notify(read_at=NOON, dismissed_at=NOON)
    notify(expires_at=NOON)
    notify(to=other)

    assert unread_of(user).digest == (2, ids[1], sum(ids))
    assert {type(number) for number in unread_of(user).digest} == {int}


def test_the_digest_counts_no_further_than_a_hundred(user, mine, statements):
    for number in range(UNREAD_CAP + 5):
        notify_user(user, str(number))
    newest = list(mine.order_by("-pk").values_list("pk", flat=True)[:UNREAD_CAP])

    assert UNREAD_CAP == 100
    assert unread_of(user).digest == (100, newest[0], sum(newest))
    [sql] = statements(lambda: unread_of(user).digest)
    assert "LIMIT 100" in sql


def test_the_digest_changes_above_a_hundred_when_one_is_read_and_one_arrives(user, mine):
    for number in range(UNREAD_CAP + 5):
        notify_user(user, str(number))
    before = unread_of(user).digest

    mine.filter(pk=before.newest - 50).mark_read()
    between = unread_of(user).digest
    notify_user(user, "One more")
    after = unread_of(user).digest

    assert before.unread == between.unread == after.unread == 100
    assert len({before, between, after}) == 3


@pytest.mark.parametrize(
    ("number", "pages"), [(0, [0]), (1, [1]), (3, [3]), (4, [3, 1]), (6, [3, 3])]
)
def test_pages_of_an_inbox_follow_each_other_without_gap_or_repetition(user, mine, number, pages):
    made = [notify_user(user, str(n)) for n in range(number)]

    page, found = mine.page(size=3), []
    found.append(page.notifications)
    while page.older is not None:
        page = mine.page(before=page.older, size=3)
        found.append(page.notifications)

    assert [len(rows) for rows in found] == pages
    assert [row for rows in found for row in rows] == made[::-1]


def test_page_of_an_inbox_is_read_without_an_offset(user, mine, statements):
    made = [notify_user(user, str(n)) for n in range(9)]

    for before in (None, made[4].pk):
        asked = statements(lambda before=before: mine.page(before=before, size=3))
        # On MariaDB the ids alone first, or it sorts all of the user's.
        assert len(asked) == (2 if connection.vendor == "mysql" else 1)
        assert "LIMIT 4" in asked[0]
        assert "OFFSET" not in "".join(asked)


def test_notification_that_arrives_between_two_pages_shifts_neither(user, mine):
    for title in "abcd":
        notify_user(user, title)
    first = mine.page(size=2)
    notify_user(user, "e")

    assert names(first.notifications) == ["d", "c"]
    assert names(mine.page(before=first.older, size=2).notifications) == ["b", "a"]


@pytest.mark.parametrize(
    ("unfolded", "shown"), [(1, 3), (3, 3), (4, 4), (29, 29), (30, 30), (31, 30), (40, 30)]
)
def test_refreshed_list_keeps_its_unfolded_pages_up_to_ten(user, mine, unfolded, shown):
    newest_first = [notify_user(user, str(number)) for number in range(41)][::-1]

    page = mine.page(through=newest_first[unfolded - 1].pk, size=3)

    assert page.notifications == newest_first[:shown]
    assert page.older == page.notifications[-1].pk


@pytest.fixture
def look(monkeypatch):
    """A search looks through five at a time, and a page has two."""
    monkeypatch.setattr("themis_htmx.models.notification.SEARCH_WINDOW", 5)
    return {"exact": {"level": "danger"}, "size": 2}


@pytest.fixture
def tell(user):
    """Notify of each letter in turn, a capital one being urgent."""

    def tell(letters):
        return [
            notify_user(user, letter, level="danger" if letter.isupper() else "info")
            for letter in letters
        ]

    return tell


@pytest.mark.parametrize(
    ("oldest_first", "pages"),
    [
        ("", [""]),
        ("abcde", [""]),
        ("abcdef", ["", ""]),
        ("abcdeF", ["F", ""]),
        ("Abcdef", ["", "A"]),
        ("abCDe", ["DC"]),
        ("xabCDe", ["DC", ""]),
        ("xABCde", ["CB", "A"]),
        ("ABCdefghiJklmnop", ["", "J", "CB", "A"]),
        ("ABCDEFGHIJKL", ["LK", "JI", "HG", "FE", "DC", "BA"]),
    ],
)
def test_a_search_goes_on_where_it_stopped_without_gap_or_repetition(
    look, tell, mine, oldest_first, pages
):
    tell(oldest_first)

    page = mine.search(**look)
    found = ["".join(names(page.notifications))]
    while page.older is not None:
        page = mine.search(**look, before=page.older)
        found.append("".join(names(page.notifications)))

    assert found == pages


def test_search_passes_over_expired_notifications(look, tell, mine):
    told = tell("AbcdeF")
    UserNotification.objects.filter(pk=told[-1].pk).update(expires_at=timezone.now())

    page = mine.search(**look)
    assert page == Page([], told[1].pk)
    assert names(mine.search(**look, before=page.older).notifications) == ["A"]


def test_notification_that_arrives_during_a_search_shifts_nothing(look, tell, mine):
    tell("Abcdef")
    first = mine.search(**look)
    tell("GHIJKL")

    assert names(first.notifications) == []
    assert names(mine.search(**look, before=first.older).notifications) == ["A"]


def test_notifications_of_other_users_take_no_place_in_a_search(look, tell, mine, other):
    tell("A")
    for _each in range(9):
        notify_user(other, "Another's")

    page = mine.search(**look)

    assert (names(page.notifications), page.older) == (["A"], None)


def test_unfolded_search_shows_one_window_of_matches_and_goes_on_from_there(look, tell, mine):
    told = tell("ABCDeFGH")
    page = mine.search(**look, through=told[5].pk)
    assert names(page.notifications) == ["H", "G", "F"]

    page = mine.search(**look, through=told[0].pk)
    assert names(page.notifications) == ["H", "G", "F", "D"]
    assert names(mine.search(**look, before=page.older).notifications) == ["C", "B"]


def test_notification_that_arrives_leaves_no_gap_in_an_unfolded_search(look, tell, mine):
    told = tell("AbCde")
    through = told[0].pk
    assert names(mine.search(**look, through=through).notifications) == ["C", "A"]

    tell("F")
    page = mine.search(**look, through=through)
    assert names(page.notifications) == ["F", "C"]
    assert names(mine.search(**look, before=page.older).notifications) == ["A"]


def test_search_runs_one_query_more_than_a_page(look, tell, mine, statements):
    tell("abcdefgH")

    asked = statements(lambda: mine.search(**look))

    assert len(asked) == (3 if connection.vendor == "mysql" else 2)


def test_recent_sources_are_named_once_in_alphabetical_order(user, notify, mine):
    for source in ("requests", "tasks", "requests", "", "billing"):
        notify(source_app=source)

    assert mine.recent_sources() == ["billing", "requests", "tasks"]
    assert mine.recent_sources(among=3) == ["billing", "requests"]
