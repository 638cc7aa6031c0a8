"""The pattern's command, as the pattern writes it."""

from django.core.management.base import BaseCommand
from django.utils import timezone

from tests.board.models import Task
from themis.notifications import notify_user


class Command(BaseCommand):
    help = "Send notifications for overdue tasks"

    def handle(self, *args, **options):
        overdue = Task.objects.filter(
            due_date__lt=timezone.now().date(),
            status__in=["open", "in_progress"],
        )
        count = 0
        for task in overdue:
            result = notify_user(
                user=task.assignee,
                title=f"Overdue: {task.title}",
                message=f"Task was due {task.due_date}",
                level="danger",
                url=task.get_absolute_url(),
                source_app="tasks",
                source_model="Task",
                source_id=str(task.pk),
                deduplicate=True,  # Don't send again if unread
            )
            if result:
                count += 1
        self.stdout.write(f"Sent {count} overdue notification(s)")
