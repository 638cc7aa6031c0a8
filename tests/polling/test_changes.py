"""Every change to the badge is noticed by the next poll, whoever made it."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

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


class Polls(RuleBasedStateMachine):
    """After any verbs, at any time, the next poll and the database agree."""

    def __init__(self):
        super().__init__()
        get_user_model().objects.all().delete()
        self.user = get_user_model().objects.create_user("machine")
        self.clock = time_machine.travel(timezone.now(), tick=False)
        self.traveller = self.clock.start()
        client = Client()
        client.force_login(self.user)
        self.browser = Browser(client)

    def teardown(self):
        self.clock.stop()

    @rule(seconds=st.one_of(st.none(), st.integers(1, 300)))
    def arrive(self, seconds):
        expires = timezone.now() + timedelta(seconds=seconds) if seconds else None
        notify_user(self.user, "News", expires_at=expires)

    @rule(count=st.integers(90, 120))
    def flood(self, count):
        UserNotification.objects.bulk_create(
            [UserNotification(user=self.user, title="Flood") for _ in range(count)]
        )

    @rule(
        verb=st.sampled_from(["mark_read", "mark_unread", "dismiss", "restore", "delete"]),
        place=st.integers(0, 5),
    )
    def act(self, verb, place):
        chosen = list(
            rows(self.user).newest_first().values_list("pk", flat=True)[place : place + 2]
        )
        getattr(rows(self.user).filter(pk__in=chosen), verb)()

    @rule()
    def act_on_all(self):
        rows(self.user).mark_read()

    @rule(seconds=st.integers(1, 700))
    def wait(self, seconds):
        self.traveller.shift(timedelta(seconds=seconds))

    @invariant()
    def the_next_poll_and_the_database_agree(self):
        self.browser.poll()
        unread = min(rows(self.user).unread().count(), 100)
        assert self.browser.badge == {0: "", 100: "99+"}.get(unread, str(unread))


def test_next_poll_and_database_agree_after_any_sequence_of_changes(db):
    run_state_machine_as_test(
        Polls, settings=settings(max_examples=60, stateful_step_count=15, deadline=None)
    )
