"""A page that hears of changes by a stream is told when its bell changes by the clock."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.polling.next_change import seconds_to_next_change
from themis_htmx.polling.token import Token
from themis_htmx.tokens import Digest

BELL = reverse("themis:bell")
NOON = timezone.now().replace(microsecond=0)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(NOON, tick=False)


def in_seconds(seconds):
    return NOON + timedelta(seconds=seconds)


def of(user):
    return seconds_to_next_change(user.pk)


@pytest.mark.parametrize(
    ("instants", "expected"),
    [
        ({}, None),
        ({"visible_from": in_seconds(90)}, 90),
        ({"visible_from": in_seconds(0.5)}, 1),
        ({"expires_at": in_seconds(30)}, 30),
        ({"visible_from": in_seconds(60), "expires_at": in_seconds(120)}, 60),
        ({"visible_from": in_seconds(900)}, 900),
        ({"visible_from": in_seconds(901)}, None),
    ],
)
def test_seconds_until_a_notification_appears_or_expires(user, notify, instants, expected):
    notify(**instants)

    assert of(user) == expected


def test_expiry_counts_where_the_same_notification_appeared_long_ago(user, notify):
    pk = notify(expires_at=in_seconds(120)).pk
    UserNotification.objects.filter(pk=pk).update(visible_from=in_seconds(-3600))

    assert of(user) == 120


def test_nearest_of_several_counts(user, notify):
    notify(visible_from=in_seconds(300))
    notify(expires_at=in_seconds(200))

    assert of(user) == 200


def test_what_has_appeared_or_was_read_or_dismissed_or_is_another_users_counts_for_nothing(
    user, other, notify
):
    notify(visible_from=in_seconds(10), to=other)
    for verb in ("mark_read", "dismiss"):
        notify(verb, expires_at=in_seconds(20))
        getattr(UserNotification.objects.filter(title=verb), verb)()
    UserNotification.objects.filter(pk=notify().pk).update(visible_from=in_seconds(-5))

    assert of(user) is None


def test_number_takes_one_query(user, django_assert_num_queries):
    with django_assert_num_queries(1):
        of(user)


# Polls

HEADER = "Themis-Next-Change"
RECORDING = {"BROKER": "tests.helpers.recording.RecordingBroker"}


@pytest.fixture
def poll(client, user):
    """Poll with the token of the page, or with another one; return the answer."""
    client.force_login(user)

    def poll(token=None):
        bell = client.get("/page/").context["bell"]
        return client.get(BELL, {"token": bell["badge"]["token"] if token is None else token})

    return poll


@pytest.mark.parametrize(("token", "status"), [(None, 204), ("", 200)])
def test_answer_to_a_poll_names_the_seconds_where_live_updates_are_on(
    poll, notify, settings, token, status
):
    settings.THEMIS_LIVE = RECORDING
    notify(visible_from=in_seconds(90))

    answer = poll(token)

    assert (answer.status_code, answer.headers[HEADER]) == (status, "90")


def test_answer_with_a_fresh_token_alone_names_the_seconds_too(poll, notify, settings, user):
    settings.THEMIS_LIVE = RECORDING
    notify(visible_from=in_seconds(90))
    old = Token("another session", Digest(0, 0, 0), str(user.pk)).sign()

    answer = poll(old)

    assert answer.headers["Themis-Token"]
    assert answer.headers[HEADER] == "90"


def test_answer_names_nothing_where_nothing_changes_soon(poll, settings):
    settings.THEMIS_LIVE = RECORDING

    assert HEADER not in poll().headers


def test_without_live_updates_a_poll_asks_nothing_more(poll, notify):
    notify(visible_from=in_seconds(90))
    poll()

    with CaptureQueriesContext(connection) as captured:
        answer = poll()

    assert HEADER not in answer.headers
    assert not [query for query in captured if "MIN(" in query["sql"]]
