"""The dropdown and the inbox: their contents, their pages and their queries."""

from datetime import timedelta
from itertools import chain
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.utils import timezone

from tests.helpers.browsers import HTMX, address, browser, htmx
from tests.helpers.markup import listed, parse
from themis_htmx.models import UserNotification, UserProfile

DROPDOWN, INBOX, ITEMS = map(address, ["dropdown", "inbox", "inbox_items"])
LISTS = pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items"])


@LISTS
def test_lists_show_the_newest_first_and_only_visible_notifications(user, other, notify, where):
    now = timezone.now()
    notify("Old")
    notify("Read", read_at=now)
    notify("Another's", to=other, source_app="another's")
    notify("Dismissed", dismissed_at=now, read_at=now, source_app="dismissed")
    notify("Expired", expires_at=now, source_app="expired")
    notify("Expires", expires_at=now + timedelta(hours=1))

    response = browser(user).get(address(where))
    assert listed(response) == ["Expires", "Read", "Old"]
    assert "source=" not in response.content.decode()


@LISTS
def test_notification_leaves_the_lists_at_the_instant_it_expires(user, notify, where, time_machine):
    notify("Brief", expires_at=timezone.now() + timedelta(minutes=1))
    client = browser(user)
    assert listed(client.get(address(where))) == ["Brief"]

    time_machine.move_to(timezone.now() + timedelta(minutes=1), tick=False)
    assert listed(client.get(address(where))) == []
    bell = parse(client.get("/page/"))
    assert not bell.all(class_="themis-badge")


@LISTS
@pytest.mark.parametrize(
    ("filters", "titles"),
    [
        ({"state": "unread"}, ["c", "b"]),
        ({"level": "danger"}, ["b", "a"]),
        ({"source": "billing"}, ["c"]),
        ({"state": "unread", "level": "danger"}, ["b"]),
        ({"level": "loud", "state": "read"}, ["c", "b", "a"]),
    ],
)
def test_lists_are_filtered_by_the_query_string(user, notify, where, filters, titles):
    notify("a", level="danger", read_at=timezone.now())
    notify("b", level="danger")
    notify("c", source_app="billing")

    assert listed(browser(user).get(address(where), filters)) == titles


def test_dropdown_shows_only_the_newest_notifications(user, make, settings):
    make(12)
    assert len(listed(htmx(user).get(DROPDOWN))) == 10
    settings.THEMIS_DROPDOWN_SIZE = 3
    assert listed(htmx(user).get(DROPDOWN)) == ["11", "10", "9"]


@pytest.mark.parametrize("filters", ["", "?state=unread"])
@pytest.mark.parametrize(("start", "link"), [(INBOX, "href"), (ITEMS, "hx-get")])
def test_the_pages_of_the_inbox_follow_each_other(user, make, filters, start, link):
    make(45)
    client, found, following = browser(user), [], [start + filters]

    for page in following:
        html = client.get(urljoin(start, page))
        found.append(listed(html))
        following += [more.one("a")[link] for more in parse(html).all("div", class_="themis-more")]

    assert [len(page) for page in found] == [20, 20, 5]
    assert list(chain(*found)) == [str(number) for number in reversed(range(45))]
    assert all(filters[1:] in page for page in following)


def test_full_last_page_has_no_link_to_an_older_one(user, make):
    make(20)
    assert not parse(browser(user).get(INBOX)).all("div", class_="themis-more")


def test_older_page_holds_only_items_and_repeats_no_day_heading(user, notify, settings):
    settings.THEMIS_PAGE_SIZE = 2
    for days in (1, 1, 0):
        notify(created_at=timezone.localtime() - timedelta(days=days))
    more = parse(htmx(user).get(ITEMS)).one("div", class_="themis-more").one("a")

    html = parse(htmx(user).get(more["hx-get"]))
    assert len(html.all("li", data_themis_item=True)) == 1
    assert not html.all("section")
    assert not html.all("h2")
    assert html.one("div", class_="themis-day--continued")


def test_inbox_groups_notifications_under_day_headings(user, notify):
    # By the calendar: a day on which the clocks change has not 24 hours.
    now = timezone.localtime()
    for days in (400, 1, 0, 0):
        notify(f"{days} days ago", created_at=now - timedelta(days=days))

    days = parse(browser(user).get(INBOX)).all("div", class_="themis-day")
    assert [day.one("h2").text for day in days][:2] == ["Today", "Yesterday"]
    assert [len(day.all("li")) for day in days] == [2, 1, 1]


@pytest.mark.parametrize("before", ["abc", "-1", "2026-01-01", "٣", "9" * 5000, "1 OR 1=1"])
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_an_invalid_before_is_refused_by_the_fragment_and_ignored_by_the_page(
    user, notify, before, headers
):
    """On a page of the host's the parameter may be the host's own."""
    notify("News")
    client = browser(user, headers)

    assert client.get(ITEMS, {"before": before}).status_code == 400
    assert listed(client.get(INBOX, {"before": before})) == ["News"]


@pytest.mark.parametrize("before", ["", "0", str(2**63 - 1)])
@pytest.mark.parametrize("url", [INBOX, ITEMS])
def test_lists_accept_any_whole_number_as_before(user, notify, before, url):
    notify("News")

    assert listed(browser(user).get(url, {"before": before})) == ["News"][: before != "0"]


@pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items", "preferences", "bell"])
def test_views_run_no_more_queries_for_more_notifications(user, notify, make, statements, where):
    client = browser(user)
    make(1, source_app="first", level="danger")
    few = statements(lambda: client.get(address(where)))
    make(150, source_app="second", url="/x/", message="m")
    UserProfile.objects.create(user=user, notifications_min_level="danger")
    many = statements(lambda: client.get(address(where)))
    assert len(many) == len(few)
    assert not [sql for sql in many if " OFFSET " in sql]


@pytest.mark.parametrize(
    ("where", "number", "looks"),
    [("dropdown", 3, 1), ("inbox_items", 4, 2), ("inbox", 4, 2), ("preferences", 4, 1)],
)
def test_views_run_a_fixed_number_of_queries_beyond_session_and_user(
    user, make, statements, where, number, looks
):
    """A bell costs a page two queries, but not the list page, which asks the same.

    MariaDB needs one more for each look at the newest.
    """
    make(30)
    client = browser(user)

    more = looks if connection.vendor == "mysql" else 0
    assert len(statements(lambda: client.get(address(where)))) == 2 + number + more


def test_page_deep_down_the_inbox_runs_as_many_queries_as_the_first(user, make, statements):
    make(100)
    client, deep = browser(user), UserNotification.objects.order_by("pk")[30].pk
    first, last = (statements(lambda q=q: client.get(INBOX, q)) for q in ({}, {"before": deep}))
    assert len(first) == len(last)


@pytest.mark.parametrize(
    ("scope", "used"),
    [("themis-bell-2-panel", "themis-bell-2-panel"), ('"><script>', "themis-inbox")],
)
def test_element_ids_in_a_panel_begin_with_the_id_of_the_panel(user, notify, scope, used):
    one = notify()

    html = parse(htmx(user).get(DROPDOWN, {"scope": scope}))

    assert html.one("li")["id"] == f"{used}-{one.pk}"
    assert html.one("form", class_="themis-read-all").fields["scope"] == used


def test_the_inbox_fragment_is_the_list_alone(user, notify):
    notify()

    html = parse(htmx(user).get(ITEMS))
    assert [child["id"] for child in html.elements] == ["themis-inbox"]
