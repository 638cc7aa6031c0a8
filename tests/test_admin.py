"""The admin: for looking and helping, not for writing, and without counting large tables."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.notifications import notify_user

NOON = datetime(2020, 1, 1, 12, tzinfo=UTC)
LIST = reverse("admin:themis_usernotification_changelist")
PROFILES = reverse("admin:themis_userprofile_changelist")
MUTED = reverse("admin:themis_sourcepreference_changelist")


@pytest.fixture
def page(admin_client):
    """The titles on the list, with a query."""

    def page(**query):
        response = admin_client.get(LIST, query)
        assert response.status_code == 200
        return sorted(row.title for row in response.context["cl"].result_list)

    return page


@pytest.fixture
def rows(notify, other):
    notify("unread", source_app="tasks", source_id="42", level="danger")
    notify("read", source_app="tasks", source_id="420", read_at=NOON)
    notify("dismissed", source_app="billing", read_at=NOON, dismissed_at=NOON)
    notify("expired", to=other, expires_at=NOON)
    later = timezone.now() + timedelta(days=1)
    notify("snoozed", source_app="billing")
    UserNotification.objects.filter(title="snoozed").snooze(later)
    notify_user(other, "scheduled", source_app="billing", visible_from=later)


def test_admin_list_shows_the_newest_notifications_first(admin_client, rows):
    shown = admin_client.get(LIST).context["cl"].result_list

    assert [row.title for row in shown] == [
        "scheduled",
        "snoozed",
        "expired",
        "dismissed",
        "read",
        "unread",
    ]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "READ"}, ["read", "unread"]),
        ({"q": "42"}, ["unread"]),
        ({"q": "grace"}, ["expired", "scheduled"]),
        ({"q": "nothing"}, []),
        ({"level__exact": "danger"}, ["unread"]),
        ({"state": "unread"}, ["unread"]),
        ({"state": "read"}, ["read"]),
        ({"state": "dismissed"}, ["dismissed"]),
        ({"state": "expired"}, ["expired"]),
        ({"state": "snoozed"}, ["snoozed"]),
        ({"state": "scheduled"}, ["scheduled"]),
        (
            {"state": "unknown"},
            ["dismissed", "expired", "read", "scheduled", "snoozed", "unread"],
        ),
        ({"source_app": "tasks"}, ["read", "unread"]),
        ({"source_app": "gone"}, []),
        ({"source_app": "tasks", "state": "unread", "q": "ada"}, ["unread"]),
    ],
)
def test_admin_list_can_be_searched_and_filtered(rows, page, query, found):
    assert page(**query) == found


def test_admin_source_filter_offers_recent_sources_and_the_chosen_one(admin_client, rows):
    def offered(**query):
        chosen = admin_client.get(LIST, query).context["cl"].filter_specs[-1]
        return [value for value, _label in chosen.lookup_choices]

    assert offered() == ["billing", "tasks"]
    assert offered(source_app="gone") == ["billing", "gone", "tasks"]


def test_admin_cannot_add_a_notification(admin_client):
    assert admin_client.get(reverse("admin:themis_usernotification_add")).status_code == 403
    assert "Add notification" not in admin_client.get(LIST).content.decode()


def test_admin_cannot_change_a_notification(admin_client, notify):
    made = notify("News", message="Body")
    url = reverse("admin:themis_usernotification_change", args=[made.pk])
    response = admin_client.get(url)
    admin_client.post(url, {"title": "Changed", "message": "Changed", "read_at_0": "2026-01-01"})

    assert "Body" in response.content.decode()
    assert response.context["adminform"].form.fields == {}
    made.refresh_from_db()
    assert (made.title, made.read_at) == ("News", None)


def test_admin_action_marks_selected_notifications_read_under_a_search(admin_client, rows):
    chosen = UserNotification.objects.filter(title__in=["unread", "read"])
    data = {"action": "mark_read", "_selected_action": chosen.values_list("pk", flat=True)}

    response = admin_client.post(f"{LIST}?q=ada&state=", data, follow=True)

    assert "1 marked as read." in response.content.decode()
    assert UserNotification.objects.get(title="unread").is_read
    assert UserNotification.objects.get(title="read").read_at == NOON
    assert not UserNotification.objects.get(title="expired").is_read


def test_admin_action_mark_read_needs_the_permission_to_change(client, other, notify):
    other.is_staff = True
    other.save()
    other.user_permissions.add(Permission.objects.get(codename="view_usernotification"))
    client.force_login(other)
    made = notify()

    client.post(LIST, {"action": "mark_read", "_selected_action": made.pk})

    made.refresh_from_db()
    assert not made.is_read
    assert "mark_read" not in client.get(LIST).content.decode()


@pytest.mark.parametrize("url", [LIST, PROFILES, MUTED])
@pytest.mark.parametrize("query", [{}, {"q": "ada"}, {"_facets": "True"}])
def test_admin_lists_count_no_rows_without_a_limit(
    admin_client, rows, user, statements, url, query
):
    user.profile.save()
    SourcePreference.objects.mute(user, "tasks")

    ran = statements(lambda: admin_client.get(url, query))

    counts = [sql for sql in ran if "COUNT(" in sql and "themis_" in sql]
    assert counts
    assert all("LIMIT 2000" in sql for sql in counts)


@pytest.mark.parametrize(("url", "found"), [(LIST, 1), (PROFILES, 2), (MUTED, 1)])
def test_admin_does_not_search_a_username_that_is_a_relation(
    admin_client, user, other, notify, monkeypatch, url, found
):
    for one in (user, other):
        one.profile.save()
    notify("Tasks")
    notify("Other")
    SourcePreference.objects.mute(user, "tasks")
    SourcePreference.objects.mute(user, "chat")
    # Of User's fields this is a relation; a project's own model may have a foreign key here.
    monkeypatch.setattr(get_user_model(), "USERNAME_FIELD", "groups")
    monkeypatch.setattr(get_user_model(), "__str__", lambda user: user.email)

    response = admin_client.get(url, {"q": "tasks"})

    assert len(response.context["cl"].result_list) == found
    assert ('id="searchbar"' in response.content.decode()) == (url != PROFILES)


@pytest.mark.parametrize("url", [LIST, PROFILES, MUTED])
def test_admin_lists_run_no_more_queries_for_more_rows(
    admin_client, users, notify, statements, url
):
    def make(members):
        for member in members:
            notify(to=member)
            member.profile.save()
            SourcePreference.objects.mute(member, "tasks")

    make(users[:2])
    few = statements(lambda: admin_client.get(url))
    make(users[2:])
    many = statements(lambda: admin_client.get(url))

    assert len(few) == len(many)


def test_admin_list_over_the_count_limit_ends_at_its_last_counted_page(monkeypatch, user):
    monkeypatch.setattr("themis_htmx.admin.COUNTED", 3)
    for number in range(5):
        UserNotification.objects.create(user=user, title=str(number))
    model_admin = admin.site.get_model_admin(UserNotification)

    pages = model_admin.get_paginator(None, UserNotification.objects.order_by("-pk"), 2)

    assert (pages.count, pages.num_pages) == (3, 2)


def test_admin_finds_a_profile_by_its_user_and_changes_it(admin_client, user, other):
    for one in (user, other):
        one.profile.save()
    url = reverse("admin:themis_userprofile_change", args=[user.pk])

    [found] = admin_client.get(PROFILES, {"q": "ada"}).context["cl"].result_list
    admin_client.post(url, {"user": other.pk, "notifications_min_level": "danger"})

    assert found.user == user
    assert UserProfile.objects.get(user=user).notifications_min_level == "danger"
    assert UserProfile.objects.get(user=other).notifications_min_level == "info"


def test_admin_form_of_a_new_profile_takes_a_user_id_and_lists_no_users(admin_client, user):
    html = admin_client.get(reverse("admin:themis_userprofile_add")).content.decode()

    assert "vForeignKeyRawIdAdminField" in html
    assert "ada" not in html


@pytest.mark.parametrize(("days", "accepted"), [("", True), (1, True), (0, False), (36501, False)])
def test_admin_form_accepts_a_retention_of_1_to_36500_days_or_none(
    admin_client, user, days, accepted
):
    url = reverse("admin:themis_userprofile_add")
    form = {
        "user": user.pk,
        "notifications_min_level": "info",
        "notification_retention_days": days,
    }

    response = admin_client.post(url, form)

    assert (response.status_code == 302) == accepted
    assert UserProfile.objects.exists() == accepted


@pytest.mark.parametrize("query", ["grace", "tasks"])
def test_admin_finds_a_muted_source_by_its_user_and_by_its_name(admin_client, user, other, query):
    SourcePreference.objects.mute(user, "billing")
    SourcePreference.objects.mute(other, "tasks")

    [found] = admin_client.get(MUTED, {"q": query}).context["cl"].result_list
    assert (found.user, found.source_app) == (other, "tasks")


def test_admin_cannot_change_the_user_or_name_of_a_muted_source(admin_client, user, other):
    SourcePreference.objects.mute(user, "tasks")
    url = reverse("admin:themis_sourcepreference_change", args=[SourcePreference.objects.get().pk])

    admin_client.post(url, {"user": other.pk, "source_app": "x", "including_urgent": "on"})

    row = SourcePreference.objects.get()
    assert (row.user, row.source_app, row.including_urgent) == (user, "tasks", True)


@pytest.mark.parametrize("more", [False, True])
def test_admin_action_refuses_to_select_more_rows_than_were_counted(
    admin_client, monkeypatch, notify, more
):
    notify("First")
    notify("Second")
    monkeypatch.setattr("themis_htmx.admin.COUNTED", 2 if more else 3)
    [one, _other] = UserNotification.objects.values_list("pk", flat=True)
    data = {"action": "mark_read", "_selected_action": one, "select_across": "1"}

    words = admin_client.post(LIST, data, follow=True).content.decode()

    assert ("There are too many to select all of them." in words) == more
    assert UserNotification.objects.unread().count() == (2 if more else 0)


def test_admin_shows_and_changes_the_channels_of_a_source(admin_client, user):
    SourcePreference.objects.mute(user, "tasks")
    SourcePreference.objects.choose(user, "tasks", "email", wanted=False)
    row = SourcePreference.objects.get()
    url = reverse("admin:themis_sourcepreference_change", args=[row.pk])

    [listed] = admin_client.get(MUTED, {"bell__exact": "0"}).context["cl"].result_list
    assert listed == row
    assert not admin_client.get(MUTED, {"bell__exact": "1"}).context["cl"].result_list
    admin_client.post(url, {"bell": "unknown", "desktop": "true", "email": "false"})

    row.refresh_from_db()
    assert (row.bell, row.desktop, row.email) == (None, True, False)


def test_admin_refuses_an_unknown_time_zone(admin_client, user):
    user.profile.save()
    url = reverse("admin:themis_userprofile_change", args=[user.pk])

    answer = admin_client.post(
        url, {"notifications_min_level": "info", "time_zone": "Europe/Atlantis"}
    )

    assert "is no time zone" in answer.content.decode()
    user.profile.refresh_from_db()
    assert user.profile.time_zone == ""


def test_source_with_a_null_character_is_looked_for_without_it(rows, page):
    assert page(source_app="billing\x00") == page(source_app="billing")
