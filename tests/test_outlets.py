"""Outlets: apps that are told, after the commit, for whom something was written."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from themis_htmx import outlets
from themis_htmx.models import SourcePreference
from themis_htmx.notifications import notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "1"}


class Ear(outlets.Outlet):
    """An outlet that remembers what it was told."""

    name = "ear"

    def __init__(self):
        self.heard = []

    def on_written(self, user_keys, level, source_app):
        assert not connection.in_atomic_block
        self.heard.append((list(user_keys), level, source_app))


class Deaf(outlets.Outlet):
    name = "deaf"

    def on_written(self, user_keys, level, source_app):
        raise RuntimeError("no line")


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(outlets, "_registered", {})


@pytest.fixture
def ear(registry, transactional_db):
    ear = Ear()
    outlets.register(ear)
    return ear


def test_outlet_is_told_of_each_call(user, ear):
    notify_user(user, "News")
    notify_user(user, "More", level="danger", **SOURCE)

    assert ear.heard == [([user.pk], "info", ""), ([user.pk], "danger", "tasks")]


@pytest.mark.parametrize("options", [{"deduplicate": True}, {"group": True}], ids=str)
def test_outlet_is_told_of_what_is_deduplicated_or_grouped(user, ear, options):
    notify_user(user, "One", **SOURCE, **options)
    notify_users([user], "Many", **SOURCE | {"source_id": "2"}, **options)

    assert ear.heard == [([user.pk], "info", "tasks")] * 2


def test_outlet_is_told_of_each_batch(users, ear):
    notify_users(users, "News", source_app="tasks", batch_size=4)

    keys = [member.pk for member in users]
    assert ear.heard == [(keys[:4], "info", "tasks"), (keys[4:], "info", "tasks")]


def test_outlet_hears_nothing_of_what_was_not_written(user, users, ear):
    for member in [user, *users]:
        SourcePreference.objects.mute(member, "tasks")

    notify_user(user, "News", source_app="tasks")
    notify_users(users, "News", source_app="tasks")
    notify_user(None, "News")
    notify_user(user, "Once", deduplicate=True, **SOURCE | {"source_app": "news"})
    notify_user(user, "Once", deduplicate=True, **SOURCE | {"source_app": "news"})

    assert len(ear.heard) == 1


def test_outlet_is_told_after_the_commit_and_not_after_a_rollback(user, ear):
    with transaction.atomic():
        notify_user(user, "News")
        notify_users([user], "More")
        assert ear.heard == []
    assert len(ear.heard) == 2

    with transaction.atomic():
        notify_user(user, "Never")
        transaction.set_rollback(True)
    assert len(ear.heard) == 2


def test_outlet_is_not_told_of_what_is_scheduled(user, ear):
    now = timezone.now()
    notify_user(user, "Later", visible_from=now + timedelta(hours=1))
    notify_users([user], "Later", visible_from=now + timedelta(hours=1))
    assert ear.heard == []

    notify_user(user, "Now", visible_from=now - timedelta(hours=1))
    assert len(ear.heard) == 1


def test_outlet_that_fails_is_logged_and_stops_nobody(user, ear, caplog):
    monkey = Deaf()
    outlets._registered = {"deaf": monkey, **outlets._registered}

    assert notify_user(user, "News") is not None

    assert len(ear.heard) == 1
    [record] = caplog.records
    assert (record.name, record.levelname) == ("themis", "ERROR")
    assert "'deaf'" in record.getMessage()
    assert "no line" in caplog.text


def test_outlet_costs_no_query(user, users, ear, statements):
    before = len(statements(lambda: notify_user(user, "News")))
    many = len(statements(lambda: notify_users(users, "News")))
    outlets._registered.clear()

    assert len(statements(lambda: notify_user(user, "News"))) == before
    assert len(statements(lambda: notify_users(users, "News"))) == many


def test_outlet_hears_nothing_while_the_project_commits_by_hand(user, ear):
    """Nobody knows when; the periodic command finds what was written."""
    transaction.set_autocommit(False)
    try:
        assert notify_user(user, "News") is not None
        transaction.commit()
    finally:
        transaction.rollback()
        transaction.set_autocommit(True)

    assert ear.heard == []


def test_outlet_of_the_same_name_replaces_the_former(registry):
    first, second = Ear(), Ear()
    outlets.register(first)
    outlets.register(second)

    assert outlets.registered() == [second]


def test_outlet_that_overrides_nothing_takes_part_in_nothing(rf):
    silent = outlets.Outlet()

    assert silent.on_written([1], "info", "") is None
    assert silent.deliver_due(lambda share: None) == {}
    assert silent.preferences_section(rf.get("/")) is None
    assert silent.columns == ()
