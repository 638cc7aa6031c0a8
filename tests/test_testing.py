"""The helpers for a project's own tests: two assertions and a fixture."""

from datetime import timedelta

import pytest
from django.utils import timezone

from themis_htmx.notifications import notify_user
from themis_htmx.testing import assert_not_notified, assert_notified


def test_assert_notified_returns_the_newest_match(user, notify):
    notify("Deployed", level="danger")
    newest = notify("Deployed again", level="danger")
    notify("Nothing")

    assert assert_notified(user, level="danger") == newest
    assert assert_notified(user, title__contains="Deploy", level="danger") == newest
    assert assert_notified(user).title == "Nothing"


def test_assert_notified_fails_and_lists_the_newest_notifications(user, notify):
    notify("First", level="warning")
    notify("Second")

    with pytest.raises(AssertionError) as raised:
        assert_notified(user, level="danger")
    assert str(raised.value) == (
        "ada has no notification with {'level': 'danger'}; "
        "the newest are 'Second' (info), 'First' (warning)."
    )


def test_assert_notified_fails_and_says_that_there_is_none(user, other, notify):
    notify(to=other)

    with pytest.raises(AssertionError, match=r"^ada has no .*; there is none at all\.$"):
        assert_notified(user, level="danger")


def test_assert_notified_lists_ten_notifications_at_most(user, notify):
    for number in range(12):
        notify(f"No. {number}.")

    with pytest.raises(AssertionError) as raised:
        assert_notified(user, level="danger")
    assert "'No. 2.'" in str(raised.value)
    assert "'No. 1.'" not in str(raised.value)


def test_assert_not_notified_passes_without_a_match(user, other, notify):
    notify(to=other, level="danger")
    assert_not_notified(user)

    notify("News")
    assert_not_notified(user, level="danger")


@pytest.mark.parametrize("fields", [{}, {"level": "info"}])
def test_assert_not_notified_fails_and_names_the_notification(user, notify, fields):
    notify("News")

    with pytest.raises(AssertionError, match=r"^ada has a notification 'News' \(info\)\.$"):
        assert_not_notified(user, **fields)


def test_themis_inbox_fixture_lists_only_notifications_the_user_would_see(
    user, other, notify, themis_inbox
):
    assert themis_inbox(user) == []

    first, second = notify(), notify()
    notify(expires_at=timezone.now())
    notify(read_at=timezone.now(), dismissed_at=timezone.now())
    notify(to=other)
    assert themis_inbox(user) == [second, first]


def test_themis_inbox_fixture_opens_the_database(themis_inbox, django_user_model):
    assert themis_inbox(django_user_model.objects.create(username="ada")) == []


def test_assertions_compare_image_and_actions_as_a_call_gives_them(user, notify):
    actions = [{"label": "Approve", "url": "/a/", "method": "post"}, {"label": "View", "url": "/"}]
    rich = notify("Rich", image="/ana.svg", actions=actions)
    notify("Plain")

    assert assert_notified(user, image="/ana.svg") == rich
    assert assert_notified(user, actions=actions, level="info") == rich
    assert assert_notified(user, image="", actions=[]).title == "Plain"
    assert_not_notified(user, image="/ben.svg")
    assert_not_notified(user, actions=actions[:1])
    with pytest.raises(AssertionError, match="has no notification with"):
        assert_notified(user, actions=actions, title="Plain")


def test_assert_notified_finds_a_scheduled_reminder_and_the_inbox_does_not(user, themis_inbox):
    at = timezone.now() + timedelta(hours=1)
    reminder = notify_user(user, "Starting soon", visible_from=at)

    assert assert_notified(user, title="Starting soon", visible_from=at) == reminder
    assert themis_inbox(user) == []
    with pytest.raises(AssertionError) as raised:
        assert_not_notified(user)
    assert str(raised.value) == (
        f"ada has a notification 'Starting soon' (info, visible from {at})."
    )


def test_inbox_fixture_lists_a_scheduled_reminder_when_its_time_comes(
    user, themis_inbox, time_machine
):
    at = timezone.now() + timedelta(hours=1)
    reminder = notify_user(user, "Starting soon", visible_from=at)

    time_machine.move_to(at, tick=False)
    assert themis_inbox(user) == [reminder]
