"""The search of a list that a level or a source filters: how far it goes, and what it says."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urljoin

import pytest
from django.db import connection
from django.utils import timezone

from tests.helpers.browsers import address, browser, htmx
from tests.helpers.markup import listed, parse

INBOX, ITEMS = map(address, ["inbox", "inbox_items"])


@pytest.fixture
def few(monkeypatch):
    """Let a search look through ten notifications at a time."""
    monkeypatch.setattr("themis_htmx.models.notification.SEARCH_WINDOW", 10)


def following(html):
    """The link below a list, with its words and what describes it; ``None`` below the last."""
    found = parse(html).all("a", class_="themis-button")
    return found[0] if found else None


def empty_words(html):
    """Return the words of an empty list."""
    return [
        p.text for empty in parse(html).all("div", class_="themis-empty") for p in empty.all("p")
    ]


def test_search_without_a_match_so_far_offers_to_look_further_back(site_in_utc, user, make, few):
    make(11, created_at=datetime(2026, 3, 1, 15, 5, tzinfo=UTC))

    html = browser(user).get(INBOX, {"level": "danger"})

    link = following(html)
    assert link.text == "Look further back"
    assert empty_words(html) == [
        "Nothing here so far",
        "Older notifications may match these filters.",
        "Looked back to March 1, 2026, 3:05 p.m.",
    ]
    assert parse(html).one(id=link["aria-describedby"]).one(class_="themis-empty")


@pytest.mark.parametrize(
    ("rare", "words"),
    [
        (False, ["Nothing here", "No notification matches these filters."]),
        (True, ["Nothing more", "No older notification matches these filters."]),
    ],
)
def test_search_that_has_reached_its_end_says_so(user, notify, make, few, rare, words):
    make(25)
    if rare:
        notify("Rare", level="danger")
    client, found, html = htmx(user), [], browser(user).get(INBOX, {"level": "danger"})
    while link := following(html):
        found.append((listed(html), link.text))
        html = client.get(link["hx-get"])

    further = ([], "Look further back")
    assert found == [(["Rare"], "Show older") if rare else further, further]
    title, text = empty_words(html)
    assert (title, text.removesuffix(" Show all")) == (words[0], words[1])
    assert not parse(html).all("div", data_themis_more=True)


def test_search_of_the_inbox_goes_on_from_page_to_page_without_htmx(user, notify, make, few):
    notify("Rare", level="danger")
    make(25)
    client, html, found = browser(user), None, []
    for page in (pages := [f"{INBOX}?level=danger"]):
        html = client.get(urljoin(INBOX, page))
        found.append(
            (listed(html), [chip.text for chip in parse(html).all("a", aria_current=True)])
        )
        pages += [link["href"]] if (link := following(html)) else []

    assert found == [([], ["Urgent"]), ([], ["Urgent"]), (["Rare"], ["Urgent"])]
    assert all(page.startswith(f"{INBOX}?level=danger") for page in pages)


def test_match_found_after_empty_pages_has_its_day_heading_once(user, notify, make, few):
    long_ago = timezone.localtime() - timedelta(days=1)
    notify("Older", level="danger", created_at=long_ago)
    make(9)
    notify("Rare", level="danger", created_at=long_ago)
    make(12)
    client, days = htmx(user), []
    link = following(browser(user).get(INBOX, {"level": "danger"}))
    while link:
        html = client.get(link["hx-get"])
        days.append([day.text for day in parse(html).all("h2", class_="themis-day__name")])
        link = following(html)

    assert days == [["Yesterday"], []]


def test_mark_all_read_reaches_matches_beyond_the_searched_window(user, notify, make, few):
    rare = notify("Rare", level="danger")
    make(12, source_app="tasks")
    client = browser(user)
    form = parse(client.get(INBOX, {"level": "danger"})).one("form", class_="themis-read-all")
    late = notify("Late", level="danger")

    client.post(address("read_all"), form.fields)

    rare.refresh_from_db()
    late.refresh_from_db()
    assert (rare.is_read, late.is_read) == (True, False)


@pytest.mark.parametrize("found", [0, 1])
def test_search_costs_two_queries_more_than_a_plain_list_at_most(
    user, notify, make, statements, few, found
):
    make(30)
    make(found, level="danger")
    client = htmx(user)

    unfiltered = statements(lambda: client.get(ITEMS))
    filtered = statements(lambda: client.get(ITEMS, {"level": "danger"}))

    # One query for the end of the search window and, if nothing is found, one for its date.
    # On MariaDB a page without rows saves its second query.
    saved = 1 if connection.vendor == "mysql" and not found else 0
    assert len(filtered) == len(unfiltered) + (1 if found else 2) - saved
