"""Users and notifications in a database that is not the default one, as a router may say."""

import sqlite3
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import connection, connections
from django.urls import reverse
from django.utils import timezone

from themis_htmx.models import FanOutChunk, SourcePreference, UserNotification, UserProfile
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.polling.digest import unread_of
from themis_htmx.signals import notification_created

TASK = {"source_app": "tasks", "source_model": "Task", "source_id": "1"}
SOON = timedelta(hours=1)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="two files stand in for two servers"),
]


class Elsewhere:
    """A router that sends everything to another database."""

    def db_for_read(self, model, **hints):
        return "other"

    db_for_write = db_for_read


class ReadElsewhere(Elsewhere):
    """A router that reads from another database, and writes to the default one."""

    def db_for_write(self, model, **hints):
        return "default"


@pytest.fixture
def copied(user, other, tmp_path):
    """Another database, a copy of the default one with two accounts."""
    file = {**connections.databases["default"], "NAME": str(tmp_path / "other.sqlite3")}
    connections.databases["other"] = file
    # Django's guard of tests would refuse to open a database that it has not made.
    connections["other"].connect()
    connections["default"].ensure_connection()
    connections["default"].connection.backup(connections["other"].connection)
    yield
    connections["other"].close()
    del connections["other"], connections.databases["other"]


@pytest.fixture
def lagging(copied, settings):
    """Reads go to a replica that has the accounts, and nothing that was written later."""
    settings.DATABASE_ROUTERS = [f"{__name__}.ReadElsewhere"]


@pytest.fixture
def accounts(copied, user, other, settings):
    """Two accounts in the other database; any statement in the default one fails."""
    settings.DATABASE_ROUTERS = [f"{__name__}.Elsewhere"]

    def refuse(execute, sql, *rest):
        raise sqlite3.ProgrammingError(f"The default database was asked: {sql}")

    with connections["default"].execute_wrapper(refuse):
        yield [type(user).objects.get(pk=each.pk) for each in (user, other)]


def titles(user):
    return [row.title for row in UserNotification.objects.for_user(user).order_by("pk")]


@pytest.mark.parametrize("options", [{}, {"deduplicate": True}, {"group": True}])
@pytest.mark.parametrize("has_receiver", [False, True])
def test_call_writes_there(accounts, options, has_receiver, request):
    if has_receiver:
        request.getfixturevalue("announced")
    ada, grace = accounts
    stale = {"expires_at": timezone.now() + SOON} if options else {}
    notify_user(ada, "First", **TASK, **options, **stale)
    UserNotification.objects.update(expires_at=timezone.now() if options else None)

    notify_user(ada, "Second", **TASK, **options)
    written = notify_users([ada, grace], "Third", **TASK, **options)
    notify_users(type(ada).objects.all(), "Fourth", level="danger")

    assert written == (1 if options == {"deduplicate": True} else 2)
    assert titles(ada) == ["First", "Second", *(["Third"] if written == 2 else []), "Fourth"]
    assert titles(grace) == ["Third", "Fourth"]
    assert notification_created.has_listeners(UserNotification) is has_receiver


def test_inbox_is_read_and_changed_there(accounts):
    ada, grace = accounts
    for number in range(3):
        notify_user(ada, f"News {number}", **TASK)
    mine = UserNotification.objects.for_user(ada)

    assert unread_of(ada).digest.unread == 3
    assert [row.title for row in mine.page(size=2).notifications] == ["News 2", "News 1"]
    assert len(mine.page_of_few(size=2).notifications) == 2
    assert len(mine.search({"source_app": "tasks"}, size=5).notifications) == 3
    assert mine.mark_read() == 3
    assert mine.mark_unread() == 3
    assert mine.snooze(timezone.now() + SOON) == 3
    assert mine.wake() == 3
    assert UserNotification.objects.about("tasks", "Task", "1").dismiss() == 3
    assert mine.restore() == 3
    assert UserNotification.objects.move(ada, grace) == 3
    assert titles(grace) == ["News 0", "News 1", "News 2"]


def test_preferences_are_read_and_changed_there(accounts):
    ada, grace = accounts
    SourcePreference.objects.mute(ada, "tasks")
    SourcePreference.objects.choose(ada, "shop", "email", wanted=False)
    SourcePreference.objects.mute_urgent(ada, "tasks", including_urgent=True)
    SourcePreference.objects.choose(grace, "tasks", "email", wanted=False)
    assert notify_user(ada, "News", level="danger", **TASK) is None
    SourcePreference.objects.choose(ada, "shop", "email", wanted=True)

    assert SourcePreference.objects.move(ada, grace) == 1
    [row] = SourcePreference.objects.for_user(grace)
    assert (row.source_app, row.bell, row.email) == ("tasks", False, False)
    assert SourcePreference.objects.unmute(grace, "tasks") == 1


def test_profile_is_inserted_merged_and_read_there(accounts):
    ada, _grace = accounts
    first, second = UserProfile(user=ada), UserProfile(user=ada)
    first.notifications_min_level = "danger"
    first.save()
    second.time_zone = "Europe/Berlin"
    second.save()

    assert second.notifications_min_level == "danger"
    assert notify_user(ada, "News") is None


def test_chunks_of_fan_outs_are_kept_there(accounts):
    key = UUID(int=1)
    assert FanOutChunk.objects.claim(key)
    assert not FanOutChunk.objects.claim(key)
    FanOutChunk.objects.using("other").update(created_at=timezone.now() - timedelta(days=31))
    assert FanOutChunk.objects.claim(UUID(int=2))
    assert FanOutChunk.objects.forget_old() == 1
    assert not FanOutChunk.objects.claim(UUID(int=2))


def test_pages_are_made_from_there(accounts, client):
    ada, _grace = accounts
    notify_user(ada, "News", **TASK)
    client.force_login(ada)

    for name in ("bell", "dropdown", "inbox", "inbox_items", "preferences", "preferences_form"):
        assert client.get(reverse(f"themis:{name}")).status_code == 200, name
    answer = client.post(
        reverse("themis:preferences_source"), {"source_app": "tasks", "bell": "off"}
    )
    assert answer.status_code == 302
    assert SourcePreference.objects.for_user(ada).muted().exists()


def test_database_that_a_query_names_is_the_one_that_is_asked(copied, user):
    notify_user(user, "News")
    assert titles(user) == ["News"]

    theirs = UserNotification.objects.for_user(user).using("other")
    assert theirs.page(size=2).notifications == []
    assert theirs.page_of_few(size=2).notifications == []
    assert theirs.search({"title": "News"}, size=2).notifications == []

    row = UserNotification(user=user, title="Theirs")
    row.save(using="other")
    assert [row.title for row in theirs.page_of_few(size=2).notifications] == ["Theirs"]


def test_choice_is_compared_with_what_was_just_chosen_however_far_a_replica_lags(
    lagging, user, settings
):
    settings.THEMIS_SOURCES = {"digests": {"bell": False}}

    assert SourcePreference.objects.unmute(user, "digests") == 1
    assert SourcePreference.objects.unmute(user, "digests") == 0
    assert SourcePreference.objects.for_user(user).get().bell
