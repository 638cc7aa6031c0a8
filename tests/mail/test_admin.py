"""The tables of e-mail in the admin."""

import pytest
from django.urls import reverse

from themis_htmx.mail.models import Mailed, MailPreference
from themis_htmx.models import UserNotification


@pytest.fixture
def staff(admin_client, user, wants, tell, run):
    wants(user, "urgent")
    tell("Server down", level="danger")
    run()
    return admin_client


def page(client, name, *arguments):
    return client.get(reverse(f"admin:themis_mail_{name}", args=arguments))


def test_admin_shows_who_was_mailed_what_and_when(staff):
    shown = page(staff, "mailed_changelist").text

    assert "Server down" in shown
    assert "ada" in shown


def test_admin_shows_a_mark_whose_notification_is_gone(staff):
    UserNotification.objects.all().delete()

    assert page(staff, "mailed_changelist").status_code == 200


def test_admin_shows_a_mark_of_its_own(staff):
    shown = page(staff, "mailed_change", Mailed.objects.get().pk)

    assert "Server down" in shown.text


def test_admin_shows_what_users_want(staff, user):
    assert "Urgent only" in page(staff, "mailpreference_changelist").text
    assert page(staff, "mailpreference_change", user.pk).status_code == 200


@pytest.mark.parametrize("name", ["mailed", "mailpreference"])
def test_admin_adds_nothing(name, staff):
    assert page(staff, f"{name}_add").status_code == 403


def test_admin_deletes_no_mark(staff):
    assert page(staff, "mailed_delete", Mailed.objects.get().pk).status_code == 403


def test_admin_deletes_no_choice_of_a_user(staff, user):
    path = reverse("admin:themis_mail_mailpreference_changelist")
    chosen = {"action": "delete_selected", "_selected_action": [user.pk], "post": "yes"}

    assert page(staff, "mailpreference_delete", user.pk).status_code == 403
    assert "Delete" not in page(staff, "mailpreference_change", user.pk).text
    staff.post(path, chosen)
    assert MailPreference.objects.filter(pk=user.pk).exists()


def test_admin_deletes_a_user_to_whom_something_was_mailed(staff, user):
    path = reverse("admin:auth_user_delete", args=[user.pk])

    assert staff.post(path, {"post": "yes"}).status_code == 302
    assert Mailed.objects.get().user is None
    assert not MailPreference.objects.exists()


def test_admin_finds_marks_by_user_and_by_number(staff):
    path = reverse("admin:themis_mail_mailed_changelist")
    number = Mailed.objects.get().pk

    assert "Server down" in staff.get(path, {"q": "ada"}).text
    assert "Server down" in staff.get(path, {"q": number}).text
    assert "Server down" not in staff.get(path, {"q": "grace"}).text
