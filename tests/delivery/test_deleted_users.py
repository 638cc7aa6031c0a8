"""Users deleted while a fan-out runs: they are left out, and the others are notified."""

from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction
from django.db.models.signals import post_save
from django.test import skipUnlessDBFeature

from tests.helpers.retries import insist
from themis_htmx.models import FanOutChunk, SourcePreference, UserNotification
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.tasks import notify_chunk

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["heard", "unheard"], ids=["with a receiver", "without a receiver"])
def either_way(request):
    """The test runs twice: while a receiver listens to the signal, and while none does."""
    if request.param == "heard":
        request.getfixturevalue("announced")


@pytest.fixture
def leaving(users, elsewhere):
    """Let the third user be deleted in another process, at the last moment that is possible."""
    at_postgresql = "FOR KEY SHARE" if connection.vendor == "postgresql" else ""

    @contextmanager
    def leaving():
        pending = [lambda: User.objects.filter(pk=users[2].pk).delete()]

        def step(execute, sql, params, many, context):
            writes = sql.startswith("INSERT") and "themis_usernotification" in sql
            if pending and (at_postgresql in sql if at_postgresql else writes):
                elsewhere(pending.pop())
            return execute(sql, params, many, context)

        with connection.execute_wrapper(step):
            yield
        assert not pending, "nobody was deleted, so nothing was tried"

    return leaving


def told():
    return [row.user for row in UserNotification.objects.order_by("pk")]


@pytest.mark.usefixtures("either_way")
@pytest.mark.parametrize(
    "options",
    [{}, {"deduplicate": True, **SOURCE}, {"group": True, **SOURCE}],
    ids=["plain", "deduplicated", "grouped"],
)
def test_a_user_deleted_before_the_insert_is_left_out_of_a_fan_out(users, leaving, options):
    others = [*users[:2], *users[3:]]

    with leaving():
        assert notify_users(users, "News", batch_size=4, **options) == 6

    assert told() == others


@pytest.mark.usefixtures("either_way")
@skipUnlessDBFeature("has_select_for_update")  # SQLite has one writer at a time.
def test_a_fan_out_in_a_transaction_survives_a_user_deleted_before_its_insert(users, leaving):
    with transaction.atomic(), leaving():
        assert notify_users(users, "News") == 6
        assert User.objects.filter(pk=users[0].pk).update(last_name="Told")

    assert told() == [*users[:2], *users[3:]]


@pytest.mark.usefixtures("either_way")
@pytest.mark.skipif(connection.vendor != "postgresql", reason="The others check at the insert.")
def test_a_user_cannot_be_deleted_between_the_insert_and_the_commit(users, elsewhere):
    def leave():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            cursor.execute("DELETE FROM auth_user WHERE id = %s", [users[2].pk])

    with transaction.atomic():
        assert notify_users(users, "News") == 7
        with pytest.raises(Exception, match="lock timeout"):
            elsewhere(leave)

    assert told() == users


@pytest.mark.usefixtures("either_way")
@skipUnlessDBFeature("has_select_for_update")  # SQLite has one writer at a time.
def test_a_task_of_a_fan_out_survives_a_user_deleted_before_its_insert(users, leaving):
    columns = {"title": "News", "message": "", "level": "info", "url": "", "expires_at": None}
    columns |= {"source_app": "", "source_model": "", "source_id": "", "deduplicate": False}

    with leaving():
        made = notify_chunk("7d4c7d37-6e3f-4d83-8c0a-3f2f3a9c5b11", [u.pk for u in users], columns)

    assert made == 6
    assert told() == [*users[:2], *users[3:]]
    assert FanOutChunk.objects.count() == 1


@pytest.fixture
def a_listener_to_saves():
    """A receiver listens to the model, so PostgreSQL, too, checks before it writes."""

    def listen(**kwargs):
        pass

    post_save.connect(listen, sender=UserNotification)
    yield
    post_save.disconnect(listen, sender=UserNotification)


@pytest.mark.usefixtures("a_listener_to_saves")
@pytest.mark.parametrize("options", [{}, {"group": True, **SOURCE}], ids=["plain", "grouped"])
def test_user_deleted_between_check_and_insert_gets_no_notification(users, leaving, options):
    with leaving():
        assert insist(lambda: notify_user(users[2], "News", **options)) is None

    assert notify_user(users[3], "News")
    assert told() == [users[3]]


@pytest.mark.usefixtures("a_listener_to_saves")
@skipUnlessDBFeature("has_select_for_update")  # SQLite has one writer at a time.
def test_transaction_survives_a_user_deleted_between_check_and_insert(users, leaving):
    if connection.vendor == "postgresql":
        pytest.skip("The question's lock keeps the user from being deleted.")
    with transaction.atomic():
        with leaving():
            assert notify_user(users[2], "News") is None
        assert notify_user(users[3], "News")

    assert told() == [users[3]]


@pytest.mark.parametrize(
    "options", [{}, {"deduplicate": True, **SOURCE}, {"group": True, **SOURCE}]
)
def test_row_of_a_receiver_about_a_user_who_is_not_there_is_an_error_of_the_call(user, options):
    def write(**kwargs):
        SourcePreference.objects.create(user_id=user.pk + 1, source_app="shop")

    post_save.connect(write, sender=UserNotification)
    try:
        with pytest.raises(IntegrityError):
            notify_user(user, "News", **options)
    finally:
        post_save.disconnect(write, sender=UserNotification)
