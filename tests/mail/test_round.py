"""What the command mails, to whom and when."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection
from django.utils import timezone

from tests.mail.conftest import NOW
from themis_htmx.mail import contents
from themis_htmx.mail.models import Mailed, MailPreference
from themis_htmx.models import SourcePreference, UserNotification, UserProfile
from themis_htmx.notifications import notify_user, notify_users

pytestmark = pytest.mark.usefixtures("clock")

EIGHT_TOMORROW = datetime(2026, 11, 25, 7, tzinfo=UTC)
YEAR = timedelta(days=365)


def preference(user):
    return MailPreference.objects.get(pk=user.pk)


def subjects(emails):
    return [email.subject for email in emails]


# Summaries


def test_summary_comes_at_the_hour_of_the_user_and_not_before(user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Report ready")

    clock.move_to(EIGHT_TOMORROW - timedelta(seconds=1))
    assert run() == []
    clock.move_to(EIGHT_TOMORROW)
    [email] = run()

    assert email.to == ["ada@example.org"]
    assert email.subject == "Report ready"


def test_summary_tells_of_several_in_one_email(user, wants, tell, run, clock):
    wants(user, "daily")
    for number in range(3):
        tell(f"Report {number}")

    clock.move_to(EIGHT_TOMORROW)
    [email] = run()

    assert email.subject == "3 unread notifications"
    assert all(f"Report {number}" in email.body for number in range(3))


def test_notification_is_mailed_once(user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Report ready")
    clock.move_to(EIGHT_TOMORROW)
    assert len(run()) == 1
    assert run() == []

    clock.shift(timedelta(days=1))
    assert run() == []
    tell("Another report")
    clock.shift(timedelta(days=1))
    assert subjects(run()) == ["Another report"]


def test_weekly_summary_comes_on_the_day_of_the_user(user, wants, tell, run, clock):
    wants(user, "weekly", weekday=3)
    tell("Report ready")

    clock.move_to(EIGHT_TOMORROW)
    assert run() == []
    clock.shift(timedelta(days=1))
    assert subjects(run()) == ["Report ready"]
    tell("Another report")
    clock.shift(timedelta(days=6))
    assert run() == []
    clock.shift(timedelta(days=1))
    assert subjects(run()) == ["Another report"]


def test_summary_of_a_user_elsewhere_comes_at_their_morning(user, wants, tell, run, clock):
    wants(user, "daily", zone="America/Los_Angeles")
    tell("Report ready")

    clock.move_to(datetime(2026, 11, 24, 15, 59, tzinfo=UTC))
    assert run() == []
    clock.move_to(datetime(2026, 11, 24, 16, tzinfo=UTC))
    assert subjects(run()) == ["Report ready"]


def test_new_time_zone_moves_the_next_summary(user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Report ready")
    user.themis_profile.time_zone = "Asia/Tokyo"
    user.themis_profile.save()

    clock.move_to(datetime(2026, 11, 24, 22, 59, tzinfo=UTC))
    assert run() == []
    clock.move_to(datetime(2026, 11, 24, 23, tzinfo=UTC))
    assert subjects(run()) == ["Report ready"]


def test_nothing_to_tell_sends_nothing_and_the_next_summary_is_tomorrow(user, wants, run, clock):
    wants(user, "daily")
    clock.move_to(EIGHT_TOMORROW)

    assert run() == []
    assert run.counts == {"sent": 0, "failed": 0, "empty": 1}
    assert preference(user).next_at == EIGHT_TOMORROW + timedelta(days=1)


def test_summary_comes_at_the_hour_of_the_user_without_time_zone_support_too(
    user, wants, tell, run, clock, settings
):
    settings.USE_TZ, settings.TIME_ZONE = False, "UTC"
    wants(user, "daily")
    tell("Report ready")

    clock.move_to(EIGHT_TOMORROW - timedelta(seconds=1))
    assert run() == []
    clock.move_to(EIGHT_TOMORROW)
    assert subjects(run()) == ["Report ready"]


def test_run_that_was_late_does_not_move_the_hour(user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Report ready")
    clock.move_to(EIGHT_TOMORROW + timedelta(hours=5))

    assert len(run()) == 1
    assert preference(user).next_at == EIGHT_TOMORROW + timedelta(days=1)


def test_days_without_the_command_are_made_up_for_by_one_summary(user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Report ready")
    clock.move_to(EIGHT_TOMORROW + timedelta(days=5))

    assert len(run()) == 1
    assert run() == []


@pytest.mark.parametrize("change", ["read", "dismissed", "expired", "snoozed", "deleted"])
def test_notification_that_is_settled_or_put_off_is_left_out(change, user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Told")
    rows = UserNotification.objects.filter(pk=tell("Settled").pk)
    {
        "read": rows.mark_read,
        "dismissed": rows.dismiss,
        "expired": lambda: rows.update(expires_at=timezone.now()),
        "snoozed": lambda: rows.snooze(EIGHT_TOMORROW + timedelta(hours=3)),
        "deleted": rows.delete,
    }[change]()

    clock.move_to(EIGHT_TOMORROW)
    assert subjects(run()) == ["Told"]


def test_notification_that_was_put_off_is_in_the_summary_after_it_is_back(
    user, wants, tell, run, clock
):
    wants(user, "daily")
    rows = UserNotification.objects.filter(pk=tell("Put off").pk)
    rows.snooze(EIGHT_TOMORROW + timedelta(hours=3))

    clock.move_to(EIGHT_TOMORROW)
    assert run() == []
    clock.shift(timedelta(days=1))
    assert subjects(run()) == ["Put off"]


def test_scheduled_notification_is_mailed_once_its_time_has_come(user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Reminder", visible_from=EIGHT_TOMORROW + timedelta(hours=3))

    clock.move_to(EIGHT_TOMORROW)
    assert run() == []
    clock.shift(timedelta(days=1))
    assert subjects(run()) == ["Reminder"]


def test_first_summary_tells_of_the_last_day_and_not_of_everything(user, wants, notify, run, clock):
    notify("Last year", created_at=NOW - timedelta(days=400))
    notify("This morning", created_at=NOW - timedelta(hours=3))
    wants(user, "daily")

    clock.move_to(EIGHT_TOMORROW)
    assert subjects(run()) == ["This morning"]


def test_summary_leaves_out_what_came_before_its_own_user_chose_it(
    user, other, wants, notify, run, clock
):
    """Although the other user, who is mailed in the same round, chose earlier."""
    wants(other, "daily")
    clock.shift(timedelta(days=-3))
    notify("Old news", to=user)
    notify("Old news", to=other)
    clock.shift(timedelta(days=3))
    MailPreference.objects.filter(pk=other.pk).update(since=NOW - timedelta(days=5))
    wants(user, "daily")
    notify("News", to=user)

    clock.move_to(EIGHT_TOMORROW)
    told = {email.to[0]: email for email in run()}

    assert "Old news" in told["grace@example.org"].body
    assert "Old news" not in told["ada@example.org"].body


def test_user_with_thousands_unread_takes_no_email_from_another(
    user, other, wants, notify, run, clock, monkeypatch
):
    monkeypatch.setattr(contents, "MOST", 5)
    wants(user, "daily")
    wants(other, "daily")
    notify("Report ready", to=other)
    for number in range(10):
        notify(f"News {number}", to=user)

    clock.move_to(EIGHT_TOMORROW)
    told = {email.to[0]: email.subject for email in run()}

    assert told["grace@example.org"] == "Report ready"
    assert "ada@example.org" in told


def test_source_that_is_not_wanted_by_email_is_left_out(user, wants, tell, run, clock):
    wants(user, "daily")
    SourcePreference.objects.choose(user, "chat", "email", wanted=False)
    tell("Said hello", source_app="chat")
    tell("Assigned", source_app="tasks")

    clock.move_to(EIGHT_TOMORROW)
    assert subjects(run()) == ["Assigned"]


def test_source_whose_emails_are_off_by_default_is_left_out(
    user, wants, tell, run, clock, settings
):
    settings.THEMIS_SOURCES = {"chat": {"name": "Chat", "email": False}}
    wants(user, "daily")
    tell("Said hello", source_app="chat")

    clock.move_to(EIGHT_TOMORROW)
    assert run() == []
    SourcePreference.objects.choose(user, "chat", "email", wanted=True)
    tell("Said goodbye", source_app="chat")
    clock.shift(timedelta(days=1))
    assert "Said goodbye" in run()[0].body


def test_user_who_has_notifications_turned_off_gets_no_summary(user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Report ready")
    UserProfile.objects.filter(user=user).update(notifications_enabled=False)

    clock.move_to(EIGHT_TOMORROW)
    assert run() == []


@pytest.mark.parametrize("lack", [{"is_active": False}, {"email": ""}, {"email": "  "}])
def test_user_who_is_inactive_or_has_no_address_gets_none(lack, user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Report ready")
    User.objects.filter(pk=user.pk).update(**lack)
    clock.move_to(EIGHT_TOMORROW)

    assert run() == []
    assert run.counts["empty"] == 1
    assert preference(user).next_at == EIGHT_TOMORROW + timedelta(days=1)


def test_each_user_is_told_of_their_own(users, wants, tell, run, clock):
    for number, each in enumerate(users):
        User.objects.filter(pk=each.pk).update(email=f"member{number}@example.org")
        wants(each, "daily")
        tell(f"For {number}", to=each)

    clock.move_to(EIGHT_TOMORROW)
    found = {email.to[0]: email for email in run()}

    assert len(found) == 7
    for number in range(7):
        email = found[f"member{number}@example.org"]
        assert email.subject == f"For {number}"
        assert email.body.count("For ") == 1


# At once


@pytest.mark.parametrize("mode", ["urgent", "daily", "weekly"])
def test_urgent_notification_is_mailed_at_the_next_run(mode, user, wants, tell, run):
    wants(user, mode)
    tell("Quiet")
    tell("Server down", level="danger")

    assert subjects(run()) == ["Server down"]


def test_summary_after_an_urgent_email_tells_the_rest(user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Quiet")
    tell("Server down", level="danger")
    assert subjects(run()) == ["Server down"]
    assert preference(user).next_at == EIGHT_TOMORROW

    clock.move_to(EIGHT_TOMORROW)
    assert subjects(run()) == ["Quiet"]


def test_mode_urgent_brings_no_summaries(user, wants, tell, run, clock):
    wants(user, "urgent")
    tell("Quiet")

    clock.shift(timedelta(days=9))
    assert run() == []
    assert preference(user).next_at is None


def test_mode_off_brings_nothing(user, wants, tell, run, clock):
    wants(user, "off")
    tell("Server down", level="danger")

    clock.shift(timedelta(days=9))
    assert run() == []


def test_fan_out_reaches_each_user_who_wants_urgent_emails(
    users, wants, run, django_capture_on_commit_callbacks
):
    User.objects.update(email="member@example.org")
    for each in users[:4]:
        wants(each, "urgent")
    with django_capture_on_commit_callbacks(execute=True):
        notify_users(users, "Server down", level="danger")

    assert len(run()) == 4


def test_second_urgent_email_comes_fifteen_minutes_after_the_first(user, wants, tell, run, clock):
    wants(user, "urgent")
    tell("First", level="danger")
    assert len(run()) == 1

    for number in range(3):
        clock.shift(timedelta(minutes=3))
        tell(f"Later {number}", level="danger")
        assert run() == []
    clock.move_to(NOW + timedelta(minutes=15))
    assert subjects(run()) == ["3 unread notifications"]
    clock.shift(timedelta(hours=1))
    assert run() == []


def test_urgent_notification_that_was_read_at_once_is_not_mailed(user, wants, tell, run):
    wants(user, "urgent")
    tell("Server down", level="danger")
    UserNotification.objects.for_user(user).mark_read()

    assert run() == []


def test_urgent_notification_that_was_scheduled_is_mailed_when_its_time_comes(
    user, wants, tell, run, clock
):
    wants(user, "urgent")
    assert run() == []
    tell("Certificate expires", level="danger", visible_from=NOW + timedelta(hours=2))

    clock.shift(timedelta(hours=1))
    assert run() == []
    clock.shift(timedelta(hours=1))
    assert subjects(run()) == ["Certificate expires"]
    clock.shift(timedelta(minutes=1))
    assert run() == []


def test_urgent_notification_of_a_process_that_died_after_its_commit_is_mailed(
    user, wants, run, clock
):
    """The outlet was not told: no callback of a commit runs here."""
    wants(user, "urgent")
    assert run() == []
    notify_user(user, "Server down", level="danger")

    assert subjects(run()) == ["Server down"]
    for _minute in range(30):
        clock.shift(timedelta(minutes=1))
        assert run() == []
        assert run.counts["empty"] == 0


# Sources that are required


@pytest.fixture
def security(settings):
    settings.THEMIS_SOURCES = {"security": {"name": "Security", "required": ["email"]}}
    return {"source_app": "security"}


@pytest.mark.parametrize("mode", ["off", "urgent", "daily"])
def test_source_that_is_required_is_mailed_at_once_in_every_mode(
    mode, user, wants, tell, run, security
):
    wants(user, mode)
    tell("Quiet")
    tell("New sign-in", **security)

    assert subjects(run()) == ["New sign-in"]


def test_source_that_is_required_reaches_a_user_who_has_chosen_nothing(user, tell, run, security):
    tell("New sign-in", **security)

    [email] = run()
    assert email.subject == "New sign-in"
    assert "List-Unsubscribe" not in email.extra_headers


def test_user_with_everything_off_still_gets_what_is_required(user, wants, tell, run, security):
    wants(user, "daily")
    UserProfile.objects.filter(user=user).update(notifications_enabled=False)
    tell("New sign-in", **security)

    assert subjects(run()) == ["New sign-in"]


def test_urgent_notification_does_not_come_along_with_a_required_one_in_mode_off(
    user, wants, tell, run, security
):
    wants(user, "off")
    tell("Server down", level="danger")
    tell("New sign-in", **security)

    assert subjects(run()) == ["New sign-in"]


# Users who have chosen nothing


@pytest.mark.parametrize(
    ("mode", "mailed"), [("off", []), ("urgent", []), ("daily", ["Report ready"])]
)
def test_site_decides_for_users_who_have_chosen_nothing(
    mode, mailed, user, tell, run, clock, settings
):
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"DEFAULT_MODE": mode, "DEFAULT_HOUR": 8}
    settings.TIME_ZONE = "Europe/Berlin"
    tell("Report ready")

    clock.move_to(EIGHT_TOMORROW)
    assert subjects(run()) == mailed
    assert MailPreference.objects.count() == len(mailed)


def test_site_may_mail_what_is_urgent_to_users_who_have_chosen_nothing(user, tell, run, settings):
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"DEFAULT_MODE": "urgent"}
    tell("Server down", level="danger")

    assert subjects(run()) == ["Server down"]


def test_user_who_turned_it_off_is_not_overruled_by_the_site(user, wants, tell, run, settings):
    wants(user, "off")
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"DEFAULT_MODE": "urgent"}
    tell("Server down", level="danger")

    assert run() == []


@pytest.mark.parametrize(("mode", "mailed"), [("weekly", []), ("daily", ["Report ready"])])
def test_new_default_of_the_site_reaches_a_user_who_got_a_required_email(
    mode, mailed, user, tell, run, clock, settings, security
):
    settings.TIME_ZONE = "Europe/Berlin"
    tell("Too old")
    clock.shift(timedelta(days=3))
    tell("New sign-in", **security)
    assert subjects(run()) == ["New sign-in"]

    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"DEFAULT_MODE": mode}
    tell("Report ready")
    clock.shift(timedelta(days=1))

    assert subjects(run()) == mailed


def test_new_default_of_the_site_ends_summaries_of_users_who_have_not_chosen(
    user, tell, run, clock, settings
):
    settings.TIME_ZONE = "Europe/Berlin"
    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"DEFAULT_MODE": "daily"}
    tell("Report ready")

    settings.THEMIS_MAIL = settings.THEMIS_MAIL | {"DEFAULT_MODE": "urgent"}
    clock.move_to(EIGHT_TOMORROW)

    assert run() == []
    assert preference(user).next_at is None
    tell("Server down", level="danger")
    assert subjects(run()) == ["Server down"]


# Quiet hours


@pytest.fixture
def quiet(user, wants):
    """Quiet from 9 to 12 in Berlin, and it is ten past nine."""

    def quiet(mode, *, lets_urgent_through=False):
        wants(user, mode)
        UserProfile.objects.filter(user=user).update(
            quiet_from="09:00", quiet_to="12:00", quiet_lets_urgent_through=lets_urgent_through
        )

    return quiet


NOON = datetime(2026, 11, 24, 11, tzinfo=UTC)


def test_quiet_hours_hold_an_urgent_email_back_until_they_end(user, quiet, tell, run, clock):
    quiet("urgent")
    tell("Server down", level="danger")

    assert run() == []
    clock.move_to(NOON - timedelta(minutes=1))
    assert run() == []
    clock.move_to(NOON)
    assert subjects(run()) == ["Server down"]


def test_urgent_email_passes_quiet_hours_by_choice(quiet, tell, run):
    quiet("urgent", lets_urgent_through=True)
    tell("Server down", level="danger")

    assert subjects(run()) == ["Server down"]


def test_required_email_that_is_not_urgent_waits_for_the_end_of_quiet_hours(
    quiet, tell, run, clock, security
):
    quiet("off", lets_urgent_through=True)
    tell("New sign-in", **security)

    assert run() == []
    clock.move_to(NOON)
    assert subjects(run()) == ["New sign-in"]


def test_summary_comes_at_its_hour_although_that_is_quiet(user, quiet, tell, run, clock):
    quiet("daily")
    MailPreference.objects.choose(user, "daily", hour=10, weekday=0)
    tell("Report ready")
    tell("Server down", level="danger")

    clock.move_to(datetime(2026, 11, 24, 9, tzinfo=UTC))
    [email] = run()
    assert "Report ready" in email.body
    assert "Server down" in email.body


# What a user changes


def test_new_hour_moves_the_next_summary(user, wants, tell, run, clock):
    wants(user, "daily")
    tell("Report ready")
    wants(user, "daily", hour=18)

    clock.move_to(datetime(2026, 11, 24, 17, tzinfo=UTC))
    assert subjects(run()) == ["Report ready"]


def test_urgent_email_on_its_way_is_not_lost_by_a_change_of_mode(user, wants, tell, run):
    wants(user, "urgent")
    tell("Server down", level="danger")
    wants(user, "daily")

    assert subjects(run()) == ["Server down"]
    assert preference(user).next_at == EIGHT_TOMORROW


def test_deleted_user_takes_the_preference_along_and_leaves_marks_of_nobody(user, wants, tell, run):
    wants(user, "urgent")
    tell("Server down", level="danger")
    run()
    user.delete()

    assert not MailPreference.objects.exists()
    assert Mailed.objects.get().user is None


def test_marks_are_forgotten_after_ninety_days(user, wants, tell, run, clock):
    wants(user, "urgent")
    tell("Server down", level="danger")
    assert len(run()) == 1

    clock.shift(timedelta(days=91))
    assert run() == []
    assert not Mailed.objects.exists()
    clock.shift(timedelta(days=1))
    tell("Server down again", level="danger")
    assert subjects(run()) == ["Server down again"]


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"mode": "hourly"}, "mode: 'hourly'"),
        ({"hour": 24}, "hour: 24"),
        ({"weekday": 7}, "weekday: 7"),
    ],
)
def test_choice_that_there_is_not_raises_an_error_that_names_it(values, named, user):
    with pytest.raises(ValueError, match=named):
        MailPreference.objects.choose(user, **({"mode": "daily", "hour": 8, "weekday": 0} | values))
    assert not MailPreference.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_choice_is_stored_although_the_outlet_makes_the_row_meanwhile(user):
    made = []

    def make_first(execute, sql, parameters, many, context):
        answer = execute(sql, parameters, many, context)
        if sql.startswith("UPDATE") and "mailpreference" in sql and not made:
            made.append(sql)
            MailPreference.objects.add_missing([user.pk])
        return answer

    with connection.execute_wrapper(make_first):
        MailPreference.objects.choose(user, "weekly", hour=7, weekday=3)

    assert made
    row = preference(user)
    assert (row.mode, row.hour, row.weekday) == ("weekly", 7, 3)


@pytest.mark.django_db(transaction=True)
def test_choice_of_a_user_who_is_gone_raises(user):
    key = user.pk
    user.delete()
    user.pk = user.id = key

    with pytest.raises(IntegrityError):
        MailPreference.objects.choose(user, "weekly", hour=7, weekday=3)


def test_hook_takes_no_query_for_what_waits_for_a_summary(user, mail_outlet, statements):
    assert statements(lambda: mail_outlet.on_written([user.pk], "info", "tasks")) == []


def test_hook_takes_one_query_for_what_is_urgent(users, mail_outlet, statements):
    keys = [each.pk for each in users]

    assert len(statements(lambda: mail_outlet.on_written(keys, "danger", "tasks"))) == 1


def test_what_was_mailed_is_not_mailed_again_once_two_accounts_are_one(
    user, other, wants, tell, run, clock
):
    wants(user, "urgent")
    wants(other, "urgent")
    tell("Server down", to=other, level="danger")
    assert [email.to for email in run()] == [[other.email]]

    UserNotification.objects.move(from_user=other, to_user=user)
    other.delete()
    tell("Disk full", level="danger")

    assert subjects(run()) == ["Disk full"]


# A clock that was wrong


def test_summaries_go_on_after_the_clock_was_a_year_ahead(user, wants, tell, run, clock):
    wants(user, "daily")
    clock.shift(YEAR)
    tell("Told by a wrong clock")
    clock.shift(timedelta(days=1))
    assert subjects(run()) == ["Told by a wrong clock"]

    clock.move_to(NOW)
    tell("Report ready")
    assert run() == []
    clock.move_to(EIGHT_TOMORROW)
    assert subjects(run()) == ["Report ready"]
    clock.shift(timedelta(days=1))
    tell("Another report")
    clock.shift(timedelta(days=1))
    assert subjects(run()) == ["Another report"]


def test_weekly_summary_comes_on_its_day_after_the_clock_was_a_year_ahead(
    user, wants, tell, run, clock
):
    wants(user, "weekly", weekday=3)
    clock.shift(YEAR)
    run()

    clock.move_to(NOW)
    tell("Report ready")
    assert run() == []
    clock.move_to(EIGHT_TOMORROW + timedelta(days=1))
    assert subjects(run()) == ["Report ready"]


def test_urgent_email_does_not_wait_for_a_clock_that_was_ahead(user, wants, tell, run, clock):
    wants(user, "daily")
    clock.shift(YEAR)
    tell("Server down", level="danger")
    assert subjects(run()) == ["Server down"]

    clock.move_to(NOW)
    tell("Disk full", level="danger")
    assert subjects(run()) == ["Disk full"]


def test_user_who_was_held_by_a_clock_that_was_ahead_is_let_go(user, wants, tell, run, clock):
    row = wants(user, "urgent")
    clock.shift(YEAR)
    tell("Server down", level="danger")
    [claimed] = MailPreference.objects.claim([row.pk], timezone.now())
    claimed.put_off()

    clock.move_to(NOW)
    assert subjects(run()) == ["Server down"]
