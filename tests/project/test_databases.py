"""The schema on each database: checks without a warning, and migrations in both directions."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from tests.helpers.databases import database
from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.notifications import notify_user

# The apps that have tables, each before those to which it refers.
APPS = ["themis_importing", "themis_webpush", "themis_mail", "themis"]
SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}


def our_tables():
    return {name for name in connection.introspection.table_names() if name.startswith("themis_")}


def test_database_checks_report_no_warning(db):
    call_command("check", databases=["default"], fail_level="WARNING")


@pytest.mark.django_db(transaction=True)
@pytest.mark.seldom
def test_migrations_go_back_and_forward_again_with_rows_in_the_tables(user):
    """The second round proves that migrating back has left nothing behind."""
    made = our_tables()
    try:
        for _time in range(2):
            assert our_tables() == made
            assert notify_user(user, "News", deduplicate=True, **SOURCE)
            assert notify_user(user, "News", deduplicate=True, **SOURCE) is None
            UserProfile(user=user, notification_retention_days=7).save()
            for app in APPS:
                call_command("migrate", app, "zero", verbosity=0)
            assert not our_tables()
            call_command("migrate", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)

    assert not UserNotification.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_muted_sources_stay_muted_when_channels_are_added_and_when_they_go_again(user, other):
    def muted(name):
        table = connection.ops.quote_name(f"themis_{name}")
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT user_id, source_app, including_urgent FROM {table} ORDER BY id"  # noqa: S608
            )
            return [(owner, source, bool(urgent)) for owner, source, urgent in cursor.fetchall()]

    SourcePreference.objects.mute(user, "tasks")
    SourcePreference.objects.mute(other, "tasks")
    SourcePreference.objects.mute_urgent(other, "tasks", including_urgent=True)
    SourcePreference.objects.choose(user, "news", "email", wanted=False)
    before = [(user.pk, "tasks", False), (other.pk, "tasks", True)]
    try:
        call_command("migrate", "themis", "0002", verbosity=0)
        assert muted("mutedsource") == before
        call_command("migrate", "themis", verbosity=0)
        assert muted("sourcepreference") == before
        assert {row.bell for row in SourcePreference.objects.all()} == {False}
        SourcePreference.objects.mute(user, "tasks")
        assert notify_user(user, "News", source_app="tasks") is None
        with pytest.raises(IntegrityError, match="source"), transaction.atomic():
            SourcePreference.objects.create(user=user, source_app="tasks")
    finally:
        call_command("migrate", verbosity=0)


@pytest.mark.parametrize(
    ("vendor", "variable"),
    [("postgres", "THEMIS_POSTGRES_URL"), ("mariadb", "THEMIS_MARIADB_URL")],
)
def test_database_url_names_user_password_host_port_and_database(monkeypatch, vendor, variable):
    pytest.importorskip({"postgres": "psycopg", "mariadb": "pymysql"}[vendor])
    monkeypatch.setenv(variable, f"{vendor}://ada:s%40cret@db.example.org:1234/themis")

    found = database(vendor)

    names = ["USER", "PASSWORD", "HOST", "PORT", "NAME"]
    assert [found[name] for name in names] == [
        "ada",
        "s@cret",
        "db.example.org",
        "1234",
        "themis",
    ]
