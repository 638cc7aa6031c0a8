"""Every change to the badge is noticed by the next poll, whoever made it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users

BELL = reverse("themis:bell")


class Browser:
    """A bell on a page: polls with the token it has, and shows what comes."""

    def __init__(self, client):
        self.client = client
        self.take(client.get("/page/").content.decode())

    def take(self, html):
        self.token = re.search(r'name="token"\s+value="([^"]+)"', html)[1]
        badge = re.search(r'<bdi dir="ltr">([^<]+)</bdi></span>\s*<input', html)
        self.badge = badge[1] if badge else ""

    def poll(self):
        response = self.client.get(BELL, {"token": self.token})
        if response.status_code == 200:
            self.take(response.content.decode())
        return response.status_code


@pytest.fixture
def browser(client, user, notify):
    for title in ("First", "Second", "Third"):
        notify(title, source_app="tasks")
    client.force_login(user)
    return Browser(client)


def rows(user):
    return UserNotification.objects.for_user(user)


CHANGES = {
    "a new one": lambda user: notify_user(user, "New"),
    "one of many": lambda user: notify_users([user], "New"),
    "reading": lambda user: rows(user).filter(title="Second").mark_read(),
    "reading all": lambda user: rows(user).mark_read(),
    "dismissing": lambda user: rows(user).filter(title="First").dismiss(),
    "a bulk update": lambda user: rows(user).update(read_at=timezone.now()),
    "a bulk deletion": lambda user: UserNotification.objects.filter(source_app="tasks").delete(),
    "one read and one new": lambda user: (
        (rows(user)[:1].get, notify_user(user, "New"))
        and rows(user).filter(title="Second").mark_read()
    ),
    "raw SQL": lambda user: _sql("DELETE FROM themis_usernotification WHERE title = 'Third'"),
    "an expiry set": lambda user: rows(user).update(expires_at=timezone.now()),
}


def _sql(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


def test_unchanged_poll_gets_an_empty_204(browser):
    response = browser.client.get(BELL, {"token": browser.token})
    assert (response.status_code, response.content) == (204, b"")
    assert not response.cookies


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_next_poll_notices_each_kind_of_change(browser, user, change):
    assert browser.poll() == 204
    change(user)
    assert browser.poll() == 200
    unread = rows(user).unread().count()
    assert browser.badge == (str(unread) if unread else "")
    assert browser.poll() == 204


def test_next_poll_notices_the_undo_of_mark_read(browser, user):
    at = timezone.now()
    rows(user).mark_read(at)
    assert browser.poll() == 200
    rows(user).undo_mark_read(at)
    assert browser.poll() == 200
    assert browser.badge == "3"


def test_next_poll_notices_a_notification_that_has_just_expired(browser, user):
    notify_user(user, "Soon gone", expires_at=timezone.now() + timedelta(seconds=30))
    browser.poll()
    assert browser.badge == "4"
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
        assert browser.poll() == 200
    assert browser.badge == "3"


@pytest.mark.parametrize("state", [{}, {"read_at": timezone.now()}], ids=["unread", "read"])
def test_next_poll_notices_a_snooze_and_the_moment_at_which_it_ends(browser, user, state):
    rows(user).filter(title="First").update(**state)
    browser.poll()
    rows(user).filter(title="First").snooze(timezone.now() + timedelta(seconds=30))
    browser.poll()
    assert browser.badge == "2"
    with time_machine.travel(timezone.now() + timedelta(seconds=29), tick=False):
        assert browser.poll() == 204
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
        assert browser.poll() == 200
        assert browser.badge == "3"
        assert browser.poll() == 204


def test_next_poll_notices_a_scheduled_notification_at_its_time(browser, user):
    notify_user(user, "Reminder", visible_from=timezone.now() + timedelta(seconds=30))
    assert browser.poll() == 204
    with time_machine.travel(timezone.now() + timedelta(seconds=31), tick=False):
        assert browser.poll() == 200
    assert browser.badge == "4"


def test_next_poll_notices_a_change_although_the_badge_stays_99_plus(browser, user):
    notify_users([user], "Many")
    UserNotification.objects.bulk_create(
        [UserNotification(user=user, title=str(number)) for number in range(150)]
    )
    browser.poll()
    assert browser.badge == "99+"
    rows(user).newest_first().filter(title="149").mark_read()
    assert browser.poll() == 200
    assert browser.badge == "99+"


def test_a_reminder_below_the_newest_hundred_is_noticed_within_ten_minutes(browser, user):
    notify_user(user, "Reminder", visible_from=timezone.now() + timedelta(seconds=30))
    UserNotification.objects.bulk_create(
        [UserNotification(user=user, title=str(number)) for number in range(150)]
    )
    browser.poll()
    assert browser.poll() == 204
    # Once the token is ten minutes old, the view looks for what has woken up.
    with time_machine.travel(timezone.now() + timedelta(seconds=601), tick=False):
        assert browser.poll() == 200
        assert browser.poll() == 204
    assert browser.badge == "99+"


def test_next_poll_notices_a_cleanup(browser, user):
    rows(user).filter(title="First").update(expires_at=timezone.now() + timedelta(seconds=5))
    browser.poll()
    with time_machine.travel(timezone.now() + timedelta(seconds=6), tick=False):
        call_command("cleanup_notifications", verbosity=0)
        assert browser.poll() == 200
        assert browser.badge == "2"


def test_poll_never_shows_a_notification_that_was_rolled_back(browser, user):
    try:
        with transaction.atomic():
            notify_user(user, "Never")
            raise LookupError
    except LookupError:
        assert browser.poll() == 204


def test_poll_shows_a_notification_from_before_a_rolled_back_savepoint(browser, user):
    with transaction.atomic():
        notify_user(user, "Stays")
        with transaction.atomic():
            notify_user(user, "Goes")
            transaction.set_rollback(True)
    assert browser.poll() == 200
    assert browser.badge == "4"
