"""One INSERT … SELECT for a batch: the same rows as single sends, without instances in Python."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.db.models.signals import post_init
from django.utils import timezone

from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}

selects = pytest.mark.skipif(
    connection.vendor == "mysql", reason="MariaDB would hold the auto-increment lock"
)

CALLS = {
    "plain": {},
    "everything": {
        "message": "Body\nand more",
        "level": "danger",
        "url": "https://example.org/?a=1&b=%20",
        "expires_at": timezone.now() + timedelta(days=1, microseconds=1),
        "deduplicate": True,
        **SOURCE,
    },
    "awkward": {"message": "100 % 'of' \"it\" \\ %s {} ; -- 🜁 \x00", "source_id": "%(a)s"},
    "empty looking": {"message": " ", "source_id": "0"},
    "long": {"message": "é" * 70_000, "url": "/" + "a" * 1_999},
}


def columns(row):
    fields = [field.attname for field in row._meta.concrete_fields]
    return {n: getattr(row, n) for n in fields if n not in {"id", "user_id"}}


@pytest.mark.parametrize("options", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize("title", ["News", "ü" * 300, "%s 'quoted' \\"])
def test_notify_user_and_notify_users_write_the_same_row(user, other, time_machine, title, options):
    time_machine.move_to(timezone.now(), tick=False)

    notify_user(user, title, **options)
    notify_users([other], title, **options)

    one, many = UserNotification.objects.order_by("pk")
    assert (one.user, many.user) == (user, other)
    assert columns(one) == columns(many)


def test_all_rows_of_a_batch_have_the_same_created_at(users):
    notify_users(User.objects.all(), "News")

    assert UserNotification.objects.values("created_at").distinct().count() == 1


@selects
@pytest.mark.parametrize("way", [list, lambda users: User.objects.all()], ids=["list", "queryset"])
def test_fan_out_creates_no_instances_unless_a_receiver_listens(users, request, way):
    made = []

    def note(instance, **kwargs):
        made.append(instance.user_id)

    post_init.connect(note, sender=UserNotification)
    try:
        notify_users(way(users), "News", deduplicate=True, **SOURCE)
        assert made == [None]
        request.getfixturevalue("announced")
        notify_users(way(users), "More news")
        assert made[1:] == [user.pk for user in users]
    finally:
        post_init.disconnect(note, sender=UserNotification)
