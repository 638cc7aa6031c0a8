"""The people of the demo, and what is on their board."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone

from example.tasks.demo import content
from example.tasks.models import Event, Report, Request, Task, Team

User = get_user_model()

PASSWORD = "demo"
STATUSES = ["approved", "declined", "approved", "pending"]


def make_people():
    """Make the users, the first of them a superuser, and their teams."""
    people = [_person(*names) for names in content.PEOPLE]
    User.objects.filter(pk=people[0].pk).update(is_staff=True, is_superuser=True)
    for name, members in content.TEAMS.items():
        Team.objects.create(name=name).members.set(
            person for person in people if person.username in members
        )
    return people


def _person(username, first_name, last_name):
    return User.objects.create_user(
        username,
        f"{username}@example.com",
        PASSWORD,
        first_name=first_name,
        last_name=last_name,
    )


def fill_board(people, rng):
    """Make tasks, requests, reports and events."""
    for title, description in content.TASKS:
        _task(title, description, people, rng)
    for number, title in enumerate(content.REQUESTS):
        # Everybody has some of each.
        requester, status = people[number % 3], STATUSES[number // 3 % 4]
        Request.objects.create(title=title, requester=requester, status=status)
    for person in people:
        for days in rng.sample(range(1, 80), 4):
            _report(person, days, rng)
    for number, (title, place) in enumerate(content.EVENTS):
        _event(title, place, number, people, rng)


def _task(title, description, people, rng):
    status = rng.choices(Task.Status.values, [4, 3, 4])[0]
    done = status == "done"
    days = rng.randint(-30, -2) if done else rng.randint(-4, 20)
    Task.objects.create(
        title=title,
        description=description,
        assignee=rng.choice(people if done else [*people, None]),
        due_date=timezone.localdate() + timedelta(days=days),
        status=status,
    )


def _report(owner, days, rng):
    created_at = timezone.now() - timedelta(days=days)
    report_type = rng.choice(Report.Type.values)
    Report.objects.create(owner=owner, report_type=report_type, created_at=created_at)


def _event(title, place, number, people, rng):
    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    # The first starts soon, so that its reminder can be seen to go away; some are over.
    if number == 0:
        start = now + timedelta(hours=2)
    else:
        days = 2 * number if number < 5 else -3 * number
        start = now.replace(hour=9 + number) + timedelta(days=days)
    event = Event.objects.create(title=title, place=place, start_time=start)
    event.attendees.set(people if number == 0 else rng.sample(people, 2))
