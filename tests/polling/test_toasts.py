"""Toasts, for a page that asks for them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.helpers.browsers import HTMX, address, htmx
from tests.helpers.hosts import render
from tests.helpers.markup import parse
from themis_htmx.models import UserNotification
from themis_htmx.models.instants import microseconds
from themis_htmx.notifications import notify_user

TOASTS = address("toasts")


def titles(response):
    return [each.text for each in parse(response).all(class_="themis-item__link")]


@pytest.fixture
def send(notify):
    return lambda title, **fields: notify(title, url="/x/", **fields)


def test_toasts_are_the_newest_three_since_the_known_id_newest_last(user, send):
    known = send("Known")
    for number in range(5):
        send(f"Number {number}")

    response = htmx(user).get(TOASTS, {"since": known.pk})
    assert titles(response) == ["Number 2", "Number 3", "Number 4"]


def test_toasts_leave_out_read_dismissed_expired_and_foreign_notifications(user, other, send):
    now = timezone.now()
    known = send("Known")
    send("Read", read_at=now)
    send("Dismissed", read_at=now, dismissed_at=now)
    send("Expired", expires_at=now)
    send("Another's", to=other)

    assert titles(htmx(user).get(TOASTS, {"since": known.pk})) == []


def test_toast_tells_of_what_has_woken_up_since_the_page_was_told(user, send, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    old, known = send("Snoozed"), send("Known")
    UserNotification.objects.filter(pk=old.pk).snooze(now + timedelta(hours=1))
    notify_user(user, "Scheduled", url="/x/", visible_from=now + timedelta(hours=1))
    told = {"since": known.pk + 1, "since_at": microseconds(now)}
    assert titles(htmx(user).get(TOASTS, told)) == []

    time_machine.move_to(now + timedelta(hours=1), tick=False)
    assert titles(htmx(user).get(TOASTS, told)) == ["Snoozed", "Scheduled"]
    told["since_at"] = microseconds(now + timedelta(hours=1))
    assert titles(htmx(user).get(TOASTS, told)) == []
    # A page whose template is older than reminders.
    assert titles(htmx(user).get(TOASTS, {"since": known.pk + 1})) == []


def test_page_that_names_no_last_known_id_gets_no_toasts(user, send):
    send("News")

    assert titles(htmx(user).get(TOASTS)) == []


def test_toast_has_a_form_that_marks_it_read_and_a_close_button(user, send):
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
def test_bell_requests_toasts_and_title_count_when_the_project_says_so(user, send, source):
    newest = send("News")
    html = parse(render(source, user))

    corner = html.one(class_="themis-toasts")["id"]
    assert html.one(hx_get=TOASTS)["hx-target"] == f"#{corner}"
    assert html.one(name="since")["value"] == str(newest.pk)
    assert "data-themis-title" in html.one(id="themis-bell").attrs


def test_bell_requests_no_toasts_and_no_title_count_by_default(user, send):
    html = parse(render("{% load themis %}{% themis_bell %}", user))

    assert not html.all(class_="themis-toasts")
    assert "data-themis-title" not in html.one(id="themis-bell").attrs


def test_two_bells_on_a_page_request_toasts_once(user):
    html = parse(render("{% load themis %}" + "{% themis_bell toasts=True %}" * 2, user))

    assert len(html.all(class_="themis-toasts")) == 1


def test_signed_out_request_for_toasts_gets_an_event_and_no_redirect(client, db):
    response = client.get(TOASTS, {"since": 0}, headers=HTMX)

    assert response.status_code == 204
    assert "HX-Redirect" not in response
    assert "themis:signed-out" in response["HX-Trigger"]
