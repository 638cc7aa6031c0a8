"""Muting: notifications from a muted source no longer reach the user who muted it."""

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.helpers.databases import writes_what_it_asks
from themis_htmx.models import SourcePreference, UserNotification
from themis_htmx.notifications import notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}
LEVELS = ["info", "success", "warning", "danger"]


@pytest.fixture
def mute(user):
    """Mute a source of the user's, or of another one's."""

    def mute(source_app="tasks", *, to=user, including_urgent=False):
        SourcePreference.objects.mute(to, source_app)
        if including_urgent:
            SourcePreference.objects.mute_urgent(to, source_app, including_urgent=True)

    return mute


def rows():
    muted = SourcePreference.objects.muted().order_by("pk")
    return list(muted.values_list("source_app", "including_urgent"))


@pytest.mark.parametrize("options", [{}, {"deduplicate": True}])
@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("including_urgent", [True, False])
def test_notify_user_skips_a_muted_source_unless_it_is_urgent(
    user, mute, titles, level, including_urgent, options
):
    mute(including_urgent=including_urgent)
    arrives = level == "danger" and not including_urgent

    made = notify_user(user, "News", level=level, **SOURCE, **options)

    assert (made is not None) == arrives
    assert titles() == ["News"] * arrives


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("including_urgent", [True, False])
@pytest.mark.parametrize(
    "name_them",
    [list, iter, lambda users: User.objects.filter(pk__in=[user.pk for user in users])],
    ids=["list", "iterator", "queryset"],
)
def test_notify_users_skips_users_who_muted_the_source(
    users, mute, name_them, level, including_urgent
):
    for member in users[:3]:
        mute(to=member, including_urgent=including_urgent)
    told = users if level == "danger" and not including_urgent else users[3:]

    count = notify_users(name_them(users), "News", level=level, batch_size=2, **SOURCE)

    assert count == len(told)
    reached = UserNotification.objects.order_by("user").values_list("user", flat=True)
    assert list(reached) == [member.pk for member in told]


@pytest.mark.parametrize(
    "source_app", ["", "task", "Tasks", "tasks ", "billing", "tasks%", "t_sks"]
)
def test_muting_a_source_mutes_no_other_source(user, mute, source_app):
    mute("tasks")

    assert notify_user(user, "News", source_app=source_app) is not None


def test_muting_a_source_affects_no_other_user(user, other, mute):
    mute("tasks")

    assert notify_user(other, "News", **SOURCE) is not None


def test_minimum_level_holds_beside_muted_sources(user, mute):
    user.profile.notifications_enabled = False
    user.profile.save()
    mute("billing")
    assert notify_user(user, "News", level="danger", **SOURCE) is None

    user.profile.notifications_enabled = True
    user.profile.notifications_min_level = "danger"
    user.profile.save()
    assert notify_user(user, "News", level="warning", **SOURCE) is None
    assert notify_user(user, "News", level="danger", **SOURCE) is not None


def test_unmuting_does_not_deliver_notifications_sent_while_muted(user, mute, titles):
    notify_user(user, "Before", **SOURCE)
    mute()
    notify_user(user, "Meanwhile", **SOURCE)
    SourcePreference.objects.unmute(user, "tasks")
    notify_user(user, "After", **SOURCE)

    assert titles() == ["Before", "After"]


@pytest.mark.parametrize("options", [{}, {"deduplicate": True}])
def test_muted_sources_cost_notify_user_no_extra_query(user, mute, statements, options):
    # Without a duplicate to look for PostgreSQL writes what it asks at any isolation.
    is_one = writes_what_it_asks() or (connection.vendor == "postgresql" and not options)
    number = 1 if is_one else 2
    assert len(statements(lambda: notify_user(user, "News", **SOURCE, **options))) == number
    UserNotification.objects.all().delete()

    mute("billing")
    assert len(statements(lambda: notify_user(user, "News", **SOURCE, **options))) == number
    mute("tasks")
    assert len(statements(lambda: notify_user(user, "News", **SOURCE, **options))) == 1
    assert len(statements(lambda: notify_users([user], "News", **SOURCE, **options))) <= 2


def test_notification_without_a_source_does_not_query_muted_sources(user, statements):
    [asked, *_insert] = statements(lambda: notify_user(user, "News"))

    assert SourcePreference._meta.db_table not in asked


def test_muting_a_source_twice_changes_nothing(user, mute):
    mute(including_urgent=True)
    mute()

    assert rows() == [("tasks", True)]


def test_muting_a_source_is_one_statement_so_tabs_cannot_race(user, statements):
    for _time in "12":
        assert len(statements(lambda: SourcePreference.objects.mute(user, "tasks"))) == 1


def test_unmute_returns_whether_the_source_was_muted(user, other, mute):
    mute()
    mute(to=other)

    assert SourcePreference.objects.unmute(user, "Tasks") == 0
    assert SourcePreference.objects.unmute(user, "tasks") == 1
    assert SourcePreference.objects.unmute(user, "tasks") == 0
    assert SourcePreference.objects.get().user == other


def test_mute_urgent_changes_only_a_source_that_the_user_muted(user, other, mute):
    mute(to=other)

    assert SourcePreference.objects.mute_urgent(user, "tasks", including_urgent=True) == 0
    assert rows() == [("tasks", False)]


@pytest.mark.parametrize("source_app", ["", None, "x" * 101, "\x00"])
@pytest.mark.parametrize("verb", ["mute", "unmute", "mute_urgent"])
def test_muting_an_invalid_source_names_the_argument_and_changes_nothing(
    user, mute, verb, source_app
):
    mute()
    options = {"including_urgent": True} if verb == "mute_urgent" else {}

    with pytest.raises(ValueError, match=r"^source_app: "):
        getattr(SourcePreference.objects, verb)(user, source_app, **options)
    assert rows() == [("tasks", False)]


@pytest.mark.parametrize("source_app", ["x" * 100, "中" * 100, 7, "a\nb"])
def test_muted_source_is_cleaned_like_the_source_of_a_notification(user, source_app):
    SourcePreference.objects.mute(user, source_app)

    assert notify_user(user, "News", source_app=source_app) is None


def test_deleting_a_user_deletes_their_muted_sources(user, mute):
    mute()
    user.delete()

    assert rows() == []
