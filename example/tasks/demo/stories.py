"""Kinds of notifications that the demo writes: each returns the arguments of ``notify_user()``.

The board itself writes some of them; the others are what a grown board would write as well.
"""

from datetime import timedelta

from example.tasks.demo import content
from example.tasks.faces import face
from example.tasks.models import Event, Report, Request, Task


def assigned(person, rng, at):
    """A task has a new assignee."""
    task = _any(Task, rng)
    message = f"You've been assigned to '{task.title}'"
    return _about(task, "tasks", f"Task assigned: {task.title}", message)


def overdue(person, rng, at):
    """A task's day has passed."""
    task = _any(Task, rng)
    message = f"Task was due {(at - timedelta(days=1)).date()}"
    return _about(task, "tasks", f"Overdue: {task.title}", message, "danger")


def due_soon(person, rng, at):
    """A task's day is near."""
    task = _any(Task, rng)
    message = rng.choice(["Nobody has started it yet.", "Two people are waiting for it.", ""])
    title = f"Due in {rng.randint(2, 5)} days: {task.title}"
    return _about(task, "tasks", title, message, "warning")


def commented(person, rng, at):
    """Someone said something about a task."""
    task = _any(Task, rng)
    name, image = _colleague(person, rng)
    title = f"{name} commented on {task.title}"
    return _about(task, "tasks", title, rng.choice(content.COMMENTS)) | image


def finished(person, rng, at):
    """A task is done."""
    task = _any(Task, rng)
    name, image = _colleague(person, rng)
    message = f"{name} moved it to Done."
    return _about(task, "tasks", f"Done: {task.title}", message, "success") | image


def approved(person, rng, at):
    """A colleague said yes."""
    req = _own(Request, rng, requester=person, status="approved")
    message = f"Your request '{req.title}' has been approved."
    return _about(req, "requests", "Request approved", message, "success")


def declined(person, rng, at):
    """A colleague said no."""
    req = _own(Request, rng, requester=person, status="declined")
    message = f"Your request '{req.title}' has been declined."
    return _about(req, "requests", "Request declined", message, "warning")


def report_ready(person, rng, at):
    """A report has been made."""
    report = _own(Report, rng, owner=person)
    message = f"Your {report.report_type} report is ready to download."
    return _about(report, "reports", "Report ready", message, "success")


def report_failed(person, rng, at):
    """A report could not be made."""
    report = _own(Report, rng, owner=person)
    message = f"Your {report.report_type} report ran out of time. The next try is at midnight."
    return _about(report, "reports", "Report failed", message, "danger")


def moved(person, rng, at):
    """An event is somewhere else now."""
    event = _event(rng)
    message = f"{event.place}, with {_colleague(person, rng)[0]}."
    return _about(event, "events", f"New place: {event.title}", message, "warning")


def invited(person, rng, at):
    """There is a new event to go to."""
    event = _event(rng)
    message = f"{at + timedelta(days=rng.randint(2, 9)):%A, %d %B}, {event.place}"
    name, image = _colleague(person, rng)
    title = f"{name} invited you to {event.title}"
    return _about(event, "events", title, message) | image


# How often each of them happens.
STORIES = {
    finished: 10,
    report_failed: 2,
    moved: 4,
    approved: 8,
    due_soon: 10,
    invited: 7,
    assigned: 18,
    report_ready: 8,
    declined: 3,
    overdue: 8,
    commented: 22,
}


def pick(rng, left):
    """Return a kind by chance; when few are left to write, one of each, for a varied top."""
    stories = list(STORIES)
    if left <= len(stories):
        return stories[-left]
    return rng.choices(stories, list(STORIES.values()))[0]


def _about(source, source_app, title, message="", level="info"):
    return {
        "title": title,
        "message": message,
        "level": level,
        "url": source.get_absolute_url(),
        "source_app": source_app,
        "source_model": type(source).__name__,
        "source_id": str(source.pk),
    }


def _any(model, rng):
    return rng.choice(model.objects.all())


def _event(rng):
    # The first one's reminder is still to come, and is not sent beside an unread notification.
    return rng.choice(Event.objects.exclude(title=content.EVENTS[0][0]))


def _own(model, rng, **lookups):
    return rng.choice(model.objects.filter(**lookups))


def _colleague(person, rng):
    """Return somebody else's name, and their picture as an argument of ``notify_user()``."""
    others = [names for names in content.PEOPLE if names[0] != person.username]
    username, first_name, _last_name = rng.choice(others)
    return first_name, {"image": face(username)}
