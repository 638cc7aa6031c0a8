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
from example.tasks.reminders import AHEAD, remind_attendees, remind_now, schedule_reminders
from themis.models import UserNotification
from themis.notifications import notify_user
from themis_htmx.testing import assert_notified, themis_inbox

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

    def test_question_about_a_request_can_be_answered_in_the_bell(self):
        """Its buttons lead to the views that decide, and it has the face of the one who asks."""
        self.post("request-list", title="Second monitor")
        question = UserNotification.objects.get(user=self.ben)
        self.assertEqual(question.image, "/static/taskboard/faces/ana.svg")
        self.assertEqual([each.label for each in question.actions], ["Approve", "Decline"])

        self.client.force_login(self.ben)
        approve = question.actions[0].url
        answer = self.client.post(approve, headers={"X-Requested-With": "XMLHttpRequest"})
        self.assertEqual((answer.status_code, answer.content), (204, b""))
        self.assertEqual(Request.objects.get().status, "approved")
        # Nothing is left to be said on the next page.
        self.assertNotContains(self.client.get("/"), "Request approved.")

        answer = self.client.post(approve, headers={"X-Requested-With": "XMLHttpRequest"})
        self.assertEqual(answer.status_code, 404)

    def test_question_is_answered_without_a_script_on_the_page_where_it_stands(self):
        """A form names its page, which says what was done; no other site is gone to."""
        for page, target in [
            ("/notifications/?state=unread", "/notifications/?state=unread"),
            ("https://evil.example/", "/requests/"),
            ("", "/requests/"),
        ]:
            req = Request.objects.create(title="Second monitor", requester=self.ben)
            self.assertRedirects(self.post("request-decline", req.pk, next=page), target)

    def test_requester_cannot_answer_in_the_bell(self):
        """The address of a button is open to colleagues alone."""
        req = Request.objects.create(title="Second monitor", requester=self.ana)
        approve = reverse("request-approve", args=[req.pk])
        answer = self.client.post(approve, headers={"X-Requested-With": "XMLHttpRequest"})
        self.assertEqual(answer.status_code, 404)
        req.refresh_from_db()
        self.assertEqual(req.status, "pending")

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

    def test_reminder_of_a_new_event_waits_for_its_time(self):
        """It is written with the event, and seen a quarter of an hour before it starts."""
        start = timezone.now() + timedelta(hours=2)
        event = Event.objects.create(title="Release review", start_time=start)
        event.attendees.add(self.ben)
        self.assertEqual(schedule_reminders(event), 1)
        assert_notified(self.ben, title__contains="Release", visible_from=start - AHEAD)
        self.assertEqual(themis_inbox(self.ben), [])
        self.assertEqual(remind_now(event), 1)
        self.assertEqual([each.source_id for each in themis_inbox(self.ben)], [str(event.pk)])

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


class CommentTest(TestCase):
    """Comments on a task, which make one row in the bell."""

    def setUp(self):
        self.ana, self.ben, self.chris = (
            User.objects.create_user(username=name, first_name=name.title())
            for name in ("ana", "ben", "chris")
        )
        self.task = Task.objects.create(title="Deploy v2", assignee=self.ana)

    def comment(self, author, text="Fine"):
        """Write a comment in the browser of its author."""
        self.client.force_login(author)
        self.client.post(reverse("task-comment", args=[self.task.pk]), {"text": text})

    def shown_to(self, user):
        """Return the titles in the user's bell."""
        return [row.title for row in UserNotification.objects.for_user(user).visible()]

    def test_comments_make_one_row_that_counts_them(self):
        """The newest comment stands for the others."""
        self.comment(self.ben)
        self.assertEqual(self.shown_to(self.ana), ["Ben commented on Deploy v2"])

        self.comment(self.chris)
        self.comment(self.ben)
        self.assertEqual(self.shown_to(self.ana), ["3 comments on Deploy v2, the newest by Ben"])

    def test_who_has_commented_hears_of_the_next_and_nobody_of_their_own(self):
        """A conversation goes on between those who take part."""
        self.comment(self.ben)
        self.comment(self.chris)

        self.assertEqual(self.shown_to(self.ben), ["Chris commented on Deploy v2"])
        self.assertEqual(self.shown_to(self.chris), [])

    def test_page_of_the_task_marks_its_comments_read(self):
        """They are on it."""
        self.comment(self.ben)
        self.client.force_login(self.ana)
        self.client.get(self.task.get_absolute_url())

        self.assertFalse(UserNotification.objects.for_user(self.ana).unread().exists())

    def test_deleted_task_takes_what_was_said_of_its_comments(self):
        """No row leads nowhere."""
        self.comment(self.ben)
        self.task.delete()

        self.assertEqual(self.shown_to(self.ana), [])
