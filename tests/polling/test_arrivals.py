"""Arrivals: the notifications that are newer than the last one a page was told of."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.helpers.markup import parse
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.models.instants import microseconds
from themis_htmx.models.notification import UNREAD_CAP
from themis_htmx.notifications import notify_user
from themis_htmx.polling.arrivals import NEVER, Arrivals, Known, toasts_since
from themis_htmx.polling.digest import unread_of

BELL = reverse("themis:bell")


def count(user, since):
    return len(Arrivals.since(user, Known(since, NEVER), 0, alerts="count").rows)


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
    assert Arrivals.since(user, None, 0, alerts="full").words == ""
    assert Arrivals.since(user, None, 0, alerts="full").alert() is None


@pytest.mark.parametrize("alerts", ["count", "full"])
def test_several_arrivals_make_one_alert_that_leads_to_the_inbox(user, notify, alerts):
    notify("First", url="/first/")
    notify("Second", url="/second/", image="/a.svg")
    alert = Arrivals.since(user, Known(0, NEVER), 0, alerts=alerts).alert()
    assert alert["title"] == "2 new notifications"
    assert alert["body"] == ("Second" if alerts == "full" else "")
    assert alert["url"] == reverse("themis:inbox")
    assert alert["image"] == ""


def test_alert_of_a_single_arrival_shows_its_text_only_when_wanted(user, notify):
    notify("Deploy v2", message="x" * 500, url="/tasks/1/", image="/a.svg")
    alert = Arrivals.since(user, Known(0, NEVER), 0, alerts="full").alert()
    assert alert == {"title": "Deploy v2", "body": "x" * 200, "url": "/tasks/1/", "image": "/a.svg"}
    short = str(Arrivals.since(user, Known(0, NEVER), 0, alerts="count").alert())
    assert "Deploy" not in short
    assert "/a.svg" not in short


def test_what_has_woken_up_since_is_an_arrival_once(user, notify, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    old, newest = notify("Snoozed", url="/x/"), notify("Newest")
    UserNotification.objects.filter(pk=old.pk).snooze(now + timedelta(hours=1))
    known = Known(newest.pk, microseconds(now))
    time_machine.move_to(now + timedelta(hours=2), tick=False)
    woken = unread_of(user).woken

    arrivals = Arrivals.since(user, known, woken, alerts="full")
    assert arrivals.words == "1 new notification"
    assert arrivals.alert() == {"title": "Snoozed", "body": "", "url": "/x/", "image": ""}
    assert arrivals.beyond(Known(newest.pk, woken)).words == ""
    assert Arrivals.since(user, Known(newest.pk, woken), woken, alerts="count").words == ""


def test_of_several_that_woke_up_the_latest_to_wake_comes_first(user, notify, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    for hours in (2, 4, 1, 3):
        notify(f"After {hours} h", visible_from=now + timedelta(hours=hours))
    known = Known(notify("Newest").pk, microseconds(now))
    time_machine.move_to(now + timedelta(hours=4), tick=False)

    arrivals = Arrivals.since(user, known, unread_of(user).woken, alerts="full")

    assert [row.title for row in arrivals.rows] == [f"After {hours} h" for hours in (4, 3, 2, 1)]
    toasts = [row.title for row in toasts_since(user, known)]
    assert toasts == [f"After {hours} h" for hours in (2, 3, 4)]


def test_reminder_below_the_newest_hundred_is_an_arrival_and_a_toast(user, notify, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    notify("Reminder", visible_from=now + timedelta(hours=1))
    rows = [UserNotification(user=user, title=str(number)) for number in range(150)]
    newest = UserNotification.objects.bulk_create(rows)[-1]
    known = Known(newest.pk or UserNotification.objects.latest("pk").pk, microseconds(now))
    time_machine.move_to(now + timedelta(hours=1), tick=False)

    arrivals = Arrivals.since(user, known, unread_of(user).woken, alerts="full")

    assert arrivals.alert()["title"] == "Reminder"
    assert [row.title for row in toasts_since(user, known)] == ["Reminder"]


def test_poll_tells_lists_and_alerts_of_what_has_woken_up(user, notify, client, time_machine):
    now = timezone.now()
    time_machine.move_to(now, tick=False)
    UserProfile.objects.create(user=user, browser_notifications_enabled=True)
    one = notify("Snoozed")
    UserNotification.objects.filter(pk=one.pk).snooze(now + timedelta(minutes=5))
    client.force_login(user)
    bell = parse(client.get("/page/")).one(id="themis-bell-badge-slot")
    fields = bell.fields | {"shown": one.pk, "shown_at": microseconds(now)}
    assert client.get(BELL, fields).status_code == 204

    time_machine.move_to(now + timedelta(minutes=5), tick=False)
    answer = parse(client.get(BELL, fields))
    token = answer.one(data_themis_token=True)
    assert token["data-themis-new-text"] == "1 new notification"
    assert token["data-themis-alert-title"] == "1 new notification"
    assert int(token["data-themis-woken"]) == microseconds(now + timedelta(minutes=5))
    assert int(answer.fields["since_at"]) == microseconds(now + timedelta(minutes=5))


def test_page_knows_of_all_that_had_woken_up_when_it_was_rendered(user, notify, client):
    one = notify("Snoozed")
    UserNotification.objects.filter(pk=one.pk).update(visible_from=timezone.now())
    client.force_login(user)

    token = parse(client.get("/page/")).one(data_themis_token=True)
    assert int(token["data-themis-woken"]) > unread_of(user).woken
