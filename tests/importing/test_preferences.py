"""Preferences of django-generic-notifications come along, where users have said nothing here."""

import pytest
from django.db import connection
from django.test import modify_settings

from themis_htmx.importing import tables
from themis_htmx.importing.models import ImportedPreference
from themis_htmx.mail.models import MailPreference
from themis_htmx.mail.modes import NOT_CHOSEN, Mode
from themis_htmx.models import SourcePreference, UserProfile

KIT = "generic_notifications"


@pytest.fixture
def choose(user):
    """A user turned a channel of a type on or off in the old kit."""

    def choose(kind, channel, *, enabled=False, by=user):
        tables.generic_preferences_table()._base_manager.create(
            user_id=by.pk, notification_type=kind, channel=channel, enabled=enabled
        )

    return choose


@pytest.fixture
def frequency(user):
    """A user chose in the old kit how often e-mails about a type come."""

    def frequency(kind, frequency, *, by=user):
        tables.generic_frequencies_table()._base_manager.create(
            user_id=by.pk, notification_type=kind, frequency=frequency
        )

    return frequency


def stored(user):
    rows = SourcePreference.objects.for_user(user).order_by("source_app")
    return list(rows.values_list("source_app", "bell", "desktop", "email"))


def test_channels_that_were_turned_off_are_off(choose, run, user, other):
    choose("comment", "website")
    choose("comment", "email")
    choose("like", "email")
    choose("like", "email", by=other)
    # As it is by default, so nothing is stored.
    choose("share", "website", enabled=True)

    assert "Wrote preferences: 3 sources, 0 modes of e-mail." in run(KIT)
    assert stored(user) == [("comment", False, None, False), ("like", None, None, False)]
    assert stored(other) == [("like", None, None, False)]


def test_choice_against_the_default_of_a_source_is_stored(choose, run, user, settings):
    settings.THEMIS_SOURCES = {"news": {"name": "News", "email": False, "bell": True}}
    choose("news", "email", enabled=True)
    choose("news", "website", enabled=True)

    run(KIT)
    assert stored(user) == [("news", None, None, True)]


def test_what_cannot_be_stored_is_counted_with_its_reason(choose, run, user, settings):
    settings.THEMIS_SOURCES = {"safety": {"name": "Safety", "required": ["bell"]}}
    choose("safety", "website")
    choose("comment", "sms")

    said = run(KIT)
    assert "Left out 1: of 'safety', which is required here." in said
    assert "Left out 1: of the channel 'sms', which there is not here." in said
    assert stored(user) == []


def test_type_whose_name_is_too_long_for_a_source_is_left_out(choose, run, user):
    choose("t" * 101, "website")

    assert "Left out 1: of '" + "t" * 101 in run(KIT)
    assert stored(user) == []


def test_frequency_is_left_out_where_there_is_no_email(frequency, run, user):
    frequency("comment", "daily")

    with modify_settings(INSTALLED_APPS={"remove": "themis_htmx.mail"}):
        said = run(KIT)

    assert "Left out 1: how often e-mails come, since themis_htmx.mail is not installed." in said
    assert not MailPreference.objects.exists()


def test_what_a_user_has_chosen_here_stays(choose, run, user):
    SourcePreference.objects.choose(user, "comment", "desktop", wanted=False)
    choose("comment", "website")

    run(KIT)
    run(KIT, "--undo")
    assert stored(user) == [("comment", None, False, None)]


def test_preference_that_was_taken_back_since_does_not_come_again(choose, run, user):
    choose("comment", "website")
    run(KIT)
    SourcePreference.objects.unmute(user, "comment")

    run(KIT)
    assert stored(user) == []


def test_frequencies_become_a_mode_of_email(frequency, run, user, other):
    frequency("comment", "weekly")
    frequency("comment", "weekly", by=other)
    frequency("like", "realtime", by=other)
    frequency("share", "fortnightly", by=other)

    said = run(KIT)
    assert "2 modes of e-mail" in said
    assert "Left out 1: of the frequency 'fortnightly', which there is not here." in said
    rows = MailPreference.objects.exclude(digest_at=None)
    modes = {("ada", Mode.WEEKLY), ("grace", Mode.DAILY)}
    assert set(rows.values_list("user__username", "mode")) == modes


def test_frequency_counts_for_a_user_who_has_a_row_and_has_chosen_nothing(frequency, run, user):
    MailPreference.objects.add_missing([user.pk])
    frequency("comment", "weekly")

    run(KIT)
    assert MailPreference.objects.get().mode == Mode.WEEKLY


def test_mode_of_email_that_a_user_has_chosen_here_stays(frequency, run, user):
    MailPreference.objects.choose(user, Mode.OFF, hour=8, weekday=0)
    frequency("comment", "daily")

    run(KIT)
    assert MailPreference.objects.get().mode == Mode.OFF


def test_undo_takes_out_the_preferences_that_nobody_has_changed_since(
    choose, frequency, run, user, other
):
    choose("comment", "website")
    choose("like", "website")
    frequency("comment", "daily")
    frequency("comment", "daily", by=other)
    run(KIT)
    SourcePreference.objects.choose(user, "like", "email", wanted=False)
    MailPreference.objects.choose(other, Mode.WEEKLY, hour=8, weekday=0)

    assert "2 preference(s)" in run(KIT, "--undo")
    assert stored(user) == [("like", False, None, False)]
    assert [row.user for row in MailPreference.objects.exclude(mode=NOT_CHOSEN)] == [other]


def test_undo_keeps_a_mode_of_email_whose_hour_a_user_has_changed_since(frequency, run, user):
    frequency("comment", "daily")
    run(KIT)
    MailPreference.objects.choose(user, Mode.DAILY, hour=18, weekday=0)

    assert "0 preference(s)" in run(KIT, "--undo")
    assert MailPreference.objects.get().hour == 18


def test_email_that_waits_goes_out_when_it_would_have_gone(frequency, run, user):
    MailPreference.objects.add_missing([user.pk])
    MailPreference.objects.pull([user.pk], also_off=True)
    due = MailPreference.objects.get().next_at
    frequency("comment", "daily")

    run(KIT)
    chosen = MailPreference.objects.get()
    assert (chosen.mode, chosen.next_at) == (Mode.DAILY, due)
    run(KIT, "--undo")
    undone = MailPreference.objects.get()
    assert (undone.mode, undone.next_at, undone.digest_at) == (NOT_CHOSEN, due, None)


@pytest.mark.django_db(transaction=True)
def test_undo_of_a_table_of_another_name_takes_out_the_preferences(choose, generic, run, user):
    choose("comment", "website")
    generic()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bells_bell AS SELECT * FROM generic_notifications_notification"
        )
        try:
            run(KIT, "--table", "bells_bell")
            assert stored(user) == [("comment", False, None, None)]
            assert "1 preference(s)" in run(KIT, "--table", "bells_bell", "--undo")
        finally:
            cursor.execute("DROP TABLE bells_bell")
    assert stored(user) == []


def test_dry_run_counts_preferences_and_writes_none(choose, frequency, run, user):
    choose("comment", "website")
    frequency("comment", "daily")

    assert "Would write preferences: 1 sources, 1 modes of e-mail." in run(KIT, "--dry-run")
    assert stored(user) == []
    assert not MailPreference.objects.exists()


def test_number_of_queries_does_not_grow_with_the_users(
    choose, frequency, run, user, users, statements
):
    choose("comment", "email")
    frequency("comment", "daily")
    few = len(statements(lambda: run(KIT)))
    for each in users:
        choose("comment", "email", by=each)
        choose("like", "website", by=each)
        frequency("comment", "daily", by=each)

    assert len(statements(lambda: run(KIT))) == few


def test_code_without_the_app_can_delete_users_of_whom_it_has_rows(django_user_model):
    leaver = django_user_model.objects.create(username="leaver")
    UserProfile.objects.filter(user=leaver).delete()
    ImportedPreference.objects.create(user=leaver, source_app="comment")

    # As a process does it that does not know the table.
    django_user_model.objects.filter(pk=leaver.pk)._raw_delete(using="default")
    connection.check_constraints()
    assert ImportedPreference.objects.get().user_id == leaver.pk
