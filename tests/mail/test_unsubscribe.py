"""The address that ends the e-mails: one click in an e-mail program, and a page with a button."""

import pytest
from django.core import signing
from django.test import Client
from django.urls import reverse

from themis_htmx.mail.models import MailPreference
from themis_htmx.mail.unsubscribe import unsubscribe_path

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def visitor():
    """Somebody who is signed out, in a browser that insists on the token of a form."""
    return Client(enforce_csrf_checks=True)


def mode_of(user):
    return MailPreference.objects.stored(user).mode


@pytest.fixture
def path(user, wants):
    wants(user, "daily")
    return unsubscribe_path(user.pk)


def test_one_click_of_an_email_program_ends_the_emails(user, visitor, path):
    response = visitor.post(path, ONE_CLICK)

    assert response.status_code == 200
    assert mode_of(user) == "off"
    assert not response.cookies


def test_one_click_is_told_of_emails_that_still_come_where_a_source_is_required(
    visitor, path, settings
):
    words = visitor.post(path, ONE_CLICK).text
    assert words == "You get no more e-mails\nNotifications still appear on the site.\n"

    settings.THEMIS_SOURCES = {"security": {"required": ["email"]}}

    assert "E-mails that it has to send still come." in visitor.post(path, ONE_CLICK).text


def test_one_click_reads_neither_session_nor_signed_in_user(visitor, path, statements):
    visitor.cookies["sessionid"] = "no-such-session"

    ran = statements(lambda: visitor.post(path, ONE_CLICK))

    assert not any("session" in sql for sql in ran)


def test_address_in_the_email_is_the_one_that_works(user, wants, tell, run, visitor):
    wants(user, "urgent")
    tell("Server down", level="danger")
    [email] = run()
    address = email.extra_headers["List-Unsubscribe"].strip("<>")
    assert address.startswith("https://example.org/")

    visitor.post(address.removeprefix("https://example.org"), ONE_CLICK)

    assert mode_of(user) == "off"


@pytest.mark.parametrize("method", ["get", "head"])
def test_program_that_follows_links_ends_nothing(method, user, visitor, path):
    response = getattr(visitor, method)(path)

    assert response.status_code == 200
    assert mode_of(user) == "daily"


def test_page_shows_a_button_that_ends_the_emails(user, visitor, path):
    page = visitor.get(path)
    assert "Stop all e-mails" in page.text
    assert page["Cache-Control"] == "private, no-store"
    assert page["Referrer-Policy"] == "same-origin"
    assert user.username not in page.text

    page = visitor.post(path, {"mode": "off"})

    assert "You get no more e-mails" in page.text
    assert mode_of(user) == "off"


def test_page_offers_to_take_it_back(user, visitor, path):
    page = visitor.post(path, {"mode": "off"})
    assert 'name="mode" value="daily"' in page.text

    page = visitor.post(path, {"mode": "daily"})

    assert "E-mails come as you chose" in page.text
    preference = MailPreference.objects.stored(user)
    assert preference.mode == "daily"
    assert preference.next_at is not None


def test_page_tells_of_emails_that_still_come_only_where_a_source_is_required(
    visitor, path, settings
):
    still = "E-mails that it has to send still come."
    assert still not in visitor.post(path, {"mode": "off"}).text

    settings.THEMIS_SOURCES = {"security": {"required": ["email"]}}

    assert still in visitor.get(path).text


def test_page_leads_to_the_preferences_after_a_choice(visitor, path):
    link = f'href="{reverse("themis:preferences")}"'
    assert link not in visitor.get(path).text

    assert link in visitor.post(path, {"mode": "off"}).text
    assert link in visitor.get(path).text
    assert link in visitor.post(path, {"mode": "urgent"}).text


def test_page_offers_urgent_emails_alone(user, visitor, path):
    visitor.post(path, {"mode": "urgent"})

    assert mode_of(user) == "urgent"


def test_user_without_a_row_can_say_no(user, visitor, settings):
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"DEFAULT_MODE": "daily"}

    visitor.post(unsubscribe_path(user.pk), ONE_CLICK)

    assert MailPreference.objects.get(pk=user.pk).mode == "off"


def test_user_who_has_not_chosen_can_say_no_to_what_the_site_may_send_later(
    user, visitor, settings
):
    path = unsubscribe_path(user.pk)
    assert "Stop all e-mails" in visitor.get(path).text
    visitor.post(path, {"mode": "off"})

    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"DEFAULT_MODE": "daily"}

    assert "You get no more e-mails" in visitor.get(path).text
    assert MailPreference.objects.stored(user).wanted_mode == "off"


def test_second_click_changes_nothing(user, visitor, path):
    visitor.post(path, ONE_CLICK)
    assert visitor.post(path, ONE_CLICK).status_code == 200
    assert "You get no more e-mails" in visitor.get(path).text


def test_address_of_one_user_ends_nothing_of_another(user, other, wants, visitor, path):
    wants(other, "daily")
    visitor.post(path, ONE_CLICK)

    assert mode_of(other) == "daily"


@pytest.mark.parametrize("token", ["x", "WyJtYWlsIiwiMSJd", "WyJtYWlsIiwiMSJd:x", "é"])
def test_forged_address_is_not_found(token, user, visitor, path):
    response = visitor.post(reverse("themis:mail_unsubscribe", args=[token]), ONE_CLICK)

    assert response.status_code == 404
    assert mode_of(user) == "daily"


@pytest.mark.parametrize("content", [["mail", "no number"], ["other", "1"], ["mail"], 7, None])
def test_signed_address_of_something_else_is_not_found(content, user, visitor, path):
    token = signing.Signer(salt="themis.mail.unsubscribe").sign_object(content)

    assert visitor.post(reverse("themis:mail_unsubscribe", args=[token])).status_code == 404
    assert mode_of(user) == "daily"


def test_address_of_a_deleted_user_is_not_found(user, visitor, path):
    user.delete()

    assert visitor.get(path).status_code == 404


def test_mode_that_there_is_not_is_refused_by_name(user, visitor, path):
    response = visitor.post(path, {"mode": "hourly"})

    assert response.status_code == 400
    assert mode_of(user) == "daily"


def test_address_outlives_a_change_of_the_secret_key(user, visitor, path, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new", [settings.SECRET_KEY]

    visitor.post(path, ONE_CLICK)

    assert mode_of(user) == "off"


def test_page_needs_no_sign_in_where_the_whole_site_does(visitor, path, settings):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]

    assert visitor.get(path).status_code == 200
