"""Links to the same page are whole, since a page may have a ``<base>``."""

import pytest

from tests.helpers.browsers import address, browser, htmx
from tests.helpers.hosts import render, spelled
from tests.helpers.markup import parse
from themis_htmx.conf import DEFAULTS

ADDRESSES = ["href", "action", "formaction", "hx-get", "hx-post", "hx-push-url", "src"]


@pytest.fixture
def many(user, notify):
    for number in range(DEFAULTS["THEMIS_PAGE_SIZE"] + 1):
        notify(f"Number {number}", source_app="tasks")


def addresses(html):
    """Every address in the page, by the name of its attribute."""
    found = [
        (name, each[name]) for each in parse(html).all() for name in ADDRESSES if name in each.attrs
    ]
    # The icons are in the page itself; an empty attribute keeps out what the page hands down.
    return [(name, to) for name, to in found if to and not to.startswith("#themis-icon-")]


def of_the_page(html, path):
    return [to for name, to in addresses(html) if to.startswith(path + "?")]


@pytest.mark.parametrize("query", [{}, {"state": "unread", "source": "nothing"}])
@pytest.mark.parametrize("name", ["inbox", "preferences", "inbox_items", "dropdown"])
def test_no_address_begins_with_anything_but_a_slash(user, many, name, query):
    for ask in (browser(user), htmx(user, "/p/x/")):
        found = addresses(ask.get(address(name), query))

        assert found
        assert [to for _name, to in found if not to.startswith("/")] == []


def test_the_list_in_a_page_of_a_project_links_to_that_page(user, many):
    links = of_the_page(render(spelled("inbox"), user, "/p/x/?state=unread&a=b"), "/p/x/")

    assert "/p/x/?" in links
    assert any(link.startswith("/p/x/?state=unread&source=tasks") for link in links)
    assert any("before=" in link for link in links)


def test_the_list_that_htmx_fetches_links_to_the_page_that_it_is_for(user, many):
    found = of_the_page(htmx(user, "/p/x/?a=b").get(address("inbox_items")), "/p/x/")

    assert "/p/x/?state=unread" in found
    assert any("before=" in link for link in found)


def test_the_way_back_from_a_filter_without_a_hit_is_whole(user, many):
    html = parse(browser(user).get(address("inbox"), {"source": "nothing"}))

    assert html.one("a", aria_describedby="themis-inbox-end")["href"] == "/notifications/?"


def test_a_list_that_is_asked_for_from_another_host_links_to_the_inbox(user, many):
    foreign = browser(user, {"HX-Request": "true", "HX-Current-URL": "http://testserver//evil/"})

    links = of_the_page(foreign.get(address("inbox_items")), "/notifications/")

    assert "/notifications/?state=unread" in links
