"""Arrivals: the notifications that are newer than the last one a page was told of."""

import pytest
from django.urls import reverse

from themis_htmx.models.notification import UNREAD_CAP
from themis_htmx.notifications import notify_user
from themis_htmx.polling.arrivals import Arrivals


def count(user, since):
    return len(Arrivals.since(user, since, texts=False).rows)


def test_count_of_new_arrivals_stops_at_a_hundred(user, statements):
    first = notify_user(user, "First")
    assert count(user, first.pk) == 0

    made = [notify_user(user, str(number)) for number in range(UNREAD_CAP + 1)]
    assert count(user, first.pk) == 100
    assert count(user, made[0].pk) == 100
    assert count(user, made[1].pk) == 99
    [sql] = statements(lambda: count(user, 0))
    assert "LIMIT 100" in sql


def test_page_that_names_no_last_known_id_is_told_of_no_arrivals(user, notify):
    notify("News")
    assert Arrivals.since(user, None, texts=True).words == ""
    assert Arrivals.since(user, None, texts=True).alert() is None


@pytest.mark.parametrize("texts", [False, True], ids=["number alone", "full text"])
def test_several_arrivals_make_one_alert_that_leads_to_the_inbox(user, notify, texts):
    notify("First", url="/first/")
    notify("Second", url="/second/")
    alert = Arrivals.since(user, 0, texts=texts).alert()
    assert alert["title"] == "2 new notifications"
    assert alert["body"] == ("Second" if texts else "")
    assert alert["url"] == reverse("themis:inbox")


def test_alert_of_a_single_arrival_shows_its_text_only_when_wanted(user, notify):
    notify("Deploy v2", message="x" * 500, url="/tasks/1/")
    alert = Arrivals.since(user, 0, texts=True).alert()
    assert alert == {"title": "Deploy v2", "body": "x" * 200, "url": "/tasks/1/"}
    assert "Deploy" not in str(Arrivals.since(user, 0, texts=False).alert())
