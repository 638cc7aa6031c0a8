"""Hostile values by the other ways in: calls of the project's code, commands and the admin."""

import json
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from tests.helpers import every_address, hostile
from tests.helpers.browsers import HTMX, browser
from themis_htmx.models import UserNotification
from themis_htmx.notifications import notify_user, notify_users
from themis_htmx.webpush.texts import full

TEXTS = [*hostile.MARKUP, *hostile.TEXTS, *hostile.URLS, *hostile.IDS]
NOBODYS = "nobody has written this"
ADMINS = [model for model in admin.site._registry if model._meta.app_label.startswith("themis")]
# Those of the kit. Django answers for the others, such as an id of a user that no column holds.
FILTERS = ["q", "state", "source_app"]


@pytest.fixture
def written(user):
    """One notification for each text that may be written, in all places that take a text."""
    user.themis_profile.browser_notifications_enabled = True
    user.themis_profile.browser_notifications_full_text = True
    user.themis_profile.save()
    rows, errors = [], []
    for text in TEXTS:
        source = {"source_app": text[:100], "source_model": text[:100], "source_id": text[:255]}
        words = {"actions": [{"label": f"!{text[:39]}", "url": "/a/"}], **source}
        try:
            rows.append(notify_user(user, text, text, level="danger", **words))
        except ValueError as error:
            errors.append(str(error))
    assert all(error.startswith("title: ") for error in errors)
    assert len(rows) > len(TEXTS) - 4
    return rows


def test_hostile_text_of_a_notification_is_escaped_wherever_it_is_shown(user, written, settings):
    settings.THEMIS_PAGE_SIZE = settings.THEMIS_DROPDOWN_SIZE = len(written)
    shown = dict.fromkeys(("since", "since_at", "shown", "shown_at"), "0")
    for headers in ({}, HTMX):
        client = browser(user, headers)
        for name in ("inbox", "inbox_items", "dropdown", "toasts", "preferences", "bell"):
            answer = client.get(every_address.path_of(name), shown | {"alerts": "full"})
            hostile.assert_harmless(answer, NOBODYS)
        for row in written:
            answer = client.post(every_address.path_of("read", pk=row.pk))
            hostile.assert_harmless(answer, NOBODYS)


def test_hostile_text_is_escaped_in_the_admin(admin_client, written):
    pages = [reverse("admin:themis_usernotification_changelist")]
    pages += [reverse("admin:themis_usernotification_change", args=[row.pk]) for row in written]
    for page in pages:
        text = admin_client.get(page).content.decode()
        assert f"<{hostile.MARK}" not in text
        assert 'href="javascript' not in text.lower()


def test_hostile_text_in_a_push_message_stays_in_its_json(written):
    for row in written:
        message = json.loads(full(row, language="en", now=timezone.now()).text)
        assert message["title"] == row.title


@pytest.mark.parametrize("call", [notify_user, lambda user, *a, **o: notify_users([user], *a, **o)])
@pytest.mark.parametrize("name", ["url", "image", "level", "expires_at", "visible_from", "actions"])
def test_hostile_argument_raises_by_name_or_is_stored_as_something_harmless(user, name, call):
    errors = []
    for value in hostile.VALUES:
        try:
            call(user, "News", **{name: value})
        except (ValueError, TypeError) as error:
            errors.append(str(error))
    assert all(error.startswith(f"{name}: ") for error in errors)
    for row in UserNotification.objects.for_user(user):
        assert row.url.startswith(("/", "https://")) or not row.url
        assert not row.url.startswith(("//", "/\\"))
    hostile.assert_harmless(browser(user).get(every_address.path_of("inbox")), NOBODYS)


@pytest.mark.parametrize("option", ["--max-age-days", "--batch-size"])
def test_hostile_option_of_the_cleanup_is_refused_or_deletes_nothing_unread(notify, option):
    notify("Unread")
    errors = []
    for value in [*hostile.IDS, *hostile.TEXTS, "1"]:
        try:
            call_command("cleanup_notifications", f"{option}={value}", verbosity=0)
        except CommandError as error:
            errors.append(str(error))
    assert all(option in error for error in errors)
    assert UserNotification.objects.count() == 1


@pytest.mark.parametrize("model", ADMINS, ids=lambda model: model._meta.model_name)
def test_hostile_query_of_any_list_in_the_admin_does_no_harm(admin_client, notify, model):
    notify("News", source_app="tasks")
    page = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for value in hostile.VALUES:
        for names in (FILTERS, FILTERS[1:]):
            answer = admin_client.get(f"{page}?{urlencode(dict.fromkeys(names, value))}")
            assert answer.status_code < 500
            assert f"<{hostile.MARK}" not in answer.content.decode()
