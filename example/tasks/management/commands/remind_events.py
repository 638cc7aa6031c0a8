"""Reminds people of what starts soon. Meant to run every few minutes."""

from datetime import timedelta

from django.core.management.base import BaseCommand
from django.utils import timezone

from example.tasks.models import Event
from example.tasks.reminders import remind_attendees


class Command(BaseCommand):
    """``manage.py remind_events``"""

    help = "Send reminders for events that start soon"

    def add_arguments(self, parser):
        """Take the length of "soon"."""
        parser.add_argument("--minutes", type=int, default=15, help="how soon (default: 15)")

    def handle(self, *args, **options):
        """Remind the attendees of every event that starts within that time."""
        now = timezone.now()
        soon = Event.objects.filter(
            start_time__gt=now, start_time__lte=now + timedelta(minutes=options["minutes"])
        )
        count = sum(remind_attendees(event) for event in soon)
        self.stdout.write(f"Sent {count} reminder(s)")
