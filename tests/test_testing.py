"""The helpers for a project's own tests: two assertions and a fixture."""

import pytest
from django.utils import timezone

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
