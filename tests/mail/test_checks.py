"""The system checks of e-mail."""

from datetime import timedelta

import pytest
from django.core import checks
from django.core.management import call_command
from django.test import override_settings
from django.utils import timezone

from tests.helpers.mail_servers import SMTP, use_backend
from themis_htmx.mail.checks import check_last_run, check_mail
from themis_htmx.mail.models import LastRun
from themis_htmx.mail.modes import Mode

GOOD = {"SITE": "https://example.org"}


def found(**setting):
    with override_settings(THEMIS_MAIL=GOOD | setting):
        return [message.id for message in check_mail()]


def test_good_setting_has_nothing_to_report():
    assert check_mail() == []


@pytest.mark.parametrize(
    "setting",
    [
        {"FROM": "Board <board@example.org>"},
        {"SITE": "http://localhost:8000"},
        {"SITE": "https://example.org/board"},
        {"DEFAULT_MODE": Mode.WEEKLY},
        {"DEFAULT_HOUR": 0},
        {"LANGUAGE": "language"},
        {"LANGUAGE": "tests.mail.test_checks.found"},
        pytest.param({"ADDRESS": lambda user: user.email}, id="a function"),
    ],
    ids=str,
)
def test_value_that_makes_sense_is_not_reported(setting):
    assert found(**setting) == []


@pytest.mark.parametrize(
    "setting",
    [
        {"FROM": None},
        {"SITE": "example.org"},
        {"SITE": "https://"},
        {"SITE": 1},
        {"DEFAULT_MODE": "hourly"},
        {"DEFAULT_HOUR": 24},
        {"DEFAULT_HOUR": True},
        {"LANGUAGE": "no.such.function"},
        {"LANGUAGE": "not a name"},
        {"ADDRESS": 7},
        {"NAME": 7},
        {"HOUR": 8},
    ],
    ids=str,
)
def test_value_that_makes_no_sense_is_reported(setting):
    assert found(**setting) == ["themis_mail.E001"]


def test_setting_that_is_no_dictionary_is_reported(settings):
    settings.THEMIS_MAIL = "https://example.org"

    [message] = check_mail()
    assert (message.id, message.hint) == ("themis_mail.E001", "It must be a dictionary.")


def test_site_without_an_address_is_reported():
    assert found(SITE="") == ["themis_mail.E002"]


@pytest.mark.parametrize("sender", ["webmaster@localhost", "", "Nobody"])
def test_sender_that_no_server_accepts_is_reported(sender, settings):
    settings.DEFAULT_FROM_EMAIL = sender

    assert found() == ["themis_mail.W001"]
    assert found(FROM="board@example.org") == []


def test_mail_server_that_may_take_for_ever_is_reported(settings):
    use_backend(settings, SMTP, host="127.0.0.1", timeout=None)
    assert found() == ["themis_mail.W002"]

    use_backend(settings, SMTP, host="127.0.0.1", timeout=10)
    assert found() == []


def test_mail_backend_that_cannot_be_made_is_left_to_its_own_words(settings):
    use_backend(settings, "no.such.Backend")

    assert found() == []


@pytest.mark.django_db
def test_command_that_never_ran_is_not_reported_in_a_database_without_users():
    """The database of a project's tests is new with each run."""
    assert check_last_run(databases=["default"]) == []


def test_command_that_never_ran_is_reported_until_it_runs(user):
    [message] = check_last_run(databases=["default"])
    assert message.id == "themis_mail.W003"
    assert "never run" in message.msg

    call_command("deliver_notifications", verbosity=0)

    assert check_last_run(databases=["default"]) == []


def test_command_that_stopped_running_is_reported(user):
    call_command("deliver_notifications", verbosity=0)
    LastRun.objects.update(began_at=timezone.now() - timedelta(hours=2))

    [message] = check_last_run(databases=["default"])

    assert message.id == "themis_mail.W003"
    assert "last ran at" in message.msg


@pytest.mark.django_db
def test_check_of_the_command_asks_nothing_of_a_table_that_is_not_made_yet(monkeypatch, statements):
    monkeypatch.setattr(LastRun._meta, "db_table", "not_made_yet")
    said = []

    asked = statements(lambda: said.extend(check_last_run(databases=["default"])))

    assert said == []
    assert not any("not_made_yet" in sql for sql in asked)


@pytest.mark.django_db(transaction=True)
def test_check_of_the_command_is_silent_while_its_table_lacks_columns(monkeypatch):
    monkeypatch.setattr(LastRun._meta, "db_table", "django_session")

    assert check_last_run(databases=["default"]) == []


def test_check_of_the_command_asks_no_database_unless_it_is_told_to():
    """pytest-django would refuse a query here."""
    assert check_last_run() == []
    assert check_last_run.tags == (checks.Tags.database,)
