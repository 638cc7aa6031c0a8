"""The section about e-mail on the preferences page."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.template.loader import render_to_string
from django.urls import reverse

from tests.helpers.markup import parse
from themis_htmx.mail.models import MailPreference

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
CHOICE = {"mode": "weekly", "hour": "18", "weekday": "4"}


@pytest.fixture
def signed_in(client, user):
    client.force_login(user)
    return client


@pytest.fixture
def section(rf, user, mail_outlet):
    """The section as the preferences page includes it."""

    def section():
        request = rf.get("/")
        request.user = user
        shown = mail_outlet.preferences_section(request)
        return parse(render_to_string(shown.template, shown.context, request))

    return section


def save(client, choice=CHOICE, **headers):
    return client.post(reverse("themis:mail_preferences"), choice, **headers)


def chosen(section, name):
    return [option["value"] for option in section.one("select", name=name).all(selected=True)]


def test_section_shows_what_is_stored(user, wants, section):
    wants(user, "weekly", hour=18, weekday=4)

    shown = section()

    assert [radio["value"] for radio in shown.all("input", checked=True)] == ["weekly"]
    assert (chosen(shown, "hour"), chosen(shown, "weekday")) == (["18"], ["4"])
    assert "To ada@example.org" in shown.text
    assert "By the clock in Europe/Berlin" in shown.text
    assert shown.one("button").text == "Save"


def test_section_shows_the_defaults_of_the_site_and_writes_nothing(section, settings):
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"DEFAULT_MODE": "daily", "DEFAULT_HOUR": 7}

    shown = section()

    assert [radio["value"] for radio in shown.all("input", checked=True)] == ["daily"]
    assert chosen(shown, "hour") == ["7"]
    assert not MailPreference.objects.exists()


def test_section_says_that_an_account_has_no_address(user, section):
    User.objects.update(email="")
    user.refresh_from_db()

    assert "Your account has no e-mail address, so none come" in section().text


def test_off_tells_of_emails_that_still_come_only_where_a_source_is_required(section, settings):
    assert "No e-mails" in section().text

    settings.THEMIS_SOURCES = {"security": {"required": ["email"]}, "tasks": {"required": ["bell"]}}

    assert "Only e-mails that this site has to send" in section().text
    assert "No e-mails" not in section().text


def test_choice_is_saved_at_once_with_htmx(user, signed_in):
    response = save(signed_in, headers={"HX-Request": "true"})

    assert response.status_code == 200
    assert "Saved" in response.text
    stored = MailPreference.objects.get(pk=user.pk)
    assert (stored.mode, stored.hour, stored.weekday) == ("weekly", 18, 4)
    # Friday, 18:00, in the time zone of the site.
    assert stored.next_at.astimezone(UTC).weekday() in (4, 5)
    assert stored.next_at > datetime(2026, 11, 24, tzinfo=UTC)


def test_choice_is_saved_without_javascript_and_leads_back(user, signed_in):
    preferences = reverse("themis:preferences")

    response = save(signed_in, CHOICE | {"next": preferences})

    assert response.status_code == 302
    assert response["Location"].startswith(preferences)
    assert MailPreference.objects.get(pk=user.pk).mode == "weekly"


@pytest.mark.parametrize(
    ("wrong", "named"),
    [({"mode": "hourly"}, "mode"), ({"hour": "24"}, "hour"), ({"weekday": ""}, "weekday")],
)
def test_choice_that_is_not_offered_is_refused(wrong, named, signed_in):
    response = save(signed_in, CHOICE | wrong)

    assert response.status_code == 400
    assert not MailPreference.objects.exists()


def test_signed_out_visitor_saves_nothing(client, user):
    response = save(client)

    assert response.status_code == 302
    assert not MailPreference.objects.exists()


def test_user_saves_nothing_for_another(user, other, signed_in, wants):
    wants(other, "daily")
    save(signed_in, CHOICE | {"user": other.pk, "user_id": other.pk})

    assert MailPreference.objects.get(pk=other.pk).mode == "daily"


def test_get_is_refused(signed_in):
    assert signed_in.get(reverse("themis:mail_preferences")).status_code == 405
