"""The system checks of live updates: each names the mistake and the line that mends it."""

import builtins

import pytest
from django.core.checks import run_checks
from django.db import connection
from django.urls import clear_url_caches, set_urlconf

from themis_htmx.live import checks

REDIS = {"BROKER": "redis", "URL": "redis://127.0.0.1/0", "CHANNEL": "site", "WORKERS": 4}
POSTGRESQL = {"BROKER": "postgresql", "DSN": "dbname=site"}
OWN = {"BROKER": "tests.helpers.recording.RecordingBroker", "OPTIONS": {"url": "/"}}

on_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="for PostgreSQL")


@pytest.fixture(autouse=True)
def _libraries(monkeypatch):
    """Every library is installed, whatever this environment has."""
    monkeypatch.setattr(checks, "find_spec", lambda name: name)


class Silent:
    def publish(self, user_keys):
        """Have no stream_url()."""


def found():
    return [message for message in run_checks() if "THEMIS_LIVE" in message.msg]


@pytest.mark.parametrize("config", [None, {}, REDIS, OWN, {"BROKER": "redis"}])
def test_checks_report_nothing_for_a_setting_that_works(settings, config):
    settings.THEMIS_LIVE = config

    assert found() == []


@pytest.mark.parametrize("value", ["redis", 1, ["redis"]])
def test_check_of_settings_reports_a_value_that_is_no_dictionary(settings, value):
    settings.THEMIS_LIVE = value

    [message] = found()
    assert message.id == "themis.E005"


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"URL": "redis://127.0.0.1/0"}, "BROKER is missing."),
        ({"BROKER": "rabbitmq"}, "'rabbitmq' is no broker."),
        ({"BROKER": 5}, "5 is no broker."),
        (REDIS | {"DSN": "dbname=site"}, "'DSN' is no key for 'redis'."),
        (POSTGRESQL | {"URL": "/"}, "'URL' is no key for 'postgresql'."),
        (OWN | {"WORKERS": 1}, "'WORKERS' is no key for 'tests.helpers.recording.RecordingBroker'"),
        (REDIS | {"WORKERS": 0}, "WORKERS is 0."),
        (REDIS | {"URL": ""}, "URL is ''."),
        (REDIS | {"URL": "127.0.0.1:6379"}, "URL is '127.0.0.1:6379'."),
        (REDIS | {"CHANNEL": "x" * 64}, "CHANNEL is 'xxx"),
        (OWN | {"OPTIONS": 1}, "OPTIONS is 1."),
        ({"BROKER": "project.live.Engine"}, "'project.live.Engine' cannot be imported"),
        ({"BROKER": "tests.live.test_checks.Silent"}, "has no stream_url()."),
    ],
)
def test_check_names_what_is_wrong_with_the_setting(settings, config, words):
    settings.THEMIS_LIVE = config

    [message] = found()
    assert message.id == "themis.E007"
    assert words in message.msg
    assert message.hint


@pytest.mark.parametrize(("config", "library"), [(REDIS, "redis"), (POSTGRESQL, "psycopg")])
def test_check_names_a_library_that_is_not_installed(settings, monkeypatch, config, library):
    settings.THEMIS_LIVE = config
    monkeypatch.setattr(checks, "find_spec", lambda name: None)

    message = next(message for message in found() if message.id == "themis.E008")
    assert message.msg == f"THEMIS_LIVE: {library!r} is not installed."
    assert library in message.hint or "themis-htmx[live]" in message.hint


@pytest.mark.skipif(connection.vendor == "postgresql", reason="for the others")
def test_check_refuses_the_broker_postgresql_on_another_database(settings):
    settings.THEMIS_LIVE = POSTGRESQL

    assert "themis.E009" in {message.id for message in found()}


@on_postgresql
def test_check_wants_a_dsn_where_a_pooler_seems_to_be(settings):
    settings.THEMIS_LIVE = {"BROKER": "postgresql"}
    assert found() == []

    settings.DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
    try:
        assert [message.id for message in found()] == ["themis.W004"]
        settings.THEMIS_LIVE = POSTGRESQL
        assert found() == []
    finally:
        settings.DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = False


@on_postgresql
def test_check_wants_a_dsn_where_notifications_are_in_another_database(settings, monkeypatch):
    settings.THEMIS_LIVE = {"BROKER": "postgresql"}
    monkeypatch.setattr(checks, "write_alias", lambda: "other")
    monkeypatch.setattr(checks, "connections", {"other": connection})

    [message] = found()
    assert (message.id, "'other'" in message.hint) == ("themis.E009", True)


def test_check_reports_that_there_is_no_address_of_the_stream(settings):
    settings.THEMIS_LIVE = REDIS
    settings.ROOT_URLCONF = "themis_htmx.urls"
    clear_url_caches()
    set_urlconf(None)

    assert [message.id for message in found()] == ["themis.W005"]
    clear_url_caches()


def test_check_of_the_address_is_silent_without_a_root_urlconf(settings):
    settings.THEMIS_LIVE = REDIS
    del settings.ROOT_URLCONF

    assert checks.check_live() == []


def test_setting_that_is_unset_imports_no_library_of_a_broker(settings, monkeypatch):
    imported = []
    plain = builtins.__import__

    def note(name, *args, **kwargs):
        imported.append(name)
        return plain(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", note)
    found()

    assert "redis" not in imported
