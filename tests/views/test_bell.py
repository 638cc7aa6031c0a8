"""The answer to a poll: the badge, a new token, and the number of arrivals for an open list."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.helpers.browsers import BOOSTED, HTMX, address, browser, htmx
from tests.helpers.markup import parse

BELL = address("bell")
GARBAGE = ["", "x", ":", "a:b:c:d:e:f:g", "٣", "%00", "ä" * 99, "x" * 4000, "'; DROP TABLE x"]


@pytest.fixture
def client(user):
    return htmx(user)


def token(html):
    return parse(html).one("input", name="token")


def new_text(client, *shown):
    """Return the words in the bar of a list that has shown the notifications up to these ids."""
    return token(client.get(BELL, {"shown": shown}))["data-themis-new-text"]


def shown(client, where="dropdown", **query):
    """The newest id that a list says it has shown."""
    return parse(client.get(address(where), query)).one("input", name="shown")["value"]


@pytest.mark.parametrize("headers", [{}, HTMX, BOOSTED])
def test_unchanged_poll_answers_204_with_nothing_to_swap(user, notify, headers):
    notify()
    client = browser(user, headers)
    now = token(client.get("/page/"))["value"]

    response = client.get(BELL, {"token": now})
    assert (response.status_code, response.content) == (204, b"")
    assert client.head(BELL, {"token": now}).status_code == 204


def test_changed_poll_brings_the_badge_and_a_valid_token(client, notify):
    notify()
    before = token(client.get("/page/"))["value"]
    newest = notify()

    response = client.get(BELL, {"token": before})
    assert response.status_code == 200
    html = parse(response)
    assert [element.tag for element in html.elements] == ["span", "span", "input"]
    assert html.one(id="themis-bell-name").text == "Notifications, 2 unread"
    assert html.one(class_="themis-badge").text == "2"
    assert token(response)["data-themis-newest"] == str(newest.pk)

    after = token(response)["value"]
    assert after != before
    assert client.get(BELL, {"token": after}).status_code == 204


@pytest.mark.parametrize("garbage", GARBAGE)
def test_poll_with_a_garbage_token_brings_the_badge(client, notify, garbage):
    notify()

    response = client.get(BELL, {"token": garbage})

    assert response.status_code == 200
    assert parse(response).one(class_="themis-badge").text == "1"


@pytest.mark.parametrize(
    ("number", "badge"), [(0, None), (1, "1"), (99, "99"), (100, "99+"), (101, "99+"), (300, "99+")]
)
def test_badge_is_exact_up_to_99(client, make, number, badge):
    make(number)
    make(1, read_at=timezone.now())
    make(1, expires_at=timezone.now())

    for html in (client.get(BELL), client.get("/page/")):
        assert [found.text for found in parse(html).all(class_="themis-badge")] == [badge][:number]


@pytest.mark.parametrize("query", [{}, {"shown": ""}])
def test_poll_of_a_page_without_a_list_counts_nothing_as_new(client, notify, query):
    notify()

    assert token(client.get(BELL, query))["data-themis-new-text"] == ""


def test_poll_tells_an_open_list_how_many_notifications_are_new(client, notify):
    notify("Shown")
    before = shown(client)
    assert new_text(client, before) == ""

    notify("First")
    assert new_text(client, before) == "1 new notification"
    notify("Second")
    assert new_text(client, before) == "2 new notifications"


def test_poll_counts_as_new_from_the_list_that_was_shown_first(client, notify):
    first = notify()
    second = notify()
    notify()

    assert new_text(client, second.pk, first.pk) == "2 new notifications"


def test_notification_in_a_list_is_not_new_however_old_the_last_alert_is(client, notify):
    first, second = notify(), notify()

    response = client.get(BELL, {"shown": second.pk, "since": first.pk, "alerts": "count"})
    assert token(response)["data-themis-new-text"] == ""


@pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items"])
@pytest.mark.parametrize("query", [{}, {"state": "unread"}, {"level": "danger"}])
def test_read_notification_is_not_counted_as_new(client, notify, where, query):
    notify("Unread, older")
    notify("Read", read_at=timezone.now())
    before = shown(client, where, **query)
    assert new_text(client, before) == ""

    notify("New")
    assert new_text(client, before) == "1 new notification"


@pytest.mark.parametrize("where", ["dropdown", "inbox", "inbox_items"])
def test_notification_marked_unread_is_not_counted_as_new(client, notify, where):
    notify("Unread, older")
    read = notify("Read", read_at=timezone.now())
    before = shown(client, where)
    client.post(address("unread", read))

    assert new_text(client, before) == ""


def test_invisible_notifications_are_not_counted_as_new(client, user, other, notify):
    before = notify().pk
    now = timezone.now()
    notify(to=other)
    notify(expires_at=now)
    notify(read_at=now, dismissed_at=now)

    assert new_text(client, before) == ""


def test_poll_counts_at_most_a_hundred_new_notifications(client, notify, make):
    before = notify().pk
    make(120)

    assert new_text(client, before) == "100 new notifications"


@pytest.mark.parametrize("garbage", ["x", "-1", "1.0", "٣", str(2**63), "9" * 5000])
def test_poll_with_an_invalid_shown_id_is_a_bad_request(client, notify, garbage):
    notify()

    assert client.get(BELL, {"shown": [1, garbage]}).status_code == 400


def test_notification_leaves_the_badge_at_the_instant_it_expires(client, notify, time_machine):
    notify("Stays")
    notify("Brief", expires_at=timezone.now() + timedelta(minutes=1))
    before = token(client.get("/page/"))["value"]
    time_machine.move_to(timezone.now() + timedelta(minutes=1), tick=False)
    response = client.get(BELL, {"token": before})

    assert parse(response).one(class_="themis-badge").text == "1"


def test_badge_carries_no_csrf_token(client, notify):
    notify()

    response = client.get(BELL)

    assert "csrf" not in response.content.decode()
    assert not response.cookies


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_poll_by_another_method_is_refused_in_spite_of_a_valid_token(client, notify, method):
    now = token(client.get("/page/"))["value"]

    assert getattr(client, method)(f"{BELL}?token={now}").status_code == 405


@pytest.mark.parametrize(
    ("enabled", "full_text", "title", "asked"),
    [
        (True, True, "Deploy v2", "full"),
        (True, False, "1 new notification", "count"),
        (False, True, None, None),
    ],
)
def test_poll_follows_the_current_preference_for_desktop_alerts(
    client, user, notify, enabled, full_text, title, asked
):
    user.profile.browser_notifications_enabled = enabled
    user.profile.browser_notifications_full_text = full_text
    user.profile.save()
    before = notify("Before")
    notify("Deploy v2")

    # The page was loaded when another choice held.
    html = client.get(BELL, {"since": before.pk, "alerts": "count" if full_text else "full"})
    assert token(html).attrs.get("data-themis-alert-title") == title
    inputs = parse(html).all("input", name="alerts")
    assert [each["value"] for each in inputs] == ([asked] if asked else [])
