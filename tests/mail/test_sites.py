"""A project with django.contrib.sites: its current site names what SITE and NAME leave out."""

import pytest
from django.apps import AppConfig, apps
from django.db import connection

from themis_htmx.mail.checks import check_mail

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("sites", "clock")]

NEITHER = {"SITE": "", "NAME": ""}


@pytest.fixture
def sites(monkeypatch):
    """Install the framework; return its model. The table is empty, and there is no SITE_ID."""
    # The setting would have every app set itself up again, among them outlets that stay out here.
    config = AppConfig.create("django.contrib.sites")
    monkeypatch.setitem(apps.app_configs, config.label, config)
    config.apps = apps
    config.import_models()
    site = config.get_model("Site")
    with connection.schema_editor() as editor:
        editor.create_model(site)
    yield site
    site.objects.clear_cache()
    with connection.schema_editor() as editor:
        editor.delete_model(site)


@pytest.fixture
def current_site(sites, settings):
    """Have a current site of a domain and a name."""

    def current_site(domain, name):
        sites.objects.create(pk=1, domain=domain, name=name)
        settings.SITE_ID = 1

    return current_site


@pytest.fixture
def mailed(user, wants, tell, run):
    """Have an e-mail sent, and return it."""

    def mailed():
        wants(user, "urgent")
        tell("Server down", level="danger")
        [email] = run()
        return email

    return mailed


def found():
    return [message.id for message in check_mail()]


def test_current_site_gives_address_and_name(current_site, mailed, settings):
    settings.THEMIS_MAIL = NEITHER
    current_site("board.example.org", "The board")

    assert found() == []
    email = mailed()
    assert "https://board.example.org/notifications/\n" in email.body
    assert "The board sends you e-mails about what is urgent." in email.body


def test_setting_is_worth_more_than_the_current_site(current_site, mailed):
    current_site("board.example.org", "The board")

    email = mailed()
    assert "https://example.org/notifications/\n" in email.body
    assert "Example sends you e-mails about what is urgent." in email.body


@pytest.mark.parametrize("site_id", [None, 1], ids=["without SITE_ID", "without a row"])
def test_emails_have_the_host_for_a_name_where_no_site_is_current(site_id, mailed, settings):
    settings.THEMIS_MAIL = NEITHER | {"SITE": "https://example.org"}
    settings.SITE_ID = site_id

    assert found() == []
    assert "example.org sends you e-mails about what is urgent." in mailed().body


@pytest.mark.parametrize("site_id", [None, 1], ids=["without SITE_ID", "without a row"])
def test_missing_address_is_reported_where_no_site_is_current(site_id, settings):
    settings.THEMIS_MAIL = NEITHER
    settings.SITE_ID = site_id

    [message] = check_mail()
    assert message.id == "themis_mail.E002"
    assert "SITE_ID" in message.msg


@pytest.mark.parametrize("missing", [{"SITE": ""}, {"NAME": ""}], ids=str)
def test_row_that_the_framework_makes_is_reported(missing, current_site, settings):
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | missing
    current_site("example.com", "example.com")

    assert found() == ["themis_mail.W004"]


def test_row_that_the_framework_makes_is_of_no_account_beside_the_setting(current_site):
    current_site("example.com", "example.com")

    assert found() == []


def test_check_is_silent_before_the_table_of_sites_is_made(sites, settings, monkeypatch):
    settings.THEMIS_MAIL = NEITHER
    settings.SITE_ID = 1

    with monkeypatch.context() as patch:
        patch.setattr(sites._meta, "db_table", "not_made_yet")
        assert found() == []
