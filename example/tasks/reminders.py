"""Reminders that come and go away by themselves."""

from datetime import timedelta

from themis.models import UserNotification
from themis.notifications import notify_user, notify_users

AHEAD = timedelta(minutes=15)


def schedule_reminders(event):
    """Have everybody who attends be reminded before the event starts; nothing has to run then."""
    return notify_users(
        event.attendees.all(),
        f"Starting soon: {event.title}",
        url=event.get_absolute_url(),
        visible_from=event.start_time - AHEAD,
        expires_at=event.start_time,
        source_app="events",
        source_model="Event",
        source_id=str(event.pk),
        deduplicate=True,
    )


def remind_now(event):
    """Remind everybody now: show the reminders that wait, and write the ones that lack."""
    waiting = UserNotification.objects.about("events", "Event", event.pk)
    return waiting.wake() + remind_attendees(event)


def remind_attendees(event):
    """Remind everybody who attends; return how many there were to remind."""
    return sum(remind_attendee(event, attendee) is not None for attendee in event.attendees.all())


def remind_attendee(event, attendee):
    """Remind one attendee."""
    # Event reminder that expires when the event starts
    return notify_user(
        user=attendee,
        title=f"Starting soon: {event.title}",
        level="info",
        url=event.get_absolute_url(),
        expires_at=event.start_time,
        source_app="events",
        source_model="Event",
        source_id=str(event.pk),
        deduplicate=True,
    )
