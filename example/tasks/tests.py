"""How a project tests its triggers; run by ``manage.py test example``."""

# ruff: noqa: PT009 - the assertions of unittest, as the pattern writes them.

from datetime import timedelta
from functools import partial
from io import StringIO

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

from example.tasks.models import Event, Request, Task, Team
from example.tasks.reminders import remind_attendees
from themis.models import UserNotification
from themis.notifications import notify_user

User = get_user_model()

check_overdue_tasks = partial(call_command, "check_overdue", stdout=StringIO())


class PatternTest(TestCase):
    """The two tests of the notification trigger pattern."""

    def test_task_overdue_notification(self):
        """Overdue task creates a danger notification."""
        user = User.objects.create_user(username="test", password="pass")
        task = Task.objects.create(
            title="Deploy v2",
            assignee=user,
            due_date=timezone.now().date() - timedelta(days=1),
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


class TriggerTest(TestCase):
    """Every other trigger: who hears what."""

    @classmethod
    def setUpTestData(cls):
        cls.ana = User.objects.create_user("ana", first_name="Ana")
        cls.ben = User.objects.create_user("ben", first_name="Ben")

    def setUp(self):
        self.client.force_login(self.ana)

    def post(self, name, *args, **data):
        """Send a form and follow its redirect."""
        return self.client.post(reverse(name, args=args), data, follow=True)

    def assert_heard(self, *heard):
        """Compare who heard what, in the order of its writing."""
        rows = UserNotification.objects.order_by("pk").values_list("user__username", "title")
        self.assertEqual(list(rows), list(heard))

    def test_assigning_a_task(self):
        """The assignee hears of it, once, however often the task is saved."""
        task = Task.objects.create(title="Deploy v2")
        self.post("task-assign", task.pk, assignee=self.ben.pk)
        self.post("task-status", task.pk, status="in_progress")
        self.assert_heard(("ben", "Task assigned: Deploy v2"))

    def test_new_task_with_an_assignee(self):
        """The form of a new task assigns as well."""
        self.post("task-new", title="Deploy v2", assignee=self.ben.pk)
        self.assert_heard(("ben", "Task assigned: Deploy v2"))

    def test_deleting_a_task(self):
        """A task takes with it what it has said, and nothing else."""
        tasks = [Task.objects.create(title=title) for title in ("Gone", "Kept")]
        for task in tasks:
            self.post("task-assign", task.pk, assignee=self.ben.pk)
        self.post("task-delete", tasks[0].pk)
        self.assert_heard(("ben", "Task assigned: Kept"))

    def test_approving_a_request(self):
        """The requester hears the answer, and a second answer is none."""
        req = Request.objects.create(title="Second monitor", requester=self.ben)
        self.post("request-approve", req.pk)
        self.assertEqual(self.post("request-decline", req.pk).status_code, 404)
        self.assert_heard(("ben", "Request approved"))

    def test_request_is_put_away_for_the_other_approvers_once_one_has_decided(self):
        """Everybody but the requester is asked, and the answer goes to the requester alone."""
        cleo = User.objects.create_user("cleo")
        self.post("request-list", title="Second monitor")
        self.assert_heard(("ben", "Ana asks: Second monitor"), ("cleo", "Ana asks: Second monitor"))

        self.client.force_login(cleo)
        self.post("request-decline", Request.objects.get().pk)
        visible = UserNotification.objects.visible().values_list("user__username", "title")
        self.assertEqual(list(visible), [("ana", "Request declined")])

    def test_task_page_marks_its_notifications_read_for_who_sees_it(self):
        """The bell on the page of a task counts nothing about that task."""
        task, other = (Task.objects.create(title=title) for title in ("Deploy", "Docs"))
        source = {"source_app": "tasks", "source_model": "Task"}
        notify_user(self.ana, "Seen", source_id=task.pk, **source)
        notify_user(self.ana, "About another task", source_id=other.pk, **source)
        notify_user(self.ben, "Of another person", source_id=task.pk, **source)

        page = self.client.get(task.get_absolute_url())
        self.assertContains(page, "Notifications, 1 unread")
        unread = UserNotification.objects.unread().values_list("title", flat=True)
        self.assertEqual(set(unread), {"About another task", "Of another person"})

    def test_nobody_approves_their_own_request(self):
        """A colleague decides."""
        req = Request.objects.create(title="Second monitor", requester=self.ana)
        self.assertEqual(self.post("request-approve", req.pk).status_code, 404)
        self.assert_heard()

    def test_generating_a_report(self):
        """The task runs in-process, and its owner hears when it is done."""
        response = self.post("report-list", report_type="weekly")
        self.assertContains(response, reverse("report-download", args=[1]))
        self.assert_heard(("ana", "Report ready"))

    def test_reminder_goes_away_when_the_event_starts(self):
        """A reminder is sent once, and ends with the event's start."""
        start = timezone.now() + timedelta(minutes=10)
        event = Event.objects.create(title="Release review", start_time=start)
        event.attendees.add(self.ben)
        call_command("remind_events", stdout=StringIO())
        self.assertEqual(remind_attendees(event), 0)
        self.assert_heard(("ben", "Starting soon: Release review"))
        self.assertEqual(UserNotification.objects.get().expires_at, start)

    def test_writing_to_a_team(self):
        """Every member hears it."""
        team = Team.objects.create(name="Platform")
        team.members.set([self.ana, self.ben])
        self.post("team", team=team.pk, title="Cake", level="success")
        self.assert_heard(("ana", "Cake"), ("ben", "Cake"))
