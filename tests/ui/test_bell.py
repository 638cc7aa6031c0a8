"""The bell on a page: its link, its count, its name and its queries."""

import pytest
from django.urls import reverse

from tests.helpers.browsers import address, browser
from tests.helpers.hosts import render, spelled
from tests.helpers.markup import parse
from themis_htmx.models import UserNotification

BELL = spelled("bell")


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0, "Notifications"),
        (1, "Notifications, 1 unread"),
        (3, "Notifications, 3 unread"),
        (100, "Notifications, 99+ unread"),
    ],
)
def test_the_bell_is_a_link_whose_name_tells_the_count(user, number, name):
    rows = [UserNotification(user=user, title="News") for _n in range(number)]
    UserNotification.objects.bulk_create(rows)

    tree = parse(render(BELL, user))

    link = tree.one("a", class_="themis-bell__button")
    assert link["href"] == reverse("themis:inbox")
    assert tree.one(id=link["aria-labelledby"]).text == name
    assert len(tree.all(class_="themis-badge")) == bool(number)


@pytest.mark.parametrize("bells", [1, 2])
def test_a_page_has_one_poller_and_one_status_region_that_is_silent(user, notify, bells):
    notify()
    tree = parse(render(BELL * bells, user))
    status = tree.one(data_themis_status=True)
    poller = tree.one(data_themis_poller=True)

    assert (status["role"], status.text) == ("status", "")
    assert poller["hx-get"] == address("bell")
    assert poller["hx-trigger"] == "themis:poll"
    assert poller["hx-target"] == "#themis-bell-badge-slot"
    assert poller["hx-sync"] == "this:replace"
    live = tree.one(id="themis-bell-badge-slot")
    assert not live.all(data_themis_poller=True)
    assert not live.all(role="status")
    link = tree.one("a", aria_labelledby="themis-bell-name")
    assert not link.all(role="status")


@pytest.mark.parametrize("seconds", [60, 0, 5])
def test_bell_carries_the_poll_interval(user, settings, seconds):
    settings.THEMIS_NOTIFICATION_POLL_INTERVAL = seconds

    bell = parse(render(BELL, user)).one(data_themis_bell=True)

    assert bell["data-themis-interval"] == str(seconds)


def test_panel_is_rendered_hidden_for_pages_without_a_script(user):
    panel = parse(render(BELL, user)).one(data_themis_panel=True)

    assert "hidden" in panel.attrs
    assert "popover" in panel.attrs
    assert (panel["role"], panel["aria-label"]) == ("dialog", "Notifications")


def test_two_bells_cost_no_more_than_one_and_at_most_two_queries(user, notify, statements):
    notify()
    one = statements(lambda: render(BELL, user))
    two = statements(lambda: render(BELL * 2, user))

    assert len(one) == len(two) == 2


def test_a_page_with_a_bell_costs_a_host_two_queries(user, notify, statements):
    notify()
    client = browser(user)

    # Beyond session and user.
    assert len(statements(lambda: client.get("/page/"))) - 2 == 2


def test_inbox_page_has_the_language_and_direction_of_the_site(user, settings):
    settings.LANGUAGE_CODE = "ar"

    page = parse(browser(user).get(address("inbox"))).one("html")

    assert (page["lang"], page["dir"]) == ("ar", "rtl")


@pytest.mark.parametrize("name", ["inbox", "preferences"])
def test_pages_of_the_kit_extend_the_base_template_of_the_project(user, settings, name):
    settings.THEMIS_BASE_TEMPLATE = "host_base.html"

    page = parse(browser(user).get(address(name)))

    assert page.one("title").text.startswith("Notification")
    assert page.one("article").one("h1")
    assert not page.all("main")
