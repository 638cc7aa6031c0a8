"""The recipients of notify_users(): each user once, in batches, from any kind of collection."""

from collections import deque
from uuid import UUID

import pytest
from django.apps.registry import Apps
from django.contrib.auth.models import Group, User
from django.db.models import Count, Window
from django.db.models.functions import RowNumber
from django.test import skipUnlessDBFeature

from tests.board.models import Team
from themis_htmx.delivery.recipients import SeenKeys
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.notifications import notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}


class Person(User):
    class Meta:
        proxy = True
        app_label = "board"
        apps = Apps()


@pytest.fixture
def told():
    """The users who have a notification, in the order in which they got it."""
    return lambda: [row.user for row in UserNotification.objects.order_by("pk")]


def members(users):
    return User.objects.filter(pk__in=[user.pk for user in users])


def by_two_groups(users):
    for name in ("developers", "testers"):
        Group.objects.create(name=name).user_set.set(users)
    return User.objects.filter(groups__name__in=["developers", "testers"])


def team(users):
    made = Team.objects.create(name="Operations")
    made.members.set(users)
    return made.members.all()


def evaluated(users):
    found = members(users)
    len(found)
    return found


WAYS = {
    "list": lambda users: users,
    "tuple": tuple,
    "set": set,
    "dictionary": dict.fromkeys,
    "generator": lambda users: (user for user in users),
    "list with nobody in it": lambda users: [None, *users, None],
    "generator with nobody in it": lambda users: (user for user in [None, *users, None]),
    "list that names users twice": lambda users: [*users, *users[::-1], users[0]],
    "generator that names users twice": lambda users: (user for user in users * 2),
    "queryset": members,
    "evaluated queryset": evaluated,
    "ordered queryset": lambda users: members(users).order_by("-username"),
    "reversed queryset": lambda users: members(users).order_by("username").reverse(),
    "reversed queryset without an order": lambda users: members(users).reverse(),
    "sliced queryset": lambda users: members(users).order_by("-username")[: len(users)],
    "partial queryset": lambda users: members(users).only("username"),
    "grouped queryset": lambda users: by_two_groups(users).distinct(),
    "counting queryset": lambda users: (
        by_two_groups(users).annotate(heads=Count("groups")).filter(heads=2)
    ),
    "ranking queryset": lambda users: (
        members(users)
        .annotate(rank=Window(RowNumber(), order_by="-pk"))
        .filter(rank__lte=len(users))
    ),
    "queryset with a related row": lambda users: members(users).select_related("themis_profile"),
    "queryset that names users twice": by_two_groups,
    "union": lambda users: members(users[:4]).union(members(users[3:])),
    "union of all": lambda users: members(users[:4]).union(members(users[3:]), all=True),
    "either": lambda users: members(users[:4]) | members(users[3:]),
    "difference": lambda users: members(users).difference(User.objects.none()),
    "many to many": team,
    "iterator": lambda users: members(users).iterator(),
    "raw query": lambda users: User.objects.raw(str(members(users).query)),
    "proxy": lambda users: Person.objects.filter(pk__in=[user.pk for user in users]),
    "list of proxies": lambda users: list(Person.objects.filter(pk__in=[u.pk for u in users])),
}


@pytest.mark.parametrize("name_them", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(
    "options", [{}, {"deduplicate": True, **SOURCE}], ids=["plain", "deduplicated"]
)
@pytest.mark.parametrize("batch_size", [1, 3, 7])
def test_notify_users_tells_each_user_once_from_any_kind_of_collection(
    users, other, name_them, options, batch_size
):
    count = notify_users(name_them(users), "News", batch_size=batch_size, **options)

    assert count == 7
    assert sorted(UserNotification.objects.values_list("user", flat=True)) == [
        user.pk for user in users
    ]


@pytest.mark.parametrize("way", ["list", "set", "queryset", "ordered queryset", "many to many"])
def test_notify_users_writes_rows_in_the_order_of_the_user_ids(users, told, way):
    notify_users(WAYS[way](users[::-1]), "News")

    assert told() == users


@pytest.mark.parametrize("batch_size", [1, 2, 7])
def test_queryset_filtered_by_rank_reaches_only_the_highest_ranked_users(users, told, batch_size):
    rank = Window(RowNumber(), order_by="pk")
    first = members(users).annotate(rank=rank).filter(rank__lte=4)

    assert notify_users(first, "News", batch_size=batch_size) == 4
    assert told() == users[:4]


def test_sliced_queryset_reaches_the_first_users_in_its_own_order(users, told):
    notify_users(members(users).order_by("-pk")[:3], "News", batch_size=2)

    assert set(told()) == set(users[-3:])


@skipUnlessDBFeature("supports_slicing_ordering_in_compound")
def test_union_of_sliced_querysets_reaches_the_users_of_every_slice(users):
    everyone = members(users)
    either = everyone.order_by("pk")[:4].union(everyone.order_by("-pk")[:4])

    assert notify_users(either, "News", batch_size=3) == 7


@skipUnlessDBFeature("can_distinct_on_fields")
def test_distinct_on_queryset_reaches_the_first_user_of_each_group(users, told):
    members(users[:4]).update(last_name="A")
    members(users[4:]).update(last_name="B")
    newest = members(users).order_by("last_name", "-pk").distinct("last_name")

    assert notify_users(newest, "News") == 2
    assert set(told()) == {users[3], users[6]}


def test_queryset_that_shrinks_as_users_are_notified_is_walked_to_its_end(users):
    untold = members(users).filter(themis_notifications=None)

    assert notify_users(untold, "News", batch_size=2) == 7
    assert notify_users(untold, "News", batch_size=2) == 0


@pytest.mark.parametrize("nobody", [[], (), User.objects.none(), iter([]), [None], {}])
def test_notify_users_returns_zero_for_an_empty_collection(db, nobody):
    assert notify_users(nobody, "News") == 0


@pytest.mark.parametrize("name_them", WAYS.values(), ids=WAYS)
def test_notify_users_obeys_the_preferences_of_each_user(users, told, name_them):
    UserProfile.objects.create(user=users[1], notifications_enabled=False)
    UserProfile.objects.create(user=users[2], notifications_min_level="danger")
    UserProfile.objects.create(user=users[3], notifications_min_level="warning")

    assert notify_users(name_them(users), "News", level="warning", batch_size=2) == 5
    assert set(told()) == {users[0], users[3], users[4], users[5], users[6]}


@pytest.mark.parametrize(
    ("users", "says"),
    [
        (None, "None is not iterable"),
        (42, "42 is not iterable"),
        (User(username="ada"), "<User: ada> is not iterable"),
        (User.objects, "is not iterable; a manager needs .all()"),
        (User, "is not iterable"),
        (Group.objects.all(), "a queryset of Group is not one of users"),
        (Group.objects.none()[:3], "a queryset of Group is not one of users"),
        ("ada", "'a' is not a User"),
        ([1, 2], "1 is not a User"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_notify_users_raises_for_an_argument_that_names_no_users(db, users, says):
    with pytest.raises(TypeError) as raised:
        notify_users(users, "News")

    assert str(raised.value).startswith("users: ")
    assert says in str(raised.value)


@pytest.mark.parametrize("size", [0, -1, True, 2.5, "3", None])
def test_notify_users_raises_for_an_invalid_batch_size(users, size):
    with pytest.raises(ValueError, match=f"^batch_size: {size!r} is not a number of users"):
        notify_users(users, "News", batch_size=size)

    assert not UserNotification.objects.exists()


@pytest.mark.parametrize("collect", [list, tuple, deque])
def test_collection_of_users_is_checked_whole_before_anything_is_written(users, collect):
    with pytest.raises(ValueError, match=r"^users: <User: new> is not saved yet"):
        notify_users(collect([*users, User(username="new")]), "News", batch_size=1)

    assert not UserNotification.objects.exists()


def test_generator_of_users_is_checked_as_it_is_read(users, told):
    with pytest.raises(ValueError, match=r"^users: <User: new> is not saved yet"):
        notify_users((user for user in [*users, User(username="new")]), "News", batch_size=3)

    assert told() == users[:6]


def test_generator_of_users_is_read_no_further_than_a_batch_ahead(users, told):
    heard = []

    def stream():
        for user in users:
            heard.append(len(told()))
            yield user

    notify_users(stream(), "News", batch_size=3)
    assert heard == [0, 0, 0, 3, 3, 3, 6]


def test_queryset_of_users_is_walked_by_key_and_never_by_offset(users, statements):
    ran = statements(lambda: notify_users(members(users), "News", batch_size=3))

    assert not [sql for sql in ran if "OFFSET" in sql]
    assert len([sql for sql in ran if sql.endswith("LIMIT 3")]) == 3


def test_seen_keys_reports_each_key_as_new_once():
    seen = SeenKeys()
    keys = [0, 1, 255, 256, 2**62, -1, -256, UUID(int=1), "a"]

    assert [seen.add(key) for key in keys] == [True] * 9
    assert [seen.add(key) for key in reversed(keys)] == [False] * 9
    assert [seen.add(key) for key in (2, 254, 257, UUID(int=2), "1")] == [True] * 5
