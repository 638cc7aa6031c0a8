"""What pops up on a page that asks for it."""

import pytest
from django.utils import timezone

from tests.helpers.browsers import HTMX, address, htmx
from tests.helpers.hosts import render
from tests.helpers.markup import parse

TOASTS = address("toasts")


def titles(response):
    return [each.text for each in parse(response).all(class_="themis-item__link")]


@pytest.fixture
def send(notify):
    return lambda title, **fields: notify(title, url="/x/", **fields)


def test_the_newest_three_that_came_since_newest_last(user, send):
    known = send("Known")
    for number in range(5):
        send(f"Number {number}")

    response = htmx(user).get(TOASTS, {"since": known.pk})
    assert titles(response) == ["Number 2", "Number 3", "Number 4"]


def test_not_what_the_person_has_read_dismissed_or_cannot_see(user, other, send):
    now = timezone.now()
    known = send("Known")
    send("Read", read_at=now)
    send("Dismissed", read_at=now, dismissed_at=now)
    send("Expired", expires_at=now)
    send("Another's", to=other)

    assert titles(htmx(user).get(TOASTS, {"since": known.pk})) == []


def test_a_page_that_does_not_say_what_it_knows_gets_none(user, send):
    send("News")

    assert titles(htmx(user).get(TOASTS)) == []


def test_each_has_a_form_that_marks_it_read_and_a_way_to_close_it(user, send):
    one = send("News", level="danger")
    html = parse(htmx(user).get(TOASTS, {"since": 0}))

    assert html.one("form")["action"] == address("read", one)
    assert html.one("button")["aria-label"] == "Close: News"
    assert "themis-item--danger" in html.one("article")["class"]


@pytest.mark.parametrize(
    "source",
    [
        "{% load themis %}{% themis_bell toasts=True title_count=True %}",
        "<c-themis.bell toasts title_count />",
    ],
)
def test_a_bell_asks_for_them_where_the_project_says_so(user, send, source):
    newest = send("News")
    html = parse(render(source, user))

    corner = html.one(class_="themis-toasts")["id"]
    assert html.one(hx_get=TOASTS)["hx-target"] == f"#{corner}"
    assert html.one(name="since")["value"] == str(newest.pk)
    assert "data-themis-title" in html.one(id="themis-bell").attrs


def test_by_default_it_does_not(user, send):
    html = parse(render("{% load themis %}{% themis_bell %}", user))

    assert not html.all(class_="themis-toasts")
    assert "data-themis-title" not in html.one(id="themis-bell").attrs


def test_a_second_bell_asks_for_no_more(user):
    html = parse(render("{% load themis %}" + "{% themis_bell toasts=True %}" * 2, user))

    assert len(html.all(class_="themis-toasts")) == 1


def test_who_is_signed_out_is_not_led_away_by_what_the_page_asks_for_itself(client, db):
    response = client.get(TOASTS, {"since": 0}, headers=HTMX)

    assert response.status_code == 204
    assert "HX-Redirect" not in response
    assert "themis:signed-out" in response["HX-Trigger"]
