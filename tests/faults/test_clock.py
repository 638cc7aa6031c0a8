"""The server's clock was wrong, and is put right: what open pages show, and what calls write."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user

ONCE = {"source_app": "tasks", "source_model": "Task", "source_id": "7", "deduplicate": True}

pytestmark = pytest.mark.django_db


@pytest.fixture
def clock(time_machine):
    time_machine.move_to("2026-06-10T12:00Z", tick=False)
    return time_machine


@pytest.mark.parametrize("hours", [1, -1], ids=["was behind", "was ahead"])
def test_page_and_caller_go_on_after_the_clock_was_put_right(clock, page, user, notify, hours):
    kept = notify("Before", **ONCE)
    clock.shift(timedelta(hours=hours))

    assert page.shows(1)
    assert notify_user(user, "Again", **ONCE) is None
    notify("After")
    assert page.shows(2)
    html = page.client.get(reverse("themis:inbox")).content.decode()
    assert html.index("After") < html.index("Before")

    assert page.read(kept).status_code < 400
    assert page.shows(1)
    assert page.client.post(reverse("themis:read_all")).status_code < 400
    assert not UserNotification.objects.unread().exists()


def test_page_whose_token_is_of_the_future_sees_what_arrives(clock, page, notify):
    clock.shift(-timedelta(days=1))

    assert page.poll().status_code == 204
    notify("After")
    assert page.shows(1)


def test_what_a_clock_that_was_ahead_had_let_expire_or_appear_is_as_it_was(clock, page, notify):
    hour = timedelta(hours=1)
    now = notify("Expires", expires_at=timezone.now() + hour).created_at
    notify("Scheduled", visible_from=now + hour)
    assert page.shows(1)

    clock.shift(2 * hour)
    assert shown(page) == {"Scheduled"}
    clock.shift(-2 * hour)
    assert shown(page) == {"Expires"}
    assert page.shows(1)


def shown(page):
    html = page.client.get(reverse("themis:inbox")).content.decode()
    return {title for title in ("Expires", "Scheduled") if title in html}
