"""Child models of the user: a notification goes to the user, whatever the key of the child is."""

import pytest
from django.contrib.auth.models import AnonymousUser, User

from tests.shop.models import Customer
from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.testing import assert_not_notified, assert_notified


@pytest.fixture
def customers(users):
    """Three customers, whose own numbers are the keys of three of the users."""
    return [
        Customer.objects.create(number=user.pk, username=f"customer-{user.username}")
        for user in users[:3]
    ]


def told():
    return [row.user.username for row in UserNotification.objects.order_by("pk")]


def names(customers):
    return [customer.username for customer in customers]


def test_child_of_the_user_model_is_notified_and_not_the_user_with_its_key(users, customers):
    assert notify_user(customers[0], "News").user == User.objects.get(pk=customers[0].id)

    assert told() == names(customers[:1])
    assert_notified(customers[0], title="News")
    assert_not_notified(users[0])


@pytest.mark.parametrize(
    "way",
    [
        list,
        lambda customers: Customer.objects.all(),
        lambda customers: Customer.objects.order_by("-number"),
        lambda customers: Customer.objects.order_by("number")[:3],
    ],
    ids=["list", "queryset", "ordered", "sliced"],
)
def test_many_children_of_the_user_model_are_told(customers, way):
    assert notify_users(way(customers), "News", batch_size=2) == 3

    assert sorted(told()) == sorted(names(customers))


def test_a_child_of_the_user_model_has_the_users_preferences(customers):
    UserProfile.objects.create(user_id=customers[0].id, notifications_enabled=False)
    SourcePreference.objects.mute(customers[1], "tasks")

    assert notify_user(customers[0], "News") is None
    assert notify_user(customers[1], "News", source_app="tasks") is None
    assert notify_user(customers[2], "News", source_app="tasks")
    assert not customers[0].themis_profile.notifications_enabled


def test_notify_user_raises_for_an_unsaved_user_with_a_key():
    with pytest.raises(ValueError, match=r"user: .* is not saved yet"):
        notify_user(User(pk=7, username="unsaved"), "News")


class Account:
    """An account of another kind, whose key is the key of a user, too."""

    def __init__(self, pk):
        self.id = self.pk = pk


@pytest.mark.parametrize(
    "ask",
    [
        UserNotification.objects.for_user,
        SourcePreference.objects.for_user,
        lambda account: SourcePreference.objects.mute(account, "tasks"),
        lambda account: notify_user(account, "News"),
    ],
    ids=["notifications", "muted sources", "mute", "notify_user"],
)
def test_account_that_is_no_user_is_refused_by_type(user, ask):
    with pytest.raises(TypeError, match="is not a User"):
        ask(Account(user.pk))


@pytest.mark.django_db
def test_anonymous_user_has_no_notifications():
    assert not UserNotification.objects.for_user(AnonymousUser()).exists()
