"""Reminders that go away by themselves."""

from themis.notifications import notify_user


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
