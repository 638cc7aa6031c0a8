"""The schema on each database: checks without a warning, and migrations in both directions."""

import pytest
from django.core.management import call_command
from django.db import connection

from tests.helpers.databases import database
from themis_htmx.models import UserNotification, UserProfile
from themis_htmx.notifications import notify_user

SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}


def our_tables():
    return {name for name in connection.introspection.table_names() if name.startswith("themis_")}


def test_database_checks_report_no_warning(db):
    call_command("check", databases=["default"], fail_level="WARNING")


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_and_forward_again_with_rows_in_the_tables(user):
    """The second round proves that migrating back has left nothing behind."""
    made = our_tables()
    try:
        for _time in range(2):
            assert our_tables() == made
            assert notify_user(user, "News", deduplicate=True, **SOURCE)
            assert notify_user(user, "News", deduplicate=True, **SOURCE) is None
            UserProfile(user=user, notification_retention_days=7).save()
            call_command("migrate", "themis", "zero", verbosity=0)
            assert not our_tables()
            call_command("migrate", "themis", verbosity=0)
    finally:
        call_command("migrate", verbosity=0)

    assert not UserNotification.objects.exists()


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
