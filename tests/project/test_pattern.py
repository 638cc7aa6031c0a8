"""The notification trigger pattern: its own two tests, and its rules for notify_user()."""

# ruff: noqa: DTZ011, PT009 - the two tests stand here word for word.

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db.models.signals import post_delete
from django.test import TestCase
from django.utils import timezone

import themis_htmx.models
import themis_htmx.notifications
from tests.board.models import Task, Team
from themis.models import UserNotification
from themis.notifications import notify_user
from themis_htmx.polling.digest import unread_of
from themis_htmx.testing import themis_inbox

YESTERDAY = timedelta(days=-1)
SOURCE = {"source_app": "tasks", "source_model": "Task", "source_id": "42"}


def check_overdue_tasks():
    said = StringIO()
    call_command("check_overdue", stdout=said)
    return said.getvalue()


@pytest.fixture
def noon_in_utc(site_in_utc, time_machine):
    """Noon: the pattern takes the day of date.today() for that of timezone.now()."""
    time_machine.move_to(datetime(2026, 6, 1, 12, tzinfo=UTC))


@pytest.mark.usefixtures("noon_in_utc")
class MyAppNotificationTest(TestCase):
    def test_task_overdue_notification(self):
        """Overdue task creates a danger notification."""
        user = User.objects.create_user(username="test", password="pass")
        task = Task.objects.create(
            title="Deploy v2",
            assignee=user,
            due_date=date.today() - timedelta(days=1),
        )

        # Trigger your notification logic
        check_overdue_tasks()

        # Verify notification was created
        notif = UserNotification.objects.get(
            user=user,
            source_app="tasks",
            source_model="Task",
            source_id=str(task.pk),
        )
        self.assertEqual(notif.level, "danger")
        self.assertIn("Deploy v2", notif.title)

    def test_disabled_user_gets_no_notification(self):
        """Users with notifications disabled get nothing."""
        user = User.objects.create_user(username="quiet", password="pass")
        user.profile.notifications_enabled = False
        user.profile.save()

        result = notify_user(user, "Should be skipped")
        self.assertIsNone(result)
        self.assertEqual(UserNotification.objects.count(), 0)


@pytest.fixture
def overdue_task(user):
    due = timezone.now().date() + YESTERDAY
    return Task.objects.create(title="Deploy v2", assignee=user, due_date=due)


def test_the_import_paths_lead_to_the_kits_own_names():
    assert notify_user is themis_htmx.notifications.notify_user
    assert UserNotification is themis_htmx.models.UserNotification


def test_notify_user_stores_every_argument_of_the_pattern(user):
    made = notify_user(
        user=user,
        title="Task overdue",
        message="Task 'Deploy v2' was due yesterday.",
        level="warning",
        url="/tasks/42/",
        source_app="tasks",
        source_model="Task",
        source_id="42",
        deduplicate=True,
        expires_at=None,
    )

    made.refresh_from_db()
    assert (made.user, made.title, made.level) == (user, "Task overdue", "warning")
    assert (made.message, made.url) == ("Task 'Deploy v2' was due yesterday.", "/tasks/42/")
    assert (made.source_app, made.source_model, made.source_id) == ("tasks", "Task", "42")
    assert made.expires_at is None


def test_a_daily_job_sends_once_while_its_notification_is_unread(overdue_task):
    assert check_overdue_tasks() == "Sent 1 overdue notification(s)\n"
    assert check_overdue_tasks() == "Sent 0 overdue notification(s)\n"

    UserNotification.objects.mark_read()
    assert check_overdue_tasks() == "Sent 1 overdue notification(s)\n"


def test_overdue_task_without_an_assignee_is_passed_over(overdue_task):
    Task.objects.update(assignee=None)

    assert check_overdue_tasks() == "Sent 0 overdue notification(s)\n"


def test_same_event_notifies_again_unless_it_is_deduplicated(user):
    assert notify_user(user, "Once", **SOURCE)
    assert notify_user(user, "Twice", **SOURCE)


def test_deleting_a_source_deletes_only_its_own_notifications(user, overdue_task):
    def cleanup_task_notifications(sender, instance, **kwargs):
        UserNotification.objects.filter(
            source_app="tasks",
            source_model="Task",
            source_id=str(instance.pk),
        ).delete()

    check_overdue_tasks()
    notify_user(user, "Another", **SOURCE | {"source_id": f"{overdue_task.pk}0"})
    post_delete.connect(cleanup_task_notifications, sender=Task)
    try:
        overdue_task.delete()
    finally:
        post_delete.disconnect(cleanup_task_notifications, sender=Task)

    assert UserNotification.objects.get().title == "Another"


def test_an_event_reminder_needs_no_message_and_vanishes_when_the_event_starts(user, time_machine):
    start = timezone.now() + timedelta(minutes=15)
    time_machine.move_to(start - timedelta(minutes=15), tick=False)
    reminder = notify_user(
        user=user,
        title="Starting soon: Lunch",
        level="info",
        url="/events/1/",
        expires_at=start,
        source_app="events",
        source_model="Event",
        source_id="1",
        deduplicate=True,
    )
    mine = UserNotification.objects.for_user(user)
    assert (themis_inbox(user), unread_of(user).digest.unread) == ([reminder], 1)

    time_machine.move_to(start, tick=False)
    assert (themis_inbox(user), unread_of(user).digest.unread) == ([], 0)

    call_command("cleanup_notifications", stdout=StringIO())
    assert not mine.exists()


def test_a_team_is_notified_in_a_loop(users):
    def notify_team(team, title, message, **kwargs):
        """Send a notification to all members of a team."""
        for member in team.members.all():
            notify_user(user=member, title=title, message=message, **kwargs)

    team = Team.objects.create(name="Operations")
    team.members.set(users[:3])
    notify_team(team, "Deployed", "Version 2 is out.", level="success")

    assert [len(themis_inbox(member)) for member in users] == [1, 1, 1, 0, 0, 0, 0]
