"""An inbox as it looks after some months of work."""

from datetime import timedelta

from django.utils import timezone

from example.tasks.approvals import notify_approvers
from example.tasks.demo import content
from example.tasks.demo.stories import pick
from example.tasks.models import Comment, Event, Request, Task, Team
from example.tasks.reminders import remind_attendees
from example.tasks.views.comments import notify_others
from themis.models import UserNotification
from themis.notifications import notify_user, notify_users

SIZE = 300
DAYS = 80
UNREAD = {"ana": 8, "ben": 6, "chris": 11}


def fill_inboxes(people, rng):
    """Write some 300 notifications for each, oldest first, and date them back."""
    moments = _moments(rng)
    for number, at in enumerate(moments):
        if number % 30 == 26:
            _notice(people, content.NOTICES[number // 30 % len(content.NOTICES)])
        else:
            _story(people, pick(rng, SIZE - number), rng, at)
    for person in people:
        _date_back(person, moments, rng)
    for req in Request.objects.filter(status="pending"):
        notify_approvers(req)
    for person in people:
        _comment_on_a_task_of(person, people, rng)
    remind_attendees(Event.objects.get(title=content.EVENTS[0][0]))


def _comment_on_a_task_of(person, people, rng):
    """Have the others comment on one of the person's tasks, which makes one row for all."""
    task = Task.objects.filter(assignee=person).first()
    others = [each for each in people if each != person]
    for author in [*others, others[0]]:
        text = rng.choice(content.COMMENTS)
        notify_others(Comment.objects.create(task=task, author=author, text=text))


def _moments(rng):
    # The square makes the last days the busiest.
    now = timezone.now()
    return sorted(now - timedelta(days=DAYS * rng.uniform(0.008, 1) ** 2) for _ in range(SIZE))


def _story(people, story, rng, at):
    for person in people:
        notify_user(person, **story(person, rng, at))


def _notice(people, notice):
    title, message, level = notice
    team = Team.objects.get(name="Platform")
    source = {"source_app": "team", "source_model": "Team", "source_id": str(team.pk)}
    notify_users(people, title, message, level=level, url=team.get_absolute_url(), **source)


def _date_back(person, moments, rng):
    rows = list(UserNotification.objects.filter(user=person).order_by("pk"))
    for row, created_at in zip(rows, moments, strict=True):
        row.created_at = created_at
    for row in rows[: -UNREAD[person.username]]:
        _read(row, rng)
    fields = ["created_at", "read_at", "dismissed_at"]
    UserNotification.objects.bulk_update(rows, fields, batch_size=100)


def _read(row, rng):
    row.read_at = min(row.created_at + timedelta(minutes=rng.randint(1, 600)), timezone.now())
    if rng.random() < 0.04:
        row.dismissed_at = row.read_at
